"""LoRA on Anima: where it sits, how it trains, the files it lives in, how it is merged for rendering."""
