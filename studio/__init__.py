"""Character LoRA Studio: from a folder of pictures to a LoRA that can be trusted."""
