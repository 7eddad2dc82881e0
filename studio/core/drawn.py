"""Which cell of a sheet is a picture that was rendered before, by whatever program?

Compared is what both sides say. What a picture keeps to itself cannot speak against it; what it says must fit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from studio.core.knobs import Setting
from studio.core.lint.phrases import listed
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell

FIELDS = ("prompt", "negative", "seed", "steps", "cfg", "sampler", "scheduler", "width", "height")
LORAS, BASE = "LoRA", "base"

_ENOUGH = 64    # cells that a picture without a place is compared with
_LONGEST = 40   # characters of a value in a sentence

Names = Mapping[str, Collection[str]]  # what a file of this SHA-256, or a base of this digest, may be called


@dataclass(frozen=True, slots=True)
class WornLora:
    """A LoRA as a picture names it; `sha256` is empty where it does not say."""

    name: str
    strength: float
    sha256: str = ""

    @property
    def stem(self) -> str:
        return stem_of(self.name)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rendered picture by what it says of itself. `program` drew it, empty for this studio.

    `settings` hold those of FIELDS that it names, its true size among them. `base` is a name or a digest, `base_name`
    the name beside a digest. `obstacle` says why it is no plain render.
    """

    path: Path
    program: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    loras: tuple[WornLora, ...] = ()
    base: str = ""
    obstacle: str = ""
    base_name: str = ""

    @property
    def worn(self) -> tuple[WornLora, ...]:
        """Without those that do nothing."""
        return tuple(each for each in self.loras if each.strength)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A picture that has no place in the sheet, and why."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Matching:
    """The picture of each cell by its key, all by one program, and what was left over."""

    program: str
    found: Mapping[str, Drawn]
    left: tuple[LeftOver, ...]


def matching(drawn: Iterable[Drawn], cells: Iterable[Cell], loras: Names, bases: Names) -> Matching:
    """The pictures in their cells. Of several programs the one with the most counts, of several pictures the first."""
    sheet = _Sheet(cells, loras, bases)
    placed = [(each, None if each.obstacle else sheet.cell_of(each)) for each in drawn]
    votes = Counter(each.program for each, cell in placed if cell)
    program = votes.most_common(1)[0][0] if votes else ""
    found: dict[str, Drawn] = {}
    left = []
    for each, cell in placed:
        reason = _reason(each, cell, program, sheet, found)
        if reason or cell is None:
            left.append(LeftOver(each.path, reason))
        else:
            found[cell.key] = each
    return Matching(program, found, tuple(left))


def stem_of(name: str) -> str:
    """A file's name as people know it: without its folders, its ending and its case."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return (last[:-len(".safetensors")] if last.casefold().endswith(".safetensors") else last).casefold()


def plain(prompt: str) -> str:
    """A prompt without what no program reads: doubled spaces, line ends, commas at its ends."""
    return " ".join(prompt.split()).strip(" ,")


class _Sheet:
    """The cells of a sheet, ready to be looked up."""

    def __init__(self, cells: Iterable[Cell], loras: Names, bases: Names) -> None:
        self._loras = {sha256: {stem_of(name) for name in names} for sha256, names in loras.items()}
        self._bases = {digest: {stem_of(name) for name in names} for digest, names in bases.items()}
        self._cells = list({cell.key: cell for cell in cells}.values())
        self._near: defaultdict[tuple[str | None, Setting | None], list[Cell]] = defaultdict(list)
        for cell in self._cells:
            prompt, seed = plain(cell.spec.prompt), cell.spec.seed
            for look in ((prompt, seed), (prompt, None), (None, seed)):
                self._near[look].append(cell)

    def cell_of(self, drawn: Drawn) -> Cell | None:
        """The cell that it is; None where nothing, or more than one, fits."""
        prompt, seed = _look(drawn)
        fits = [cell for cell in self._near.get((prompt, seed), ()) if not any(self.differences(drawn, cell.spec))]
        return fits[0] if len(fits) == 1 else None

    def nearest(self, drawn: Drawn) -> str:
        """In what it differs from the cell that is most like it."""
        prompt, seed = _look(drawn)
        near = next((self._near[look] for look in ((prompt, seed), (prompt, None), (None, seed)) if look in self._near),
                    self._cells)
        found = min(([*self.differences(drawn, cell.spec)] for cell in near[:_ENOUGH]), key=len, default=None)
        if found is None:
            return "the sheet has no cells"
        return "differs from the nearest cell in " + listed(tuple(found)) if found else "fits several cells"

    def differences(self, drawn: Drawn, spec: RenderSpec) -> Iterator[str]:
        """Each field that does not fit, with both values: `seed (5, not 42)`."""
        for name in FIELDS:
            said, wanted = drawn.settings.get(name), getattr(spec, name)
            if said is not None and not _same(name, said, wanted, spec):
                yield f"{name} ({_short(said)}, not {_short(wanted)})"
        if not self._wears(drawn.worn, spec):
            yield f"{LORAS} ({_worn(drawn.worn)}, not {self._told(spec)})"
        if drawn.base and not self._is_on(drawn.base, spec):
            yield f"{BASE} ({_short(drawn.base)})"

    def _wears(self, worn: Sequence[WornLora], spec: RenderSpec) -> bool:
        wanted = [(sha256, strength) for sha256, strength in spec.loras if strength]
        left = list(worn)
        for sha256, strength in wanted:
            fits = [each for each in left if each.strength == strength and self._is(each, sha256)]
            if not fits:
                return False
            left.remove(fits[0])
        return not left

    def _is(self, worn: WornLora, sha256: str) -> bool:
        return sha256 == worn.sha256 if worn.sha256 else worn.stem in self._loras.get(sha256, ())

    def _is_on(self, base: str, spec: RenderSpec) -> bool:
        return base == spec.base or stem_of(base) in self._bases.get(spec.base, ())

    def _told(self, spec: RenderSpec) -> str:
        names = {sha256: min(self._loras.get(sha256) or {sha256[:8]}, key=len) for sha256, _ in spec.loras}
        return _worn([WornLora(names[sha256], strength) for sha256, strength in spec.loras if strength])


def _look(drawn: Drawn) -> tuple[str, Setting | None]:
    """Its prompt and its seed, by which cells are looked up; without a seed all cells of the prompt are meant."""
    return plain(str(drawn.settings.get("prompt", ""))), drawn.settings.get("seed")


def _reason(drawn: Drawn, cell: Cell | None, program: str, sheet: _Sheet, found: Mapping[str, Drawn]) -> str:
    if drawn.obstacle:
        return drawn.obstacle
    if cell is None:
        return sheet.nearest(drawn)
    if drawn.program != program:
        return f"was drawn by {drawn.program or 'this studio'}, most of the others by {program or 'this studio'}"
    return f"is the same cell as {found[cell.key].path.name}" if cell.key in found else ""


def _same(name: str, said: Setting, wanted: Setting, spec: RenderSpec) -> bool:
    if name == "negative":
        return spec.cfg == 1 or plain(str(said)) == plain(str(wanted))
    return plain(str(said)) == plain(str(wanted)) if name == "prompt" else said == wanted


def _worn(loras: Iterable[WornLora]) -> str:
    return " and ".join(f"{_short(PurePath(each.name).name)} at {each.strength:g}" for each in loras) or "none"


def _short(value: Setting) -> str:
    text = " ".join(f"{value:g}".split()) if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
