"""What is there of a sheet for an article: its pictures, its target and step 0, what was said of it. Only looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.article import Judged
from studio.core.article_grid import Grid, grid_of
from studio.core.errors import UserError
from studio.core.project import Project
from studio.core.record import Record
from studio.core.reference import nearest
from studio.core.sweep import Sheet
from studio.core.verdict_journal import Held, held
from studio.jobs.evidence import find_marked
from studio.store import sweeps
from studio.store.images import SUFFIXES
from studio.store.records import records
from studio.store.sweeps import CELLS, SheetFolder
from studio.store.targets import read_targets
from studio.store.verdicts import read_verdicts
from studio.store.workspace import Workspace

Pictures = Mapping[str, Path]  # by the key of a cell


@dataclass(frozen=True, slots=True)
class SheetEvidence:
    """A sheet with all that an article tells of it. `targets` are pictures of the set, one a row; None for none."""

    id: str
    folder: Path
    sheet: Sheet
    grid: Grid
    pictures: Pictures
    targets: tuple[Path | None, ...]
    base_title: str
    judged: tuple[Judged, ...]

    @property
    def starts(self) -> tuple[Path | None, ...]:
        """The pictures at step 0, one a row."""
        return tuple(self.pictures.get(key) for key in self.grid.starts)

    @property
    def missing(self) -> int:
        """How many cells nobody has rendered yet."""
        return len({cell.key for cell in self.grid.all_cells} - set(self.pictures))


def evidence_of(place: Workspace, wanted: str) -> SheetEvidence:
    """A sheet by `latest` or by number. Raises `UserError` for one that is not there, or of which nothing is rendered.
    """
    folder = sweeps.find_sheet(place, wanted)
    sheet = sweeps.read_sheet(folder)
    grid = grid_of(sheet)
    pictures = _pictures(place, folder, {cell.key for cell in grid.all_cells} | set(grid.starts))
    if not any(cell.key in pictures for cell in grid.all_cells):
        raise UserError(f"Nothing of sheet {folder.folder.name} is rendered yet", "Render it first.")
    state = sweeps.read_sheet_state(folder)
    return SheetEvidence(
        folder.folder.name, folder.folder, sheet, grid, pictures, targets_of(place, grid.prompts),
        str(state.course.facts.get("base", "")), _judged(place, folder, {cell.key for cell in grid.all_cells}),
    )  # fmt: skip


def targets_of(place: Workspace, prompts: Iterable[str]) -> tuple[Path | None, ...]:
    """The picture of the set that each prompt is compared with: the one that was chosen for it, else the nearest."""
    chosen, every = read_targets(place.folder), records(place)
    by_id = {record.id: record for record in every}
    asked = list(prompts)
    found = {prompt: by_id.get(chosen.get(prompt, "")) or _nearest(prompt, every, place.project)
             for prompt in dict.fromkeys(asked)}
    return tuple(_file(place, found[prompt]) for prompt in asked)


def journal_of(place: Workspace, sheets: Iterable[str]) -> tuple[Held, ...]:
    """The verdicts that rest on cells of these sheets, and those that rest on none at all."""
    wanted = set(sheets)
    return tuple(each for each in held(read_verdicts(place.folder))
                 if not (rests_on := _sheets(each)) or rests_on & wanted)


def _judged(place: Workspace, folder: SheetFolder, keys: Collection[str]) -> tuple[Judged, ...]:
    """What each judge's marks say, those on other seeds of the same sheet included; whoever said most first."""
    marked = find_marked(place, folder.folder.name)
    return tuple(Judged(judge, tuple(mark for mark in marked.marks
                                     if mark.judge == judge and mark.key in keys and mark.is_of_trait),
                        marked.evidence(judge)) for judge in marked.judges)


def _sheets(each: Held) -> set[str]:
    cells = each.judgement.cells + (each.retraction.cells if each.retraction else ())
    return {sheet for sheet, _ in cells}


def _pictures(place: Workspace, of: SheetFolder, keys: Iterable[str]) -> dict[str, Path]:
    """The files of these cells that are there, in this sheet or in another of the project."""
    there = {path.stem: path for sheet in (*sweeps.sheets_of(place), of)
             for path in (sheet.folder / CELLS).glob("*.png")}
    return {key: there[key] for key in keys if key in there}


def _nearest(prompt: str, every: Iterable[Record], project: Project) -> Record | None:
    return nearest(prompt, every, project.characters)


def _file(place: Workspace, record: Record | None) -> Path | None:
    path = place.folder / record.image.path if record else None
    return path if path and path.suffix.lower() in SUFFIXES and path.is_file() else None
