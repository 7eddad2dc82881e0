"""Loads an Anima strictly: every tensor there, none too many, every shape right, or one error that names them.

What is cheap to check comes first: that the files exist, that all headers describe models that fit together, that the
tokenizers fit their embeddings. Only then are weights read, the small text encoder before the large transformer.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKLQwenImage, CosmosTransformer3DModel

from studio.core.errors import UserError
from studio.engine.anima import keys, shapes, vae
from studio.engine.anima.files import BaseFiles, base_digest, find_base
from studio.engine.anima.fit import Listing, Part, Source, empty, fitted, inferred
from studio.engine.anima.headers import read_header
from studio.engine.anima.keys import diffusers_name, original_name
from studio.engine.anima.shapes import adapter_config, qwen_config, transformer_config
from studio.engine.anima.text import TextPath
from studio.engine.anima.transformer import install_fast_attention
from studio.engine.anima.vae import FoldedVae
from studio.store.tokenizers import Tokenizer

__all__ = ["Anima", "base_digest", "find_base", "load", "transformer_header"]

_SAME_RELEASE = "Use files of the same release."


@dataclass(frozen=True, slots=True)
class Anima:
    """A base model, ready to draw: words to context, noise to latents, latents to pixels."""

    text: TextPath
    transformer: CosmosTransformer3DModel
    vae: FoldedVae
    device: torch.device
    dtype: torch.dtype
    files: BaseFiles


@dataclass(frozen=True, slots=True)
class _Sources:
    """Four models' tensors, as the headers list them."""

    qwen: Source
    vae: Source
    conditioner: Source
    transformer: Source


@dataclass(frozen=True, slots=True)
class _Parts:
    """Four models without storage, known to fit their files and each other."""

    qwen: Part
    vae: Part
    conditioner: Part
    transformer: Part


def transformer_header(files: BaseFiles) -> Listing:
    """What the DiT's file lists, under the public release's names without prefix. No tensor is read."""
    return _transformer_sources(files)[0].listing


def load(files: BaseFiles, device: torch.device, dtype: torch.dtype) -> Anima:
    """The base model on `device` in `dtype`, frozen. UserError names the file and the tensors that do not fit."""
    _require_present(files)
    sources = _read_sources(files)
    qwen_tokens = _tokenizer(files.qwen_tokenizer, inferred(qwen_config, sources.qwen).vocab, sources.qwen)
    t5_tokens = _tokenizer(files.t5_tokenizer, inferred(adapter_config, sources.conditioner).vocab, sources.conditioner)
    parts = _fit(sources)
    qwen, folded = parts.qwen.filled(device, dtype), _folded(parts.vae.filled(device, dtype))
    conditioner, transformer = parts.conditioner.filled(device, dtype), parts.transformer.filled(device, dtype)
    install_fast_attention(transformer)
    return Anima(TextPath(qwen, conditioner, qwen_tokens, t5_tokens), transformer, folded, device, dtype, files)


def _require_present(files: BaseFiles) -> None:
    weights = (files.transformer, files.conditioner, files.text_encoder, files.vae)
    for path in (*weights, files.qwen_tokenizer, files.t5_tokenizer):
        if path is not None and not path.exists():
            raise UserError(f"There is no {path}", "Check the path, or name another one.")


def _read_sources(files: BaseFiles) -> _Sources:
    transformer, conditioner = _transformer_sources(files)
    return _Sources(_qwen_source(files.text_encoder), _vae_source(files.vae), conditioner, transformer)


def _fit(sources: _Sources) -> _Parts:
    parts = _Parts(
        qwen=_qwen_part(sources.qwen),
        vae=_vae_part(sources.vae),
        conditioner=_conditioner_part(sources.conditioner),
        transformer=_transformer_part(sources.transformer),
    )
    _require_matching(sources, parts)
    return parts


def _transformer_sources(files: BaseFiles) -> tuple[Source, Source]:
    """(DiT, adapter): one file in the public release, two folders in a diffusers layout."""
    entries = read_header(files.transformer)
    if files.conditioner is None:
        dit, adapter = keys.split_original(entries)
        prefix = _prefix(dit)
        return (
            Source(files.transformer, dit, lambda name: prefix + name),
            Source(files.transformer, adapter, lambda name: prefix + keys.ADAPTER_PREFIX + name),
        )
    dit = {original_name(name): entry for name, entry in entries.items()}
    adapter = read_header(files.conditioner)
    return Source(files.transformer, dit, diffusers_name), Source(files.conditioner, adapter, str)


def _qwen_source(path: Path) -> Source:
    listing = keys.bare_qwen(read_header(path))
    prefix = _prefix(listing)
    return Source(path, listing, lambda name: prefix + name)


def _vae_source(path: Path) -> Source:
    entries = read_header(path)
    if "decoder.norm_out.gamma" in entries:
        return Source(path, {vae.to_wan_key(name): entry for name, entry in entries.items()}, vae.to_diffusers_key)
    return Source(path, entries, str)


def _transformer_part(source: Source) -> Part:
    model = empty(shapes.empty_transformer, inferred(transformer_config, source), source)
    return fitted(model, source, keys.to_diffusers(source.listing), original_name)


def _conditioner_part(source: Source) -> Part:
    model = empty(shapes.empty_conditioner, inferred(adapter_config, source), source)
    return fitted(model, source, source.listing, str)


def _qwen_part(source: Source) -> Part:
    model = empty(shapes.empty_qwen, inferred(qwen_config, source), source)
    return fitted(model, source, source.listing, str)


def _vae_part(source: Source) -> Part:
    model = empty(_empty_vae, inferred(vae.config_of, source), source)
    return fitted(model, source, vae.to_diffusers(source.listing), vae.to_wan_key)


def _empty_vae(config: dict[str, object]) -> AutoencoderKLQwenImage:
    with torch.device("meta"):
        return AutoencoderKLQwenImage(**config)


def _folded(vae_3d: AutoencoderKLQwenImage) -> FoldedVae:
    """The folded VAE with storage of its own: its slices would otherwise keep the 3-D weights alive."""
    folded = FoldedVae(vae_3d)
    for parameter in folded.parameters():
        parameter.data = parameter.data.clone(memory_format=torch.contiguous_format)
    return folded.eval().requires_grad_(False).to(next(folded.parameters()).device)


def _tokenizer(folder: Path, rows: int, source: Source) -> Tokenizer:
    tokenizer = Tokenizer.from_folder(folder)
    if tokenizer.size > rows:
        what = f"The tokenizer in {folder} knows {tokenizer.size} tokens, but {source.path} has rows for {rows}"
        raise UserError(what, _SAME_RELEASE)
    return tokenizer


def _require_matching(sources: _Sources, parts: _Parts) -> None:
    qwen, vae_config = parts.qwen.model.config, parts.vae.model.config
    adapter, dit = parts.conditioner.model.config, parts.transformer.model.config
    _require_equal("text width", sources.qwen, qwen.hidden_size, sources.conditioner, adapter.source_dim)
    _require_equal("context width", sources.conditioner, adapter.target_dim, sources.transformer, dit.text_embed_dim)
    _require_equal("latent channels", sources.vae, vae_config.z_dim, sources.transformer, dit.out_channels)


def _require_equal(what: str, giver: Source, given: int, taker: Source, taken: int) -> None:
    if given != taken:
        pair = f"{giver.path} and {taker.path} do not belong together"
        raise UserError(f"{pair}: {what} {given} against {taken}", _SAME_RELEASE)


def _prefix(listing: Listing) -> str:
    """What the file writes before every bare name."""
    return next((entry.name.removesuffix(bare) for bare, entry in listing.items()), "")
