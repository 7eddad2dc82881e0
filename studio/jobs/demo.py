"""Teaches sample characters to a base that cannot draw them, and shows and measures what it learnt.

The epoch is chosen on one set of seeds and reported on others: a choice always flatters the pictures it was made on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from studio.core.axes import ALL, BASE, CHARACTER, EPOCH, Axis, Value
from studio.core.errors import UserError
from studio.core.events import Ending, Event, Facts, Failed, Finished, Started, Stopped
from studio.core.project import together
from studio.core.recipe import Recipe
from studio.core.sheet_plan import SheetPlan
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Emit, Job, Stop, Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
from studio.jobs.new_project import NewProject
from studio.jobs.render_sheet import RenderSheet, start_sheet
from studio.jobs.report import Findings, Rows, chosen_epoch, rows_of
from studio.jobs.samples import AskedPrompt, SampleCharacter, read_sample
from studio.jobs.score import Judge, Scores
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.workspace import Workspace, open_project

CHOICE_PROMPTS, CHOICE_SEEDS = 4, (42, 100)
FIRST_FRESH_SEED = 1001
FEWEST_RENDERS = 48  # of each trait in the report

_REPORTED = ("core", "structure")

Prompts = tuple[AskedPrompt, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """A new project, one run of all samples, a sheet of all epochs, and a report on fresh seeds.

    `also` are traits that are reported besides the characters' own, as controls: they take no part in the choice.
    """

    project: Path
    samples: tuple[Path, ...]
    base: BaseChoice
    tagger: Path
    recipe: Recipe
    also: tuple[str, ...] = ()
    kind = "demo"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        cast = tuple(read_sample(folder) for folder in self.samples)
        story = _Story(self, cast)
        emit(Started(f"{together(each.name for each in cast)} on the {self.base.title}", self.kind, 1))
        with ExitStack() as kept:
            for job in story.jobs(kept):
                ending = execute(Ticket(job, stop), gpu, _without_endings(emit))
                if not isinstance(ending, Finished):
                    return ending
        return Finished(story.facts())


class _Story:
    """The jobs of a demo, each made when those before it are done."""

    def __init__(self, demo: Demo, cast: tuple[SampleCharacter, ...]) -> None:
        self._demo, self._cast = demo, cast
        self._shared = _shared_prompts(cast)
        self._findings = {each.name: Findings() for each in cast}
        self._epoch = 0
        self._picture = Path()

    def jobs(self, kept: ExitStack) -> Iterator[Job]:
        demo = self._demo
        yield NewProject(demo.project, together(self._findings), demo.base.name)
        for each in self._cast:
            yield ImportImages(demo.project, (each.folder,), each.name, each.trigger, each.repeats, each.asymmetric)
        place = kept.enter_context(open_project(demo.project))
        yield start_training(place, demo.recipe, demo.base)
        yield from self._choice(place)
        for each in self._cast:
            for group in _REPORTED:
                yield from self._report(place, each, group)

    def facts(self) -> Facts:
        """What the demo has to say: the counts of its character, and where there are several, those of each by name."""
        found = {name: findings.facts(self._epoch) for name, findings in self._findings.items()}
        told = {"sheet": str(self._picture), "epoch": self._epoch, "base": self._demo.base.title}
        first = next(iter(found.values()))
        return told | first | ({"characters": found} if len(found) > 1 else {})

    def _choice(self, place: Workspace) -> Iterator[Job]:
        """The sheet of every epoch; when it is there, the epoch is chosen by it and marked in its picture."""
        prompts = self._shared[:CHOICE_PROMPTS]
        sheet = self._sheet(place, "every epoch", (BASE, ALL), self._cast, prompts, CHOICE_SEEDS)
        yield sheet
        for each in self._cast:
            self._findings[each.name].epochs = _rows(sheet, each, prompts, each.core)
        by_name = {name: findings.epochs for name, findings in self._findings.items()}
        self._epoch = chosen_epoch(tuple(by_name.values()))
        notes = {epoch: (*sheet.notes.get(epoch, ()), *_seen(by_name, epoch)) for epoch in next(iter(by_name.values()))}
        marked = dataclasses.replace(sheet, chosen=self._epoch, notes=notes)
        self._picture = marked.draw(sweeps.read_sheet(sheet.of))

    def _report(self, place: Workspace, character: SampleCharacter, group: str) -> Iterator[Job]:
        """The base and the chosen epoch on fresh seeds, for one group of a character's traits."""
        prompts, findings = character.scored(group), self._findings[character.name]
        if not prompts:
            return
        title = f"{group} traits on fresh seeds"
        sheet = self._sheet(place, title, (BASE, self._epoch), (character,), prompts, _fresh_seeds(len(prompts)))
        yield sheet
        controls = self._demo.also if group == _REPORTED[0] else ()
        findings.reports.append(_rows(sheet, character, prompts, character.traits(group) + controls))
        if group == _REPORTED[0]:
            others = (each for each in self._cast if each is not character)
            findings.others = {each.name: _rows(sheet, character, prompts, each.core) for each in others}

    def _sheet(self, place: Workspace, title: str, epochs: tuple[Value, ...], cast: tuple[SampleCharacter, ...],
               prompts: Prompts, seeds: tuple[int, ...]) -> RenderSheet:
        """The rows are epochs; several characters stand side by side."""
        shown = (Axis(CHARACTER, tuple(each.name for each in cast)),) if len(self._cast) > 1 else ()
        columns = (*shown, Axis("prompt", tuple(prompt.text for prompt in prompts)), Axis("seed", seeds))
        job = start_sheet(place, SheetPlan(title, (Axis(EPOCH, epochs),), columns), "latest", self._demo.base)
        asked = (tag for prompt in prompts for _, tag in prompt.composition)
        traits = (trait for each in self._cast for trait in each.core + each.structure)
        judge = Judge(self._demo.tagger, tuple(dict.fromkeys((*traits, *self._demo.also, *asked))))
        return dataclasses.replace(job, judge=judge)


