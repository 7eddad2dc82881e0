"""How does a folder of LoRA files from elsewhere become a run of a project?

A run is made that points to the files where they lie: its journal names them by their whole paths, and `elsewhere.toml`
in it remembers which folder, and which run in it, was meant. What arrives there later is added when it is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from studio.core import toml
from studio.core.dataset import Dataset
from studio.core.events import (
    CheckpointSaved,
    Event,
    Facts,
    Finished,
    PreviewReady,
    Started,
    StepDone,
    Stopped,
    stamped,
)
from studio.core.fold import RunState, fold, fold_course
from studio.core.foreign_run import ForeignRun
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.store import journal, runs
from studio.store.atomic import write_atomic
from studio.store.digests import sha256_of
from studio.store.foreign_runs import log_of
from studio.store.journal import Journal
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

ELSEWHERE = "elsewhere.toml"
SO_FAR = "elsewhere"  # why a run ends here that may go on there


def find_adopted(place: Workspace, run: ForeignRun) -> RunFolder | None:
    """The run of the project that points to this one; the newest if there are several."""
    meant = _origin(run)
    return next((each for each in reversed(runs.runs_of(place)) if origin_of(each) == meant), None)


def origin_of(run: RunFolder) -> tuple[Path, str] | None:
    """(folder, name) of the run that this one points to; None for a run that was trained in the project."""
    path = run.folder / ELSEWHERE
    if not path.is_file():
        return None
    table = toml.load(path)
    return Path(str(table.get("folder", ""))), str(table.get("name", ""))


def adopt(place: Workspace, run: ForeignRun, characters: tuple[Character, ...], recipe: Recipe,
          facts: Facts) -> RunFolder:
    """Makes a run of the project that points to the files of `run`, and lists them; `facts` go into its start."""
    folder = runs.create_run(place, recipe, Dataset(characters, ()))
    write_atomic(folder.folder / ELSEWHERE, toml.dumps({"folder": str(_origin(run)[0]), "name": run.name}))
    last = run.checkpoints[-1].step if run.checkpoints else 0
    _append(folder, [Started(folder.id, "train", last, facts), *_news(run, RunState()), _ending(run)])
    return folder


def catch_up(folder: RunFolder, run: ForeignRun) -> int:
    """Adds the files that came, or changed, since, and the end if it came with them; returns how many files."""
    state, ending = fold(journal.read(folder.journal)), _ending(run)
    news = list(_news(run, state))
    has_ended = isinstance(ending, Finished) and state.status != "finished"
    _append(folder, [*news, ending] if news or has_ended else [], state.attempt)
    return len(news)


def _ending(run: ForeignRun) -> Finished | Stopped:
    """Whether it is over there. Who trains cannot be seen from here: what is not over has come so far."""
    facts = {"from": run.trainer}
    is_over = fold_course(journal.read(run.journal)).status == "finished" if run.journal else run.is_whole
    return Finished(facts) if is_over else Stopped({"why": SO_FAR, **facts})


def _origin(run: ForeignRun) -> tuple[Path, str]:
    return run.folder.resolve(), run.name


def _news(run: ForeignRun, known: RunState) -> Iterator[Event]:
    saved = {(each.epoch, each.sha256) for each in known.checkpoints}
    for each in run.checkpoints:
        event = CheckpointSaved(each.epoch, each.step, str(each.path.resolve()), sha256_of(each.path))
        if (event.epoch, event.sha256) not in saved:
            yield event
    drawn = {each.path for each in known.previews}
    yield from (event for event in _previews(run) if event.path not in drawn)
    yield from (event for event in _steps(run) if event.step > known.step)


def _steps(run: ForeignRun) -> Iterator[StepDone]:
    """From our own journal, else from a log; what that does not say is 0."""
    if run.journal:
        yield from fold(journal.read(run.journal)).steps
        return
    for each in log_of(run):
        yield StepDone(each.step, each.epoch or 0, each.loss, each.lr or 0.0, seconds=0.0, exposures=0)


def _previews(run: ForeignRun) -> Iterator[PreviewReady]:
    """Our own journal tells prompts and seeds; elsewhere pictures of one epoch are told apart by their place in it."""
    if run.journal:
        drawn = fold(journal.read(run.journal)).previews
        there = {each.path for each in run.previews}
        yield from (replace(each, path=str((run.folder / each.path).resolve())) for each in drawn
                    if run.folder / each.path in there)
        return
    places: dict[int, int] = {}
    for each in run.previews:
        places[each.epoch] = places.get(each.epoch, -1) + 1
        yield PreviewReady(each.epoch, each.path.stem, places[each.epoch], str(each.path.resolve()))


def _append(folder: RunFolder, events: Iterable[Event], attempt: int = 1,
            clock: Callable[[], float] = time.time) -> None:
    with Journal(folder.journal) as lines:
        for event in events:
            lines.append(stamped(event, clock(), attempt), milestone=not isinstance(event, PreviewReady | StepDone))
