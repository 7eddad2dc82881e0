"""Finds the five things an Anima is made of, in every place the tools of this world put them.

Known layouts: the public release's `split_files/`, ComfyUI's `models/`, all files in one folder, and diffusers
folders with a `modular_model_index.json`. A choice is never guessed: two candidates are refused, both named.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from studio.core.errors import UserError
from studio.engine.anima.headers import weight_files
from studio.store.digests import sha256_of

DIFFUSERS_INDEX = "modular_model_index.json"

_TRANSFORMERS = ("diffusion_models", "unet")
_TEXT_ENCODERS = ("text_encoders", "clip")
_VAES = ("vae",)
_ROOTS = ("", "split_files", "models")
_LEVELS_UP = 3  # .../models/diffusion_models/anima/file.safetensors is three below models/
_QWEN_TOKENIZERS = ("tokenizers/qwen2", "tokenizer", "comfy/text_encoders/qwen25_tokenizer")
_T5_TOKENIZERS = ("tokenizers/t5", "t5_tokenizer", "comfy/text_encoders/t5_tokenizer")
_TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json")

LooksRight = Callable[[frozenset[str]], bool]


@dataclass(frozen=True, slots=True)
class BaseFiles:
    """Where a base model lies. Weights are files, or folders in a diffusers layout.

    `conditioner` is None where the text adapter shares the transformer's file, as in the public release.
    """

    transformer: Path
    text_encoder: Path
    vae: Path
    qwen_tokenizer: Path
    t5_tokenizer: Path
    conditioner: Path | None = None


def find_base(
    path: Path,
    *,
    text_encoder: Path | None = None,
    vae: Path | None = None,
    qwen_tokenizer: Path | None = None,
    t5_tokenizer: Path | None = None,
) -> BaseFiles:
    """The files of the base at `path`: the transformer's file, or a folder that holds everything.

    What is not named is looked for beside the transformer, nearest folder first. UserError names what is missing and
    the option that supplies it, or both of two candidates.
    """
    if (path / DIFFUSERS_INDEX).is_file():
        return _diffusers_base(path, text_encoder, vae, qwen_tokenizer, t5_tokenizer)
    transformer = path if path.is_file() else _transformer_in(path)
    roots = transformer.absolute().parents[:_LEVELS_UP]
    return BaseFiles(
        transformer=transformer,
        text_encoder=text_encoder or _weights(roots, _TEXT_ENCODERS, _is_qwen, "text encoder", "--text-encoder"),
        vae=vae or _weights(roots, _VAES, _is_vae, "VAE", "--vae"),
        qwen_tokenizer=qwen_tokenizer or _folder(roots, _QWEN_TOKENIZERS, "Qwen tokenizer", "--qwen-tokenizer"),
        t5_tokenizer=t5_tokenizer or _folder(roots, _T5_TOKENIZERS, "T5 tokenizer", "--t5-tokenizer"),
    )


def base_digest(files: BaseFiles) -> str:
    """What decides a picture: one digest over the contents of every file, wherever they lie and are called."""
    return _combined((text_digest(files), vae_digest(files), *_source_digests(files.transformer)))


def text_digest(files: BaseFiles) -> str:
    """What decides a context: encoder, adapter (it shares the transformer's file) and both tokenizers."""
    adapter = files.conditioner or files.transformer
    tokenizers = [
        sha256_of(folder / name)
        for folder in (files.qwen_tokenizer, files.t5_tokenizer)
        for name in _TOKENIZER_FILES
        if (folder / name).is_file()
    ]
    return _combined((*_source_digests(files.text_encoder), *_source_digests(adapter), *tokenizers))


def vae_digest(files: BaseFiles) -> str:
    """What decides a latent."""
    return _combined(_source_digests(files.vae))


def _diffusers_base(
    root: Path, text_encoder: Path | None, vae: Path | None, qwen_tokenizer: Path | None, t5_tokenizer: Path | None
) -> BaseFiles:
    parts = _read_index(root / DIFFUSERS_INDEX)
    return BaseFiles(
        transformer=_part(root, parts, "transformer"),
        text_encoder=text_encoder or _part(root, parts, "text_encoder"),
        vae=vae or _part(root, parts, "vae"),
        qwen_tokenizer=qwen_tokenizer or _part(root, parts, "tokenizer"),
        t5_tokenizer=t5_tokenizer or _part(root, parts, "t5_tokenizer"),
        conditioner=_part(root, parts, "text_conditioner"),
    )


def _read_index(path: Path) -> dict[str, object]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} is not a readable index ({error})", "Fetch it again from the release.") from error