def _shared_prompts(cast: tuple[SampleCharacter, ...]) -> Prompts:
    """The prompts that all characters are scored by; the epoch is chosen by these. Raises UserError for none."""
    if len({each.name for each in cast}) < len(cast):
        raise UserError("Two of the samples are the same character", "Take samples of different names and triggers.")
    shared = tuple(prompt for prompt in cast[0].scored(_REPORTED[0])
                   if all(prompt in each.scored(_REPORTED[0]) for each in cast))
    if not shared:
        raise UserError(f"The samples {' and '.join(each.name for each in cast)} have no core prompt in common",
                        "Take samples whose character.toml ask for the same pictures.")
    return shared


def _rows(sheet: RenderSheet, character: SampleCharacter, prompts: Prompts, traits: tuple[str, ...]) -> Rows:
    """What the judge saw in the cells of one character."""
    scores = Scores(sweeps.read_sheet_state(sheet.of).scores)
    cells = (cell for cell in sweeps.read_sheet(sheet.of).expand()
             if cell.value(CHARACTER, character.name) == character.name)
    return rows_of(cells, scores, prompts, traits)


def _seen(characters: dict[str, Rows], epoch: Value) -> tuple[str, ...]:
    """A note for each character: how much of her an epoch shows."""
    if len(characters) == 1:
        return tuple(f"{rows[epoch].identity:.0%} of her traits" for rows in characters.values())
    return tuple(f"{name}: {rows[epoch].identity:.0%}" for name, rows in characters.items())


def _fresh_seeds(prompts: int) -> tuple[int, ...]:
    """As many as it takes to render every trait often enough."""
    return tuple(range(FIRST_FRESH_SEED, FIRST_FRESH_SEED - (-FEWEST_RENDERS // prompts)))


def _without_endings(emit: Emit) -> Emit:
    """Passes on what the parts of a demo say, but not that they ended: a job ends once."""

    def listen(event: Event) -> None:
        if not isinstance(event, Finished | Stopped | Failed):
            emit(event)

    return listen
