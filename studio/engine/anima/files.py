"""Finds the five things an Anima is made of, in every place the tools of this world put them.

Known layouts: the public release's `split_files/`, ComfyUI's `models/`, all files in one folder, one merged checkpoint,
and diffusers folders with a `modular_model_index.json`. A choice is never guessed: of several candidates the only one
that fits the transformer is taken, and two that fit are refused, both named.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.weight_kinds import ANIMA, QWEN3, WAN_VAE
from studio.engine.anima.refusals import require
from studio.store import comfyui
from studio.store.digests import sha256_of
from studio.store.hub import TOKENIZER_FILES
from studio.store.weight_file import WeightFile, distinct, files_below, read_weight_file, readable_weight_file
from studio.store.weight_source import weight_files

DIFFUSERS_INDEX = "modular_model_index.json"

_ROOTS = ("", "split_files", "models")
_LEVELS_UP = 4  # ComfyUI/models/diffusion_models/anima/file.safetensors is four below ComfyUI/

LooksRight = Callable[[WeightFile], bool]


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


@dataclass(frozen=True, slots=True)
class _Weights:
    """How one kind of weights is found: the folders for it, what its files hold, and whether one goes with the base."""

    what: str
    option: str
    folders: tuple[str, ...]
    looks_right: LooksRight
    fits: LooksRight


@dataclass(frozen=True, slots=True)
class _Tokenizer:
    """How a tokenizer is found: the folders that tools keep it in, and the one below the downloaded ones."""

    what: str
    option: str
    folders: tuple[str, ...]
    fetched: str


_QWEN_TOKENIZER = _Tokenizer(
    "Qwen tokenizer", "--qwen-tokenizer",
    ("tokenizers/qwen2", "tokenizer", comfyui.QWEN_TOKENIZER), "qwen2",
)  # fmt: skip
_T5_TOKENIZER = _Tokenizer(
    "T5 tokenizer", "--t5-tokenizer",
    ("tokenizers/t5", "t5_tokenizer", comfyui.T5_TOKENIZER), "t5",
)  # fmt: skip


def find_base(
    path: Path,
    *,
    text_encoder: Path | None = None,
    vae: Path | None = None,
    qwen_tokenizer: Path | None = None,
    t5_tokenizer: Path | None = None,
    fetched: Path | None = None,
) -> BaseFiles:
    """The files of the base at `path`: the transformer's file, or a folder that holds everything.

    What is not named is taken from the transformer's own file where that is a merged checkpoint, else looked for beside
    it, nearest folder first; tokenizers at last in `fetched`, where downloaded ones lie. UserError names what is
    missing and the option that supplies it, or both of two candidates, or what the file is if it is no Anima.
    """
    if (path / DIFFUSERS_INDEX).is_file():
        return _diffusers_base(path, text_encoder, vae, qwen_tokenizer, t5_tokenizer)
    transformer = path if path.is_file() else _transformer_in(path)
    base = read_weight_file(transformer)
    require("base", transformer, base.entries)
    return BaseFiles(
        transformer=transformer,
        text_encoder=text_encoder or _weights(base, _text_encoder_for(base)),
        vae=vae or _weights(base, _vae_for(base)),
        qwen_tokenizer=qwen_tokenizer or _tokenizer(transformer, _QWEN_TOKENIZER, fetched),
        t5_tokenizer=t5_tokenizer or _tokenizer(transformer, _T5_TOKENIZER, fetched),
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
        for name in TOKENIZER_FILES
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
    except (ValueError, TypeError, RecursionError) as error:
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
    places = [place for root in _ROOTS for place in comfyui.model_folders(folder / root, comfyui.BASES)]
    loose = _look_right(sorted(folder.glob("*.safetensors")), _is_anima)
    option = "the file's own path as the base"
    found = _one_of((*_files_in(places), *loose), (_is_anima,), "transformer", option)
    if found is None:
        raise UserError(f"No Anima transformer was found in {folder}", "Name the model's file itself.")
    return found


def _text_encoder_for(base: WeightFile) -> _Weights:
    width = base.text_width("base")

    def fits(file: WeightFile) -> bool:
        return _is_qwen(file) and file.text_width("text encoder") == width and not file.is_quantised("text encoder")

    return _Weights("text encoder", "--text-encoder", comfyui.TEXT_ENCODERS, _is_qwen, fits)


def _vae_for(base: WeightFile) -> _Weights:
    channels = base.latent_channels("base")

    def fits(file: WeightFile) -> bool:
        return _is_vae(file) and file.latent_channels("VAE") == channels and not file.is_quantised("VAE")

    return _Weights("VAE", "--vae", comfyui.VAES, _is_vae, fits)


def _weights(base: WeightFile, wanted: _Weights) -> Path:
    """The base's own file, or the nearest root's one file: in a folder of its kind, or loose beside the transformer."""
    if wanted.fits(base):
        return base.path
    roots = base.path.absolute().parents[:_LEVELS_UP]
    beside_it = sorted(roots[0].glob("*.safetensors"))
    loose = _look_right(beside_it, lambda file: _is_alone(file) and wanted.looks_right(file))
    for root in roots:
        beside = [path for path in loose if path.parent == root and path.name != base.path.name]
        candidates = (*_files_in(comfyui.model_folders(root, wanted.folders)), *beside)
        found = _one_of(candidates, (wanted.looks_right, wanted.fits), wanted.what, wanted.option)
        if found is not None:
            return found
    places = " or ".join(f"{folder}/" for folder in wanted.folders)
    raise UserError(f"No {wanted.what} was found beside {roots[0]}",
                    f"Name it with {wanted.option}, or put it into {places} there.")


def _tokenizer(transformer: Path, wanted: _Tokenizer, fetched: Path | None) -> Path:
    roots = transformer.absolute().parents[:_LEVELS_UP]
    places = [[root / folder for folder in wanted.folders] for root in roots]
    for folders in (*places, [fetched / wanted.fetched] if fetched else []):
        found = [folder for folder in folders if folder.is_dir()]
        if len(found) > 1:
            raise _two(wanted.what, found, wanted.option)
        if found:
            return found[0]
    raise UserError(f"No {wanted.what} was found beside {roots[0]}",
                    f"Name it with {wanted.option}, or download it with `charstudio check --fetch-tokenizers`.")


def _files_in(folders: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for folder in folders for path in files_below(folder))


def _one_of(candidates: Iterable[Path], tests: Iterable[LooksRight], what: str, option: str) -> Path | None:
    """The only candidate, or the only one left by the tests, the loosest first; a test that leaves none is passed over.

    A lone misfit is therefore returned, for the loader to explain.
    """
    candidates = distinct(candidates)
    for test in tests:
        if len(candidates) > 1:
            candidates = _look_right(candidates, test) or candidates
    if len(candidates) > 1:
        raise _two(what, candidates, option)
    return candidates[0] if candidates else None


def _look_right(candidates: Iterable[Path], looks_right: LooksRight) -> tuple[Path, ...]:
    """Those that pass; what cannot be read cannot be ruled out."""
    return tuple(path for path in candidates if (file := readable_weight_file(path)) is None or looks_right(file))


def _is_alone(file: WeightFile) -> bool:
    """Whether it is no merged checkpoint, whose parts are its own."""
    return file.model("base") is None


def _is_anima(file: WeightFile) -> bool:
    return file.holds(ANIMA)


def _is_qwen(file: WeightFile) -> bool:
    return file.holds(QWEN3)


def _is_vae(file: WeightFile) -> bool:
    return file.holds(WAN_VAE)


def _two(what: str, found: Iterable[Path], option: str) -> UserError:
    first, second, *others = found
    more = f" and {len(others)} more" if others else ""
    return UserError(f"Two candidates for the {what}: {first} and {second}{more}", f"Choose with {option}.")


def _source_digests(source: Path) -> tuple[str, ...]:
    return tuple(sha256_of(file) for file in weight_files(source))


def _combined(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