def _part(root: Path, index: dict[str, object], name: str) -> Path:
    """The subfolder of a component; an index entry is [library, class, {"subfolder": ...}]."""
    entry = index.get(name)
    details = entry[-1] if isinstance(entry, list) and entry and isinstance(entry[-1], dict) else {}
    folder = root / str(details.get("subfolder") or name)
    if not folder.is_dir():
        raise UserError(f"The diffusers folder {root} has no {folder.name}/", "Fetch the complete folder.")
    return folder


def _transformer_in(folder: Path) -> Path:
    if not folder.is_dir():
        raise UserError(f"There is no base model at {folder}", "Name the model's file, or the folder that holds it.")
    places = [folder / root / kind for root in _ROOTS for kind in _TRANSFORMERS]
    loose = _look_right(sorted(folder.glob("*.safetensors")), _is_anima)
    found = _one_of((*_files_in(places), *loose), _is_anima, "transformer", "the file's own path as the base")
    if found is None:
        raise UserError(f"No Anima transformer was found in {folder}", "Name the model's file itself.")
    return found


def _weights(roots: Iterable[Path], kinds: tuple[str, ...], looks_right: LooksRight, what: str, option: str) -> Path:
    """The nearest root's one file: in a folder of its kind, or loose beside the transformer."""
    roots = tuple(roots)
    for root in roots:
        loose = _look_right(sorted(root.glob("*.safetensors")), looks_right) if root == roots[0] else ()
        found = _one_of((*_files_in([root / kind for kind in kinds]), *loose), looks_right, what, option)
        if found is not None:
            return found
    raise _not_found(what, roots[0], kinds, option)


def _folder(roots: Iterable[Path], names: tuple[str, ...], what: str, option: str) -> Path:
    roots = tuple(roots)
    for root in roots:
        found = [root / name for name in names if (root / name).is_dir()]
        if len(found) > 1:
            raise _two(what, found, option)
        if found:
            return found[0]
    raise _not_found(what, roots[0], names[:1], option)


def _files_in(folders: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.safetensors")))


def _one_of(candidates: tuple[Path, ...], looks_right: LooksRight, what: str, option: str) -> Path | None:
    """The only candidate, or the only one that looks right; a lone misfit is returned, for the loader to explain."""
    if len(candidates) > 1:
        likely = _look_right(candidates, looks_right)
        candidates = likely if likely else candidates
    if len(candidates) > 1:
        raise _two(what, candidates, option)
    return candidates[0] if candidates else None


def _look_right(candidates: Iterable[Path], looks_right: LooksRight) -> tuple[Path, ...]:
    return tuple(path for path in candidates if (names := _names(path)) is None or looks_right(names))


def _names(path: Path) -> frozenset[str] | None:
    """The tensors of a file, or None where it cannot be read and so cannot be ruled out."""
    try:
        with safe_open(path, framework="pt") as header:
            return frozenset(header.keys())
    except (SafetensorError, OSError):
        return None


def _is_anima(names: frozenset[str]) -> bool:
    return any(name.endswith("llm_adapter.embed.weight") for name in names)


def _is_qwen(names: frozenset[str]) -> bool:
    return not names.isdisjoint(f"{prefix}layers.0.self_attn.q_norm.weight" for prefix in ("", "model."))


def _is_vae(names: frozenset[str]) -> bool:
    return "decoder.head.0.gamma" in names


def _two(what: str, found: Iterable[Path], option: str) -> UserError:
    first, second, *others = found
    more = f" and {len(others)} more" if others else ""
    return UserError(f"Two candidates for the {what}: {first} and {second}{more}", f"Choose with {option}.")


def _not_found(what: str, beside: Path, names: tuple[str, ...], option: str) -> UserError:
    places = " or ".join(f"{name}/" for name in names)
    return UserError(f"No {what} was found beside {beside}", f"Name it with {option}, or put it into {places} there.")


def _source_digests(source: Path) -> tuple[str, ...]:
    return tuple(sha256_of(file) for file in weight_files(source))


def _combined(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
