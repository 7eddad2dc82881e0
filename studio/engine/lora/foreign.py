"""What a file looks like that is no LoRA for Anima: names that other models' LoRAs have and Anima's never."""

import re
from pathlib import Path

from studio.core.errors import UserError

# The first that is found in a key names the model; wrappers are off, and dots have become underscores.
_MODELS = (
    (r"^lora_te[12]_|(input|middle|output)_blocks?_\d", "SDXL"),
    (r"^lora_te3_|joint_blocks_", "Stable Diffusion 3"),
    (r"^lora_te_text_model_|^(down|up|mid)_blocks?_", "Stable Diffusion"),
    (r"^distilled_guidance_layer", "Chroma"),
    (r"^double_blocks_|^single_blocks_|^single_transformer_blocks_", "Flux"),
    (r"blocks_\d+_(img|txt)_(mod|mlp)", "Qwen-Image"),
    (r"^blocks_\d+_(self|cross)_attn_([qkvo]|[kv]_img)(_lora|_lokr|_alpha|_diff|_dora|$)", "Wan"),
    (r"^blocks_\d+_(ffn|attn[12]_to)_", "Wan"),
    (r"^(noise|context)_refiner_|^layers_\d+_(attention|feed_forward)_", "Lumina or Z-Image"),
)
_WRAPPERS = re.compile(r"^(base_model\.model\.|diffusion_model\.|transformer\.|unet\.|lora_unet_|lycoris_)+")
_PARTS = re.compile(r"lora|lokr|hada|loha|oft_|glora|\.diff|dora_scale|\.alpha$|w_norm")
_SAME_FAMILY = "Choose a LoRA that was trained on Anima."


def model_of(key: str) -> str:
    """The model whose LoRAs have such a key; empty where none is known."""
    flat = _WRAPPERS.sub("", key).replace(".", "_")
    return next((model for pattern, model in _MODELS if re.search(pattern, flat)), "")


def refusal(key: str, path: Path) -> UserError:
    """The error for a key, or a module's name, that no Anima LoRA has; it says what the file looks like."""
    if model := model_of(key):
        return UserError(f"{path} looks like a LoRA for {model}, not for Anima: it changes {key}", _SAME_FAMILY)
    if key.endswith((".weight", ".bias")) and not _PARTS.search(key):
        return UserError(f"{path} is no LoRA: it holds whole weights, {key} among them", "Name a LoRA file.")
    return UserError(f"{path} is not a LoRA for Anima in a known format: it changes {key}", _SAME_FAMILY)
