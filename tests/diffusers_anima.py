"""diffusers' own Anima pipeline on the files of a base model: the second opinion on pictures and on speed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from diffusers import (
    AnimaTextConditioner,
    AutoencoderKLQwenImage,
    CosmosTransformer3DModel,
    FlowMatchEulerDiscreteScheduler,
)
from diffusers.loaders.single_file_utils import convert_cosmos_transformer_checkpoint_to_diffusers
from diffusers.models.transformers import transformer_cosmos
from diffusers.modular_pipelines import ModularPipeline
from diffusers.modular_pipelines.anima import AnimaAutoBlocks
from safetensors.torch import load_file
from tokenizers import Tokenizer as Backend
from tokenizers import processors
from torch import Tensor
from transformers import PreTrainedTokenizerFast, Qwen3Model

from studio.engine.anima import shapes
from studio.engine.anima.files import BaseFiles
from studio.engine.anima.vae import config_of, to_diffusers
from studio.store.tokenizers import Tokenizer

ADAPTER = "llm_adapter."


def reference(files: BaseFiles) -> ModularPipeline:
    """The pipeline on the CPU in float32, every component built by diffusers' own classes and rename function."""
    original = {key.removeprefix("net."): value for key, value in weights_of(files.transformer).items()}
    adapter = {key.removeprefix(ADAPTER): original.pop(key) for key in list(original) if key.startswith(ADAPTER)}
    pipeline = AnimaAutoBlocks().init_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.update_components(
        transformer=reference_transformer(original),
        text_conditioner=reference_conditioner(adapter),
        text_encoder=reference_qwen(files),
        tokenizer=reference_tokenizer(files.qwen_tokenizer),
        t5_tokenizer=reference_tokenizer(files.t5_tokenizer, ends=True),
        vae=reference_vae(files),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )
    return pipeline


def reference_transformer(original: dict[str, Tensor]) -> CosmosTransformer3DModel:
    config = shapes.transformer_config(original)
    with torch.device("meta"):
        transformer = CosmosTransformer3DModel(
            in_channels=16, out_channels=16, num_attention_heads=config.heads, attention_head_dim=config.head_dim,
            num_layers=config.layers, mlp_ratio=config.mlp_dim / config.width, text_embed_dim=config.text_dim,
            adaln_lora_dim=config.adaln_dim,
            max_size=(128, 240, 240), patch_size=(1, 2, 2), rope_scale=(1.0, 4.0, 4.0), concat_padding_mask=True,
            extra_pos_embed_type=None,
        )  # fmt: skip
    renamed = convert_cosmos_transformer_checkpoint_to_diffusers(dict(original))
    transformer.load_state_dict(renamed, strict=True, assign=True)
    return transformer.eval()


def reference_conditioner(adapter: dict[str, Tensor]) -> AnimaTextConditioner:
    config = shapes.adapter_config(adapter)
    conditioner = AnimaTextConditioner(
        source_dim=config.source_dim, target_dim=config.target_dim, model_dim=config.model_dim,
        num_layers=config.layers, num_attention_heads=config.heads, mlp_ratio=config.mlp_dim / config.model_dim,
        target_vocab_size=config.vocab,
    )  # fmt: skip
    conditioner.load_state_dict(adapter, strict=True)
    return conditioner.eval()


def reference_qwen(files: BaseFiles) -> Qwen3Model:
    weights = {key.removeprefix("model."): value for key, value in weights_of(files.text_encoder).items()}
    qwen = Qwen3Model(shapes.build_qwen(shapes.qwen_config(weights)).config)
    qwen.load_state_dict(weights)
    return qwen.eval()


def reference_vae(files: BaseFiles) -> AutoencoderKLQwenImage:
    weights = weights_of(files.vae)
    vae = AutoencoderKLQwenImage(**config_of(weights))
    vae.load_state_dict(to_diffusers(weights), strict=True)
    return vae.float().eval()


def reference_tokenizer(folder: Path, ends: bool = False) -> PreTrainedTokenizerFast:
    ours = Tokenizer.from_folder(folder)
    backend = Backend.from_str(ours.backend.to_str())
    end = backend.id_to_token(ours.eos_id)
    backend.post_processor = processors.TemplateProcessing(
        single=f"$A {end}" if ends else "$A", special_tokens=[(end, ours.eos_id)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=backend, pad_token=backend.id_to_token(ours.pad_id))


def weights_of(file: Path) -> dict[str, Tensor]:
    return {key: value.float() for key, value in load_file(file).items()}


@contextmanager
def resize_without_torchvision() -> Iterator[None]:
    """diffusers resizes its constant padding mask with torchvision, which this project does without."""
    before = vars(transformer_cosmos).get("transforms")
    transformer_cosmos.transforms = SimpleNamespace(
        InterpolationMode=SimpleNamespace(NEAREST="nearest"), functional=SimpleNamespace(resize=_resize)
    )
    try:
        yield
    finally:
        transformer_cosmos.transforms = before


def _resize(mask: Tensor, size: tuple[int, int], interpolation: str) -> Tensor:
    return F.interpolate(mask, size, mode=interpolation)
