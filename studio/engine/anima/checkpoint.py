"""Loads an Anima strictly: every tensor there, none too many, every shape right, or one error that names them.

What is cheap to check comes first: that the files exist, that all headers describe models that fit together, that the
tokenizers fit their embeddings. Only then are weights read, the small text encoder before the large transformer.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch
from diffusers import AutoencoderKLQwenImage, CosmosTransformer3DModel
from transformers import Qwen3Model

from studio.core.errors import UserError
from studio.core.weight_kinds import BESIDE, model_of
from studio.engine.anima import keys, shapes, vae
from studio.engine.anima.files import BaseFiles, base_digest, find_base
from studio.engine.anima.fit import Listing, Part, Source, empty, fitted, inferred
from studio.engine.anima.headers import Entry, read_header
from studio.engine.anima.keys import diffusers_name, original_name
from studio.engine.anima.refusals import require, require_floats
from studio.engine.anima.shapes import adapter_config, qwen_config, transformer_config
from studio.engine.anima.text import TextPath
from studio.engine.anima.transformer import install_fast_attention
from studio.engine.anima.vae import FoldedVae
from studio.store.tokenizers import Tokenizer

__all__ = ["Anima", "Outline", "base_digest", "find_base", "load", "load_text_encoder", "load_vae", "outline",
           "transformer_header"]

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
    left_out: tuple[str, ...] = ()  # one sentence for each thing in a merged checkpoint that is no part of it


@dataclass(frozen=True, slots=True)
class Outline:
    """A base as its headers describe it: it fits, and this is how large it is."""

    blocks: int
    parameters: int  # of the transformer
    numbers: int  # of all four models
    formats: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sources:
    """Four models' tensors, as the headers list them, and what else lies in the transformer's file."""

    qwen: Source
    vae: Source
    conditioner: Source
    transformer: Source
    left_out: tuple[str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        parts = (self.qwen, self.vae, self.conditioner, self.transformer)
        return tuple(entry for part in parts for entry in part.listing.values())


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


def outline(files: BaseFiles) -> Outline:
    """What the headers say of a base. UserError for everything that `load` would refuse before it reads weights."""
    sources, parts, _ = _checked(files)
    entries = sources.entries
    return Outline(
        blocks=len(parts.transformer.model.transformer_blocks),
        parameters=sum(weight.numel() for weight in parts.transformer.model.parameters()),
        numbers=sum(prod(entry.shape) for entry in entries),
        formats=tuple(sorted({entry.dtype for entry in entries})),
        left_out=sources.left_out,
    )


def load(files: BaseFiles, device: torch.device, dtype: torch.dtype) -> Anima:
    """The base model on `device` in `dtype`, frozen. UserError names the file and the tensors that do not fit."""
    sources, parts, (qwen_tokens, t5_tokens) = _checked(files)
    qwen, folded = parts.qwen.filled(device, dtype), _folded(parts.vae.filled(device, dtype))
    conditioner, transformer = parts.conditioner.filled(device, dtype), parts.transformer.filled(device, dtype)
    install_fast_attention(transformer)
    text = TextPath(qwen, conditioner, qwen_tokens, t5_tokens)
    return Anima(text, transformer, folded, device, dtype, files, sources.left_out)


def load_text_encoder(files: BaseFiles, device: torch.device, dtype: torch.dtype) -> Qwen3Model:
    """Qwen3 alone, which is what most often turns out not to work; nothing of the transformer is read."""
    return _qwen_part(_qwen_source(files.text_encoder)).filled(device, dtype)


def load_vae(files: BaseFiles, device: torch.device, dtype: torch.dtype) -> FoldedVae:
    """The VAE alone; nothing of the transformer is read."""
    return _folded(_vae_part(_vae_source(files.vae)).filled(device, dtype))


def _checked(files: BaseFiles) -> tuple[_Sources, _Parts, tuple[Tokenizer, Tokenizer]]:
    """All that can be known without reading a weight, the cheapest first."""
    _require_present(files)
    sources = _read_sources(files)
    qwen_tokens = _tokenizer(files.qwen_tokenizer, inferred(qwen_config, sources.qwen).vocab, sources.qwen)
    t5_tokens = _tokenizer(files.t5_tokenizer, inferred(adapter_config, sources.conditioner).vocab, sources.conditioner)
    return sources, _fit(sources), (qwen_tokens, t5_tokens)


def _require_present(files: BaseFiles) -> None:
    weights = (files.transformer, files.conditioner, files.text_encoder, files.vae)
    for path in (*weights, files.qwen_tokenizer, files.t5_tokenizer):
        if path is not None and not path.exists():
            raise UserError(f"There is no {path}", "Check the path, or name another one.")


def _read_sources(files: BaseFiles) -> _Sources:
    transformer, conditioner = _transformer_sources(files)
    qwen, vae_source = _qwen_source(files.text_encoder), _vae_source(files.vae)
    used = (transformer, conditioner, *(each for each in (qwen, vae_source) if each.path == transformer.path))
    for source in (transformer, conditioner, qwen, vae_source):
        require_floats(source.path, source.listing.values())
    return _Sources(qwen, vae_source, conditioner, transformer, _left_out(transformer.path, used))


def _left_out(path: Path, used: Iterable[Source]) -> tuple[str, ...]:
    """A sentence for each thing in a merged checkpoint that none of these sources uses."""
    taken = {entry.name for source in used for entry in source.listing.values()}
    groups = Counter(_group(name) for name in read_header(path) if name.startswith(BESIDE) and name not in taken)
    return tuple(f"{path.name} also holds {group} ({count} tensors), which is not used."
                 for group, count in sorted(groups.items()))


def _group(name: str) -> str:
    """`text_encoders.clip_l.transformer.text_model...` -> `text_encoders.clip_l`, `vae.decoder.conv1.bias` -> `vae`."""
    first, second, *_ = name.split(".")
    return f"{first}.{second}" if first in ("text_encoders", "cond_stage_model") else first


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
        require("base", files.transformer, entries)
        prefix = model_of("base", entries).prefix
        dit, adapter = keys.split_original(entries)
        return (
            Source(files.transformer, dit, lambda name: prefix + name),
            Source(files.transformer, adapter, lambda name: prefix + keys.ADAPTER_PREFIX + name),
        )
    dit = {original_name(name): entry for name, entry in entries.items()}
    adapter = read_header(files.conditioner)
    return Source(files.transformer, dit, diffusers_name), Source(files.conditioner, adapter, str)


def _qwen_source(path: Path) -> Source:
    entries = read_header(path)
    require("text encoder", path, entries)
    prefix = model_of("text encoder", entries).prefix
    return Source(path, keys.bare_qwen(entries), lambda name: prefix + name)


def _vae_source(path: Path) -> Source:
    entries = read_header(path)
    require("VAE", path, entries)
    prefix, listing = model_of("VAE", entries).prefix, keys.bare_vae(entries)
    if "decoder.norm_out.gamma" in listing:
        wan = {vae.to_wan_key(name): entry for name, entry in listing.items()}
        return Source(path, wan, lambda name: prefix + vae.to_diffusers_key(name))
    return Source(path, listing, lambda name: prefix + name)


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
    _require_equal("text width", sources.qwen, qwen.hidden_size, sources.conditioner, adapter.source_dim,
                   "Name the text encoder of the same release with --text-encoder.")
    _require_equal("latent channels", sources.vae, vae_config.z_dim, sources.transformer, dit.out_channels,
                   "Name the VAE of the same release with --vae.")
    _require_equal("context width", sources.conditioner, adapter.target_dim, sources.transformer, dit.text_embed_dim,
                   _SAME_RELEASE)


def _require_equal(what: str, giver: Source, given: int, taker: Source, taken: int, remedy: str) -> None:
    if given != taken:
        raise UserError(f"{giver.path} does not go with {taker.path.name}: {what} {given} against {taken}", remedy)
