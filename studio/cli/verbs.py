"""From what was typed to the job that does it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import resources
from studio.cli.options import PICTURE_FLAGS, SHEET_FLAGS, recipe_of, refuse, require, spec_of
from studio.core.axes import parse_axis
from studio.core.errors import UserError
from studio.core.knobs import changed
from studio.core.recipe import load_recipe
from studio.core.sheet_plan import shipped_plans
from studio.jobs.bases import PARTS, BaseChoice, chosen_base, practice_tagger
from studio.jobs.check import Check
from studio.jobs.convert import Convert
from studio.jobs.demo import Demo
from studio.jobs.execute import Job
from studio.jobs.import_images import ImportImages
from studio.jobs.new_project import NewProject
from studio.jobs.render_picture import RenderPicture
from studio.jobs.render_sheet import RenderSheet, start_sheet
from studio.jobs.tag import Tag
from studio.jobs.train import Train, resume_training, start_training
from studio.store.workspace import Workspace, open_project


@contextmanager
def job_of(chosen: argparse.Namespace) -> Iterator[Job]:
    """The job of a verb, its project open for as long as the `with` lasts. Raises UserError for what cannot be done."""
    with ExitStack() as kept:
        yield _JOBS[chosen.verb](chosen, kept)


def _demo(chosen: argparse.Namespace, kept: ExitStack) -> Demo:
    recipe = changed(load_recipe(chosen.recipe), chosen.set)
    return Demo(chosen.project, chosen.sample or _first_sample(), _base(chosen), chosen.tagger or practice_tagger(),
                recipe, tuple(chosen.trait))


def _new(chosen: argparse.Namespace, kept: ExitStack) -> NewProject:
    return NewProject(chosen.dir, chosen.name, chosen.base)


def _import(chosen: argparse.Namespace, kept: ExitStack) -> ImportImages:
    repeats = None if chosen.repeats is None else int(chosen.repeats)
    return ImportImages(chosen.dir, tuple(chosen.paths), chosen.character, chosen.trigger, repeats)


def _tag(chosen: argparse.Namespace, kept: ExitStack) -> Tag:
    return Tag(chosen.dir, chosen.tagger or practice_tagger(), chosen.threshold)


def _train(chosen: argparse.Namespace, kept: ExitStack) -> Train:
    recipe = recipe_of(load_recipe(chosen.recipe), chosen)
    return start_training(_project(chosen, kept), recipe, _base(chosen), tuple(chosen.character or ()))


def _resume(chosen: argparse.Namespace, kept: ExitStack) -> Train:
    return resume_training(_project(chosen, kept), chosen.run, _base(chosen))


def _render(chosen: argparse.Namespace, kept: ExitStack) -> RenderPicture | RenderSheet:
    return _picture(chosen) if chosen.dir is None else _sheet(chosen, kept)


def _picture(chosen: argparse.Namespace) -> RenderPicture:
    refuse(chosen, SHEET_FLAGS, "is for a sheet, and no project is named", "Write charstudio render DIR --sheet ...")
    require(chosen.prompt, "--prompt", "Say what to draw, or name a project and a --sheet.")
    require(chosen.out, "--out", "Say where the picture goes, for example --out mira.png.")
    return RenderPicture(spec_of(chosen), chosen_base(_base(chosen)), tuple(chosen.lora), chosen.out)


def _sheet(chosen: argparse.Namespace, kept: ExitStack) -> RenderSheet:
    refuse(chosen, PICTURE_FLAGS, "is for one picture, and a project is named", "For a sheet, write --axis cfg=1.")
    require(chosen.sheet, "--sheet", f"Name a sheet file, or one that ships: {', '.join(shipped_plans())}.")
    require(chosen.run, "--run", "Name a run: its number, its whole name, or latest.")
    axes = [parse_axis(each) for each in chosen.axis]
    return start_sheet(_project(chosen, kept), chosen.sheet, chosen.run, _base(chosen), axes)


def _convert(chosen: argparse.Namespace, kept: ExitStack) -> Convert:
    return Convert(chosen.source, chosen.target, chosen.format)


def _check(chosen: argparse.Namespace, kept: ExitStack) -> Check:
    if chosen.base is None:
        refuse(chosen, PARTS, "is for a base model, and none is named", "Name one with --base.")
        return Check()
    return Check(_base(chosen))


def _project(chosen: argparse.Namespace, kept: ExitStack) -> Workspace:
    return kept.enter_context(open_project(chosen.dir))


def _base(chosen: argparse.Namespace) -> BaseChoice:
    return BaseChoice(chosen.base or "", **{name: getattr(chosen, name) for name in PARTS})


def _first_sample() -> Path:
    found = sorted(path.parent for path in resources.folder("samples").glob("*/character.toml"))
    if not found:
        raise UserError("No sample character ships with this copy", "Name one with --sample.")
    return found[0]


_JOBS: dict[str, Callable[[argparse.Namespace, ExitStack], Job]] = {
    "demo": _demo, "new": _new, "import": _import, "tag": _tag, "train": _train, "resume": _resume, "render": _render,
    "convert": _convert, "check": _check,
}  # fmt: skip
