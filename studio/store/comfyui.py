"""What of a ComfyUI installation can be used here? Told from its folders and its files' headers.

Its models lie in `models/` and wherever `extra_model_paths.yaml` says. Of interest is what an Anima is made of, and
LoRAs for one; what cannot be read is listed too, so that nobody looks for it in vain.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import yaml

from studio.core.errors import UserError, shown
from studio.core.texts import read_text
from studio.core.weight_kinds import ANIMA, QWEN3, WAN_VAE, is_anima_lora
from studio.store.weight_file import WeightFile, distinct, files_below, readable_weight_file

VARIABLE = "COMFYUI_PATH"

BASES = ("diffusion_models", "unet", "checkpoints")  # ComfyUI's words for the folders of each kind
TEXT_ENCODERS = ("text_encoders", "clip")
VAES = ("vae",)
LORAS = ("loras",)
QWEN_TOKENIZER = "comfy/text_encoders/qwen25_tokenizer"
T5_TOKENIZER = "comfy/text_encoders/t5_tokenizer"

_EXTRA = "extra_model_paths.yaml"
_MODELS = "models"
_KINDS = (*BASES, *TEXT_ENCODERS, *VAES, *LORAS)
_USUAL = (
    "ComfyUI", "comfyui", "Documents/ComfyUI", "ComfyUI_windows_portable/ComfyUI",
    "Downloads/ComfyUI_windows_portable/ComfyUI", "StabilityMatrix/Data/Packages/ComfyUI",
)  # fmt: skip

@dataclass(frozen=True, slots=True)
class Installation:
    """Every file of use, and every one in these folders that could not be read."""

    folder: Path
    bases: tuple[Path, ...]
    text_encoders: tuple[Path, ...]
    vaes: tuple[Path, ...]
    loras: tuple[Path, ...]
    tokenizers: tuple[Path, ...]
    unreadable: tuple[Path, ...]


def installation(folder: Path) -> Installation | None:
    """The installation in this folder, or whose `models` folder it is; None where there is none.

    Raises UserError for an `extra_model_paths.yaml` that cannot be understood.
    """
    root = folder.parent if folder.name == _MODELS else folder
    if not any((root / _MODELS / kind).is_dir() for kind in _KINDS):
        return None
    return _surveyed(root)


def model_folders(root: Path, kinds: Iterable[str]) -> tuple[Path, ...]:
    """Where models of these kinds lie: below `root`, and where its `extra_model_paths.yaml` says, if it has one."""
    kinds = tuple(kinds)
    return (*(root / kind for kind in kinds), *_extra_folders(root / _EXTRA, kinds))


def lora_folders(root: Path) -> tuple[Path, ...]:
    """Where an installation looks for LoRAs; they need not exist."""
    return (root / _MODELS / LORAS[0], *_extra_folders(root / _EXTRA, LORAS))


def loras_of(chosen: Path) -> Path:
    """The folder of LoRAs of a ComfyUI, or of its `models`, that was chosen instead of it; any other as it is."""
    inside = (chosen / _MODELS / LORAS[0], chosen / LORAS[0], chosen / "ComfyUI" / _MODELS / LORAS[0])
    return next((each for each in inside if each.is_dir()), chosen)


def usual_places(home: Path, environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where people keep ComfyUI, the folder that `COMFYUI_PATH` names first. They need not exist."""
    named = (Path(environment[VARIABLE]),) if environment.get(VARIABLE) else ()
    return (*named, *(home / place for place in _USUAL))


def found_in(places: Iterable[Path]) -> Iterator[Installation]:
    """The installations in some of these places, each once whatever it is called."""
    seen = set()
    for place in places:
        if (real := place.resolve()) not in seen and (found := installation(place)) is not None:
            seen.add(real)
            yield found


def _surveyed(root: Path) -> Installation:
    unreadable = []

    def those(kinds: Iterable[str], is_one: Callable[[WeightFile], bool]) -> tuple[Path, ...]:
        folders = (*(root / _MODELS / kind for kind in kinds), *_extra_folders(root / _EXTRA, kinds))
        read = {path: readable_weight_file(path) for path in distinct(chain(*map(files_below, folders)))}
        unreadable.extend(path for path, file in read.items() if file is None)
        return tuple(path for path, file in read.items() if file is not None and is_one(file))

    return Installation(
        folder=root,
        bases=those(BASES, lambda file: file.holds(ANIMA)),
        text_encoders=those(TEXT_ENCODERS, lambda file: file.holds(QWEN3)),
        vaes=those(VAES, lambda file: file.holds(WAN_VAE)),
        loras=those(LORAS, lambda file: is_anima_lora(file.entries)),
        tokenizers=tuple(root / name for name in (QWEN_TOKENIZER, T5_TOKENIZER) if (root / name).is_dir()),
        unreadable=tuple(unreadable),
    )


def _extra_folders(path: Path, kinds: Collection[str]) -> tuple[Path, ...]:
    """What the file adds: groups of kinds, each kind one folder or one a line, below the group's `base_path`."""
    if not path.is_file():
        return ()
    try:
        groups = [group for group in dict(yaml.safe_load(read_text(path)) or {}).values() if isinstance(group, dict)]
        return tuple(folder for group in groups for folder in _folders_of(group, kinds, path.parent))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        reason = shown(str(error).partition("\n")[0])
        raise UserError(f"{path} cannot be understood ({reason})", "Put it right, or move it away.") from error


def _folders_of(group: Mapping[str, object], kinds: Collection[str], beside: Path) -> Iterator[Path]:
    base = beside / _expanded(str(group.get("base_path") or ""))
    for lines in (group.get(kind) for kind in kinds):
        if isinstance(lines, str):
            yield from (base / _expanded(line.strip()) for line in lines.splitlines() if line.strip())


def _expanded(text: str) -> str:
    return os.path.expandvars(os.path.expanduser(text))
