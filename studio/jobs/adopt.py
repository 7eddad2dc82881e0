"""Which run is meant: one of the project, or a folder of LoRA files that becomes one?

A folder is asked for its trigger and its base once; afterwards the project remembers both.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from studio.core.errors import UserError
from studio.core.foreign_run import ForeignRun
from studio.core.knobs import to_mapping
from studio.core.project import Character
from studio.core.recipe import Recipe, load_recipe
from studio.jobs.bases import BaseChoice, chosen_base
from studio.store import adopted, runs
from studio.store.exchange.ss_header import read_header_recipe
from studio.store.foreign_runs import is_foreign, run_in
from studio.store.numbered import LATEST
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

_OFFICIAL, _PRACTICE = "official", "practice"


def run_meant(place: Workspace, wanted: str, trigger: str | None = None, base: BaseChoice | None = None) -> RunFolder:
    """A run of the project by `latest`, number or id, or the one that a folder of LoRA files becomes.

    Raises UserError for what is neither, and for a trigger where none is asked for.
    """
    known = {run.id for run in runs.runs_of(place)}
    if wanted != LATEST and wanted not in known and not wanted.isdigit() and is_foreign(Path(wanted)):
        return adopt_folder(place, Path(wanted), trigger, base)
    if trigger is not None:
        raise UserError("--trigger is for a folder of LoRA files, and a run of the project is named",
                        "Leave it out: the run knows its own.")
    return runs.find_run(place, wanted)


def adopt_folder(place: Workspace, folder: Path, trigger: str | None = None,
                 base: BaseChoice | None = None) -> RunFolder:
    """The run of the project that points to the LoRA files of `folder`; one that was made before is brought up to date.

    `folder / name` means one of several runs in a folder. Raises UserError for a trigger or a base that nobody has
    said yet.
    """
    run = run_in(folder)
    known = adopted.find_adopted(place, run)
    if known and (trigger is None or _characters(place, trigger) == runs.read_dataset(known).characters):
        adopted.catch_up(known, run)
        return known
    characters = _own_characters(run) if trigger is None else _characters(place, trigger)
    if not characters:
        raise UserError(f"--trigger is missing for {folder}", _asked(run))
    base = chosen_base(base, place.project)
    recipe = _recipe(run, base)
    facts = {"base": base.facts(), "title": base.title, "trainer": run.trainer}
    return adopted.adopt(place, run, characters, recipe, facts)


def _characters(place: Workspace, triggers: str) -> tuple[Character, ...]:
    """Those of the project by trigger or name, and new ones by their trigger; commas part several."""
    words = [word.strip() for word in triggers.split(",") if word.strip()]
    known = {word: each for each in place.project.characters for word in (each.name, each.trigger)}
    return tuple(dict.fromkeys(known.get(word, Character(word, word)) for word in words))


def _own_characters(run: ForeignRun) -> tuple[Character, ...]:
    """Of a run that this studio trained elsewhere; none for any other."""
    own = RunFolder(run.folder)
    return runs.read_dataset(own).characters if (own.folder / runs.DATASET).is_file() else ()


def _recipe(run: ForeignRun, base: BaseChoice) -> Recipe:
    """What the files say of their training, on the previews of the recipe that ships for this base."""
    own = RunFolder(run.folder)
    if (own.folder / runs.RECIPE).is_file():
        return runs.read_recipe(own)
    shipped = load_recipe(_PRACTICE if base.is_practice else _OFFICIAL)
    try:
        said = read_header_recipe(run.checkpoints[-1].path).recipe
    except UserError:  # many headers say nothing of their training, and no sheet needs it
        return dataclasses.replace(shipped, name=run.name, rank=run.facts.rank or shipped.rank)
    previews = {name: value for name, value in to_mapping(shipped).items() if name.startswith("preview_")}
    return dataclasses.replace(said, **previews)


def _asked(run: ForeignRun) -> str:
    guess = run.facts.trigger or "mira"
    told = "Its captions suggest" if run.facts.trigger else "Name the word that calls the character, for example"
    return f"{told} --trigger '{guess}'."
