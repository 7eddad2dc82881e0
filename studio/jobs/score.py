"""What a tagger sees in the cells of a sheet, trait by trait, and how often: k of n with an exact interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import unknown
from studio.core.events import Progress, Scored
from studio.core.stats import Hits
from studio.jobs.execute import Emit, Stop
from studio.store.images import open_rgb
from studio.store.sweeps import SheetFolder

if TYPE_CHECKING:
    from studio.engine.taggers.wd import Tagger

# From this probability on a trait counts as seen. A tagger was trained on drawings and looks at renders, which are
# less clear: between a quarter and three quarters it is undecided, and what it is undecided about should not count.
# It suggests tags to a person from a lower figure on, for a person decides.
THRESHOLD = 0.75
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Judge:
    """A tagger and the traits it is asked for."""

    tagger: Path
    traits: tuple[str, ...]


class Scores:
    """The newest value of each (cell key, trait)."""

    def __init__(self, scored: Iterable[Scored]) -> None:
        self._values = {(each.key, each.trait): each.value for each in scored}

    def hits(self, keys: Iterable[str], trait: str) -> Hits:
        """How often a trait is seen in these cells; a cell that nobody looked at does not count."""
        values = [self._values[key, trait] for key in keys if (key, trait) in self._values]
        return Hits(sum(value >= THRESHOLD for value in values), len(values))


def score(sheet: SheetFolder, keys: Iterable[str], judge: Judge, known: Iterable[Scored], emit: Emit,
          stop: Stop) -> bool:
    """Emits what the judge says of each cell it has not seen in this version; False if it was stopped on the way."""
    from studio.engine.taggers.wd import Tagger

    tagger = Tagger.from_folder(judge.tagger)
    _require_known(judge.traits, tagger)
    seen = {(each.key, each.trait) for each in known if each.version == tagger.digest}
    fresh = [key for key in dict.fromkeys(keys) if any((key, trait) not in seen for trait in judge.traits)]
    for start in range(0, len(fresh), _AT_ONCE):
        if stop.is_set():
            return False
        _score(sheet, fresh[start:start + _AT_ONCE], judge.traits, tagger, emit)
        emit(Progress(min(start + _AT_ONCE, len(fresh)), len(fresh), what="score"))
    return True


def _score(sheet: SheetFolder, keys: Sequence[str], traits: Iterable[str], tagger: Tagger, emit: Emit) -> None:
    answers = tagger.predict([open_rgb(sheet.cell(key)) for key in keys])
    for key, chances in zip(keys, answers, strict=True):
        for trait in traits:
            emit(Scored(key, "tagger", tagger.digest, trait, round(chances[trait], 4)))


def _require_known(traits: Iterable[str], tagger: Tagger) -> None:
    tags: Mapping[str, None] = dict.fromkeys(row.tag for row in tagger.rows)
    for trait in traits:
        if trait not in tags:
            raise unknown("tag", trait, tags, "tagger")
