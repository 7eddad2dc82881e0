"""Teaches a sample character to a base that cannot draw her, and shows and measures what it learnt.

The epoch is chosen on one set of seeds and reported on others: a choice always flatters the pictures it was made on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from studio.core.axes import ALL, BASE, EPOCH, Axis, Value
from studio.core.events import Ending, Event, Facts, Failed, Finished, Started, Stopped
from studio.core.recipe import Recipe
from studio.core.sheet_plan import SheetPlan
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Emit, Job, Stop, Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
from studio.jobs.new_project import NewProject
from studio.jobs.render_sheet import RenderSheet, start_sheet
from studio.jobs.report import Row, chosen_epoch, rows_of, total
from studio.jobs.samples import KINDS, AskedPrompt, SampleCharacter, read_sample
from studio.jobs.score import Hits, Judge, Scores
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.workspace import Workspace, open_project

CHOICE_PROMPTS, CHOICE_SEEDS = 4, (42, 100)
FIRST_FRESH_SEED = 1001
FEWEST_RENDERS = 48  # of each trait in the report

_REPORTED = ("core", "structure")

Rows = dict[Value, Row]


@dataclass(frozen=True, slots=True)
class Demo:
    """A new project, a run, a sheet of all epochs, and a report on fresh seeds.

    `also` are traits that are reported besides the character's own, as controls: they take no part in the choice.
    """

    project: Path
    sample: Path
    base: BaseChoice
    tagger: Path
    recipe: Recipe
    also: tuple[str, ...] = ()
    kind = "demo"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        character = read_sample(self.sample)
        emit(Started(f"{character.name} on the {self.base.title}", self.kind, 1))
        with ExitStack() as kept:
            story = _Story(self, character, kept)
            for job in story.jobs():
                ending = execute(Ticket(job, stop), gpu, _without_endings(emit))
                if not isinstance(ending, Finished):
                    return ending
            return Finished(story.facts())


class _Story:
    """The jobs of a demo, each made when those before it are done."""

    def __init__(self, demo: Demo, character: SampleCharacter, kept: ExitStack) -> None:
        self._demo, self._character, self._kept = demo, character, kept
        self._epochs: Rows = {}
        self._reports: list[Rows] = []
        self._epoch = 0
        self._picture = Path()

    def jobs(self) -> Iterator[Job]:
        demo, character = self._demo, self._character
        yield NewProject(demo.project, character.name, demo.base.name)
        yield ImportImages(demo.project, (character.folder,), character.name, character.trigger, character.repeats)
        place = self._kept.enter_context(open_project(demo.project))
        yield start_training(place, demo.recipe, demo.base)
        yield from self._choice(place)
        for group in _REPORTED:
            yield from self._report(place, group)

    def facts(self) -> Facts:
        """What the demo has to say; all counts are [hits, renders]."""
        return {
            "sheet": str(self._picture), "epoch": self._epoch, "base": self._demo.base.title,
            "traits": {trait: self._pairs([rows], lambda row, trait=trait: row.traits[trait])
                       for rows in self._reports for trait in rows[BASE].traits},
            "composition": {kind: self._pairs(self._reports, lambda row, kind=kind: row.kinds[kind]) for kind in KINDS},
            "epochs": {str(epoch): {trait: hits.pair for trait, hits in row.traits.items()}
                       for epoch, row in self._epochs.items()},
        }  # fmt: skip

    def _choice(self, place: Workspace) -> Iterator[Job]:
        """The sheet of every epoch; when it is there, the epoch is chosen by it and marked in its picture."""
        prompts = self._character.scored("core")[:CHOICE_PROMPTS]
        sheet = self._sheet(place, "every epoch", (BASE, ALL), prompts, CHOICE_SEEDS)
        yield sheet
        self._epochs = self._rows(sheet, prompts, self._character.core)
        self._epoch = chosen_epoch(self._epochs)
        notes = {epoch: (*sheet.notes.get(epoch, ()), _seen(row)) for epoch, row in self._epochs.items()}
        marked = dataclasses.replace(sheet, chosen=self._epoch, notes=notes)
        self._picture = marked.draw(sweeps.read_sheet(sheet.of))

    def _report(self, place: Workspace, group: str) -> Iterator[Job]:
        """The base and the chosen epoch on fresh seeds, for one group of traits."""
        prompts = self._character.scored(group)
        if prompts:
            seeds = _fresh_seeds(len(prompts))
            sheet = self._sheet(place, f"{group} traits on fresh seeds", (BASE, self._epoch), prompts, seeds)
            yield sheet
            traits = self._character.traits(group) + (self._demo.also if group == _REPORTED[0] else ())
            self._reports.append(self._rows(sheet, prompts, traits))

    def _sheet(self, place: Workspace, title: str, epochs: tuple[Value, ...], prompts: tuple[AskedPrompt, ...],
               seeds: tuple[int, ...]) -> RenderSheet:
        columns = (Axis("prompt", tuple(prompt.text for prompt in prompts)), Axis("seed", seeds))
        job = start_sheet(place, SheetPlan(title, (Axis(EPOCH, epochs),), columns), "latest", self._demo.base)
        asked = (tag for prompt in prompts for _, tag in prompt.composition)
        traits = dict.fromkeys((*self._character.core, *self._character.structure, *self._demo.also, *asked))
        return dataclasses.replace(job, judge=Judge(self._demo.tagger, tuple(traits)))

    def _rows(self, sheet: RenderSheet, prompts: tuple[AskedPrompt, ...], traits: tuple[str, ...]) -> Rows:
        scores = Scores(sweeps.read_sheet_state(sheet.place, sheet.of).scores)
        return rows_of(sweeps.read_sheet(sheet.of).expand(), scores, prompts, traits)

    def _pairs(self, reports: list[Rows], hits_of: Callable[[Row], Hits]) -> dict[str, list[int]]:
        sides = {"base": BASE, "lora": self._epoch}
        return {side: total(hits_of(rows[epoch]) for rows in reports).pair for side, epoch in sides.items()}


def _seen(row: Row) -> str:
    return f"{row.identity:.0%} of her traits"


def _fresh_seeds(prompts: int) -> tuple[int, ...]:
    """As many as it takes to render every trait often enough."""
    return tuple(range(FIRST_FRESH_SEED, FIRST_FRESH_SEED - (-FEWEST_RENDERS // prompts)))


def _without_endings(emit: Emit) -> Emit:
    """Passes on what the parts of a demo say, but not that they ended: a job ends once."""

    def listen(event: Event) -> None:
        if not isinstance(event, Finished | Stopped | Failed):
            emit(event)

    return listen
