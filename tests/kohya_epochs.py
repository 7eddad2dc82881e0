"""LoRA epochs as another trainer would have left them, made for the tiny base."""

from __future__ import annotations

from pathlib import Path

import torch
from foreign_files import left_alone
from safetensors.torch import save_file

from studio.engine.anima.checkpoint import Anima


def write_epoch(path: Path, anima: Anima, mark: int, **metadata: str) -> Path:
    """A LoRA on one module of the tiny base, as sd-scripts names it."""
    weight = anima.transformer.transformer_blocks[0].attn1.to_q.weight
    own = torch.Generator().manual_seed(mark)
    name = "lora_unet_blocks_0_self_attn_q_proj"
    tensors = {f"{name}.lora_down.weight": torch.randn((2, weight.shape[1]), generator=own),
               f"{name}.lora_up.weight": torch.randn((weight.shape[0], 2), generator=own),
               f"{name}.alpha": torch.tensor(2.0)}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata)
    return left_alone(path)
