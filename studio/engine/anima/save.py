"""Writes models in the layout and names of the public release."""

from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import AnimaTextConditioner, AutoencoderKLQwenImage, CosmosTransformer3DModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import Qwen3Model

from studio.engine.anima import keys
from studio.engine.anima.vae import to_wan_key
from studio.store.atomic import replace_atomic

_METADATA = {"format": "pt"}


def save_original(
    transformer: CosmosTransformer3DModel,
    conditioner: AnimaTextConditioner,
    path: Path,
    dtype: torch.dtype = torch.bfloat16,
) -> None:
    """One file with the DiT under `net.` and the adapter under `net.llm_adapter.`."""
    _write(keys.original_keys(transformer.state_dict(), conditioner.state_dict()), path, dtype)


def save_qwen(qwen: Qwen3Model, path: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """The text encoder under `model.`, as `Qwen3ForCausalLM` with a tied head saves it."""
    _write({keys.QWEN_PREFIX + key: value for key, value in qwen.state_dict().items()}, path, dtype)


def save_vae(vae: AutoencoderKLQwenImage, path: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """The VAE in Wan 2.1's names."""
    _write({to_wan_key(key): value for key, value in vae.state_dict().items()}, path, dtype)


def _write(tensors: Mapping[str, Tensor], path: Path, dtype: torch.dtype) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = {key: value.detach().to("cpu", dtype).contiguous() for key, value in tensors.items()}
    with replace_atomic(path) as part:
        save_file(half, part, _METADATA)
