"""Which sheet would a pile of rendered pictures make? What they differ in becomes its axes.

Epochs are told by the names of LoRA files: `mira-000010` and `mira` are the tenth and the last of one training. Where a
run is known, its own files tell them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from studio.core.axes import BASE, EPOCH, SIZE, STRENGTH, Axis, Value
from studio.core.drawn import FIELDS, Drawn, LeftOver, Names, WornLora, stem_of
from studio.core.errors import UserError
from studio.core.foreign_run import WEIGHTS, named
from studio.core.formats import needed, optional
from studio.core.knobs import Setting
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet

_REMEDY = "Name a folder of PNGs that ComfyUI, this studio or a web UI saved with their settings."
_ASKED = ("prompt", "seed")  # what a picture has to say
_TURBO = "turbo"
_USED = re.compile(r"-\d{4,}-[0-9a-f]{4}-e(\d{3,7})$")  # as this studio calls a file that it puts into a loras folder
_OUTER = ("negative", "steps", "cfg", "sampler", "scheduler")


@dataclass(frozen=True, slots=True)
class Inferred:
    """The sheet, what the LoRAs in it may be called by their SHA-256, and the pictures that cannot be part of it.

    A LoRA that nobody has is called by a SHA-256 of its name.
    """

    sheet: Sheet
    loras: Names
    left: tuple[LeftOver, ...]


def inferred(drawn: Sequence[Drawn], title: str, known: Mapping[str, tuple[int, str]] | None = None,
             base: str = "") -> Inferred:
    """`known` are the files of a run by stem: (epoch, SHA-256); `base` is the digest of its base.

    Raises UserError where no picture says enough.
    """
    against = {each.path: _against(each) for each in drawn}
    sound = [each for each in drawn if not against[each.path]]
    if not sound:
        why = f": {against[drawn[0].path]}" if drawn else ""
        raise UserError(f"No picture there tells its settings{why}", _REMEDY)
    program = _most(each.program for each in sound)
    model = _most(stem_of(each.base) for each in sound if each.base and each.program == program)
    against |= {each.path: _stranger(each, program, model) for each in sound}
    kept = [each for each in sound if not against[each.path]]
    always = _worn_by_all(kept, known or {})
    own = {each.path: [lora for lora in each.worn if lora not in always] for each in kept}
    single = [each for each in kept if len(own[each.path]) <= 1]
    files = _files([own[each.path][0] for each in single if own[each.path]], known or {})
    values = {each.path: _values(each, own[each.path], files) for each in single}
    sheet = _sheet(title, program, values, always, files, base)
    left = [LeftOver(path, reason) for path, reason in against.items() if reason]
    left += [LeftOver(each.path, "wears two LoRAs that other pictures do not wear") for each in kept
             if each not in single]
    names = {sha256: (stem,) for stem, (_, sha256) in files.items()} | {_sha256(each): (each.name,) for each in always}
    return Inferred(sheet, names, tuple(left))


def _against(drawn: Drawn) -> str:
    """Why a picture cannot be part of any sheet."""
    if drawn.obstacle:
        return drawn.obstacle
    if missing := [name for name in _ASKED if name not in drawn.settings]:
        return f"does not tell its {missing[0]}"
    if needed(str(drawn.settings["prompt"])) or optional(str(drawn.settings["prompt"])):
        return "has a prompt with words in braces, which a sheet would fill"
    return ""


def _stranger(drawn: Drawn, program: str, base: str) -> str:
    """Why it cannot be part of a sheet by this program, on this base."""
    if drawn.program != program:
        return f"was drawn by {drawn.program or 'this studio'}, most of the others by {program or 'this studio'}"
    if drawn.base and stem_of(drawn.base) != base:
        return f"was drawn on {stem_of(drawn.base)[:40]}, most of the others on {base[:40]}"
    return ""


def _most(values: Iterable[str]) -> str:
    return next((value for value, _ in Counter(values).most_common(1)), "")


def _worn_by_all(drawn: Sequence[Drawn], known: Mapping[str, tuple[int, str]]) -> list[WornLora]:
    """The LoRAs that every picture wears alike, but for one that is a checkpoint, or the only one there is."""
    everywhere = [lora for lora in drawn[0].worn if all(lora in each.worn for each in drawn)]
    strange = [lora for lora in everywhere if lora.stem not in known and not _epoch(lora.name)]
    if len(strange) < len(everywhere) or any(len(each.worn) > len(everywhere) for each in drawn):
        return strange
    own = next((lora for lora in reversed(strange) if _TURBO not in lora.stem), strange[-1] if strange else None)
    return [lora for lora in strange if lora is not own]


def _files(worn: Iterable[WornLora], known: Mapping[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """(epoch, SHA-256) by stem; files without a number come last, in the order of their names."""
    loras = {lora.stem: lora for lora in sorted(worn, key=lambda each: each.stem)}
    by_hash = {sha256: (epoch, sha256) for epoch, sha256 in known.values()}
    found = {stem: known.get(stem) or by_hash.get(lora.sha256) for stem, lora in loras.items()}
    files = {stem: place for stem, place in found.items() if place}
    taken = {epoch for epoch, _ in files.values()}
    for stem in sorted(loras.keys() - files.keys(), key=lambda each: (_epoch(loras[each].name) or 10**9, each)):
        epoch = _epoch(loras[stem].name) or 0
        epoch = epoch if epoch and epoch not in taken else max(taken, default=0) + 1
        taken.add(epoch)
        files[stem] = epoch, _sha256(loras[stem])
    return files


def _epoch(name: str) -> int | None:
    if found := _USED.search(stem_of(name)):
        return int(found[1])
    known = named(PurePath(stem_of(name) + WEIGHTS))
    return known.epoch if known else None


def _sha256(lora: WornLora) -> str:
    return lora.sha256 or hashlib.sha256(stem_of(lora.name).encode()).hexdigest()


def _values(drawn: Drawn, own: Sequence[WornLora], files: Mapping[str, tuple[int, str]]) -> dict[str, Value]:
    """What a picture says, by the names of axes."""
    lora = own[0] if own else None
    found: dict[str, Value] = {EPOCH: files[lora.stem][0] if lora else BASE}
    if lora:
        found[STRENGTH] = float(lora.strength)
    settings: Mapping[str, Setting] = drawn.settings
    found |= {name: settings[name] for name in FIELDS if name in settings and name not in ("width", "height")}
    if float(settings.get("cfg", 0.0)) == 1.0:
        found.pop("negative", None)
    return found | {SIZE: f"{settings['width']}x{settings['height']}"}


def _sheet(title: str, program: str, values: Mapping[object, Mapping[str, Value]], always: Sequence[WornLora],
           files: Mapping[str, tuple[int, str]], base: str) -> Sheet:
    spec = replace(RenderSpec(), base=base, drawn_by=program,
                   loras=tuple((_sha256(each), each.strength) for each in always))
    shared = {name: _shared(name, values) for name in (*_OUTER, *_ASKED, SIZE, STRENGTH, EPOCH)}
    alone = {name: there[0] for name, there in shared.items() if len(there) == 1}
    spec = replace(spec, **{name: value for name, value in alone.items() if name in FIELDS})
    if SIZE in alone:
        width, height = str(alone[SIZE]).split("x")
        spec = replace(spec, width=int(width), height=int(height))
    axes = {name: Axis(name, there) for name, there in shared.items()
            if len(there) > 1 or there and (name == EPOCH or name == STRENGTH and there != (1.0,))}
    columns = tuple(axes[name] for name in (SIZE, *_OUTER, *_ASKED) if name in axes)
    rows = tuple(axes[name] for name in (EPOCH, STRENGTH) if name in axes)
    return Sheet(title, rows, columns, spec, epochs=tuple(sorted(files.values())))


def _shared(name: str, values: Mapping[object, Mapping[str, Value]]) -> tuple[Value, ...]:
    """All values of that name, numbers in their order, the base first."""
    there = dict.fromkeys(each[name] for each in values.values() if name in each)
    numbers = sorted(value for value in there if not isinstance(value, str))
    texts = [value for value in there if isinstance(value, str)]
    return (*texts, *numbers) if name == EPOCH else (*numbers, *texts)
