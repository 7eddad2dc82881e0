"""Who is shown how much of an epoch? Each character alone, and those who are shown together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.project import Project, together
from studio.core.record import Record


@dataclass(frozen=True, slots=True)
class Share:
    """One character, or several together: `exposures` are pictures times repeats, `share` their part of an epoch."""

    characters: tuple[str, ...]
    pictures: int
    repeats: int
    exposures: int
    share: float

    @property
    def name(self) -> str:
        """What a person calls it."""
        return together(self.characters)


def shares(records: Iterable[Record], project: Project) -> tuple[Share, ...]:
    """Every character and every group of the project, those without a picture too; rejected pictures do not count."""
    counts: dict[frozenset[str], int] = {}
    for record in records:
        if not record.rejected:
            cast = frozenset(record.image.characters)
            counts[cast] = counts.get(cast, 0) + 1
    casts = (*(((each.name,), each.repeats) for each in project.characters),
             *((each.characters, each.repeats) for each in project.groups))
    rows = [(characters, counts.get(frozenset(characters), 0), repeats) for characters, repeats in casts]
    total = sum(pictures * repeats for _, pictures, repeats in rows) or 1
    return tuple(Share(characters, pictures, repeats, pictures * repeats, pictures * repeats / total)
                 for characters, pictures, repeats in rows)
