"""From what was typed to the job that does it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from getpass import getpass
from pathlib import Path

import resources
from studio.cli import writing
from studio.cli.elsewhere import recipe_job, try_text_job, watch_job
from studio.cli.options import PICTURE_FLAGS, SHEET_FLAGS, assignments, recipe_of, refuse, require, spec_of
from studio.cli.sources import source_typed
from studio.core.axes import parse_axis
from studio.core.describing import Describer, chat_address
from studio.core.errors import UserError
from studio.core.knobs import changed, from_text, knob_of
from studio.core.origin import refusal
from studio.core.project import Character
from studio.core.provenance import folder_rules
from studio.core.recipe import Recipe, load_recipe
from studio.jobs.adopt import run_meant
from studio.jobs.bases import PARTS, BaseChoice, chosen_base, practice_tagger
from studio.jobs.cell_source import Sourced, own_sheet, require_found, sourced
from studio.jobs.check import Check
from studio.jobs.convert import Convert
from studio.jobs.convert_recipe import ConvertRecipe
from studio.jobs.demo import Demo
from studio.jobs.describe import Describe
from studio.jobs.execute import Job
from studio.jobs.export import ExportSet
from studio.jobs.fetch_tokenizers import FetchTokenizers
from studio.jobs.guess import Guess
from studio.jobs.import_images import ImportImages
from studio.jobs.lend import Lend
from studio.jobs.new_project import NewProject
from studio.jobs.plan import Proposal, approved, plan_of
from studio.jobs.plan_sheet import plan_sheet
from studio.jobs.preflight import Preflight
from studio.jobs.pack import PackRun, start_packing
from studio.jobs.put_to_use import PutToUse
from studio.jobs.read_provenance import ReadProvenance
from studio.jobs.rehearse import Rehearse, rehearsed_spec
from studio.jobs.render_picture import RenderPicture
from studio.jobs.render_sheet import RenderSheet, sourced_job
from studio.jobs.several import lends
from studio.jobs.survey import SurveyImages
from studio.jobs.tag import Tag
from studio.jobs.train import Train, resume_training, start_training
from studio.jobs.try_text import TryText
from studio.jobs.watch_folder import WatchFolder
from studio.store.api_keys import keep_key
from studio.store.presets import preset_names
from studio.store.runs import find_run
from studio.store.workspace import Workspace, open_project, visit_project

_TRIED = ("recipe", "set", "character", "parent", "refuse")  # of `check`, for a run


@contextmanager
def job_of(chosen: argparse.Namespace) -> Iterator[Job]:
    """The job of a verb, its project open for as long as the `with` lasts. Raises UserError for what cannot be done."""
    with ExitStack() as kept:
        yield _JOBS[chosen.verb](chosen, kept)


def _demo(chosen: argparse.Namespace, kept: ExitStack) -> Demo:
    samples = tuple(chosen.sample) or (_first_sample(),)
    recipe = changed(load_recipe(chosen.recipe), chosen.set)
    tagger = chosen.tagger or practice_tagger()
    return Demo(chosen.project, samples, base_of(chosen), tagger, recipe, tuple(chosen.trait))


def _new(chosen: argparse.Namespace, kept: ExitStack) -> NewProject:
    return NewProject(chosen.dir, chosen.name, chosen.base)


def _import(chosen: argparse.Namespace, kept: ExitStack) -> ImportImages:
    asked = {name: from_text(knob_of(Character, name), text, "import")
             for name in ("repeats", "asymmetric") if (text := getattr(chosen, name)) is not None}
    if not chosen.by_folder:
        require(chosen.character or None, "--character", "Say whom the images show, or add --by-folder.")
    first, *beside = chosen.character or [""]
    return ImportImages(chosen.dir, tuple(chosen.paths), first, chosen.trigger, **asked, beside=tuple(beside),
                        by_folder=chosen.by_folder, link=chosen.link, rules=folder_rules(chosen.provenance))


def _survey(chosen: argparse.Namespace, kept: ExitStack) -> SurveyImages:
    return SurveyImages(tuple(chosen.paths), chosen.project, rules=folder_rules(chosen.provenance))


def _provenance(chosen: argparse.Namespace, kept: ExitStack) -> ReadProvenance:
    return ReadProvenance(chosen.dir)


def _export(chosen: argparse.Namespace, kept: ExitStack) -> ExportSet:
    return ExportSet(chosen.dir, chosen.out, chosen.format, chosen.link, chosen.into)


def _tag(chosen: argparse.Namespace, kept: ExitStack) -> Tag:
    return Tag(chosen.dir, chosen.tagger or practice_tagger(), chosen.threshold, chosen.mode, chosen.dry_run)


def _guess(chosen: argparse.Namespace, kept: ExitStack) -> Guess:
    if chosen.captions:
        refuse(chosen, ("tagger",), "is for looking at pictures, and captions are read", "Leave one of the two out.")
        return Guess(chosen.dir)
    return Guess(chosen.dir, chosen.tagger or practice_tagger(), chosen.threshold)


def _describe(chosen: argparse.Namespace, kept: ExitStack) -> Describe:
    require(chosen.endpoint, "--endpoint", "Name the server's address, for example http://localhost:1234/v1.")
    require(chosen.model, "--model", "Name the model that is to write.")
    describer = changed(Describer(), assignments(chosen, Describer), "flags")
    if chosen.save_key:
        keep_key(chat_address(describer.endpoint), getpass(f"The key of {describer.endpoint}: "))
    return Describe(chosen.dir, describer, chosen.send_images, tuple(chosen.image))


def _train(chosen: argparse.Namespace, kept: ExitStack) -> Train | Lend:
    if lends():
        return Lend(chosen.dir, base_of(chosen))
    recipe = recipe_of(load_recipe(chosen.recipe), chosen)
    with open_project(chosen.dir) as place:  # training owns its run, so that the project can be opened beside it
        proposal = proposal_of(chosen, recipe)
        refused = approved(plan_of(place, proposal), proposal.refused)
        parent = find_run(place, chosen.parent).id if chosen.parent else ""
        return start_training(place, recipe, base_of(chosen), proposal.characters, parent, refused, chosen.processes)


def _resume(chosen: argparse.Namespace, kept: ExitStack) -> Train | Lend:
    if lends():
        return Lend(chosen.dir, base_of(chosen))
    return resume_training(visit_project(chosen.dir), chosen.run, base_of(chosen), chosen.epochs or 0, chosen.processes)


def _render(chosen: argparse.Namespace, kept: ExitStack) -> RenderPicture | RenderSheet:
    return _picture(chosen) if chosen.dir is None else _sheet(chosen, kept)


def _picture(chosen: argparse.Namespace) -> RenderPicture:
    refuse(chosen, SHEET_FLAGS, "is for a sheet, and no project is named", "Write charstudio render DIR --sheet ...")
    require(chosen.prompt, "--prompt", "Say what to draw, or name a project and a --sheet.")
    require(chosen.out, "--out", "Say where the picture goes, for example --out mira.png.")
    return RenderPicture(spec_of(chosen), chosen_base(base_of(chosen)), tuple(chosen.lora), chosen.out)


def _sheet(chosen: argparse.Namespace, kept: ExitStack) -> RenderSheet:
    check_sheet(chosen)
    place = _project(chosen, kept)
    return sourced_job(place, planned_sheet(chosen, place))


def _use(chosen: argparse.Namespace, kept: ExitStack) -> PutToUse:
    place = _project(chosen, kept)
    run = run_meant(place, chosen.run, chosen.trigger, base_of(chosen))
    return PutToUse(place, run.id, chosen.epoch, chosen.to, chosen.cell, base_of(chosen))


def check_sheet(chosen: argparse.Namespace) -> None:
    """Raises `UserError` naming the flag that is missing, or that is for something else."""
    refuse(chosen, PICTURE_FLAGS, "is for one picture, and a project is named", "For a sheet, write --axis cfg=1.")
    if makes_own_sheet(chosen):
        return refuse(chosen, ("axis", "lora"), "is for a sheet, and the pictures make one of their own",
                      "Name a --sheet, or leave it out.")
    require(chosen.sheet, "--sheet", f"Name a sheet file, or one of {len(preset_names())}: epoch-format-seed, "
            "pose-angle-weak, ... (--help lists them).")
    require(chosen.run, "--run", "Name a run: its number, its whole name, or latest.")


def makes_own_sheet(chosen: argparse.Namespace) -> bool:
    """Whether pictures are named and no sheet."""
    return source_typed(chosen).kind == "folder" and not chosen.sheet


def planned_sheet(chosen: argparse.Namespace, place: Workspace) -> Sourced:
    """The sheet that was typed, of this project, and where its pictures come from."""
    axes, source = [parse_axis(each) for each in chosen.axis], source_typed(chosen)
    run = run_meant(place, chosen.run, chosen.trigger, base_of(chosen)).id if chosen.run else ""
    if makes_own_sheet(chosen):
        return own_sheet(place, Path(source.where), run, base_of(chosen))
    planned = plan_sheet(place, chosen.sheet, run, base_of(chosen), axes, tuple(chosen.lora))
    return require_found(sourced(place, planned, source))


def _recipe(chosen: argparse.Namespace, kept: ExitStack) -> ConvertRecipe:
    return recipe_job(chosen)


def _watch(chosen: argparse.Namespace, kept: ExitStack) -> WatchFolder:
    return watch_job(chosen)


def _pack(chosen: argparse.Namespace, kept: ExitStack) -> PackRun:
    return start_packing(visit_project(chosen.dir), chosen.run, chosen.output, base_of(chosen), chosen.source)


def _try_text(chosen: argparse.Namespace, kept: ExitStack) -> TryText:
    return try_text_job(chosen)


def _convert(chosen: argparse.Namespace, kept: ExitStack) -> Convert:
    return Convert(chosen.source, chosen.target, chosen.format, chosen.fold_alpha, chosen.as_lora)


def _check(chosen: argparse.Namespace, kept: ExitStack) -> Check | FetchTokenizers | Preflight:
    if chosen.fetch_tokenizers:
        refuse(chosen, ("base", "comfyui", *PARTS), "is for looking, and tokenizers are fetched", "Look afterwards.")
        return FetchTokenizers()
    if chosen.dir:
        require(chosen.recipe, "--recipe", "Say how the project shall be trained: a recipe file, or one that ships.")
        refuse(chosen, ("comfyui",), "is for listing, and a run is tried", "List afterwards.")
        return Preflight(chosen.dir, proposal_of(chosen, changed(load_recipe(chosen.recipe), chosen.set)))
    refuse(chosen, _TRIED, "is for a run, and no project is named", "Write charstudio check DIR --recipe ...")
    if chosen.base is None:
        refuse(chosen, PARTS, "is for a base model, and none is named", "Name one with --base.")
    return Check(base_of(chosen) if chosen.base else None, chosen.comfyui)


def _rehearse(chosen: argparse.Namespace, kept: ExitStack) -> Rehearse:
    base = chosen_base(base_of(chosen))
    if chosen.match is None:
        refuse(chosen, ("lora_folder",), "is for the LoRAs of a picture, and none is named", "Name one with --match.")
    spec = spec_of(chosen, rehearsed_spec(base))
    return Rehearse(base, chosen.out, spec, chosen.match, chosen.lora_folder, chosen.train_steps)


def proposal_of(chosen: argparse.Namespace, recipe: Recipe) -> Proposal:
    """The run that was typed."""
    late = {"yes": True, "no": False}.get(getattr(chosen, "late", None) or "")
    return Proposal(recipe, base_of(chosen), tuple(chosen.character or ()), chosen.parent, late,
                    getattr(chosen, "price", 0.0), tuple(refusal(text) for text in chosen.refuse))


def _project(chosen: argparse.Namespace, kept: ExitStack) -> Workspace:
    return kept.enter_context(open_project(chosen.dir))


def base_of(chosen: argparse.Namespace) -> BaseChoice:
    """The base that was named, if any, with the parts that were."""
    return BaseChoice(chosen.base or "", **{name: getattr(chosen, name) for name in PARTS})


def _first_sample() -> Path:
    found = sorted(path.parent for path in resources.folder("samples").glob("*/character.toml"))
    if not found:
        raise UserError("No sample character ships with this copy", "Name one with --sample.")
    return found[0]


_JOBS: dict[str, Callable[[argparse.Namespace, ExitStack], Job]] = {
    "demo": _demo, "new": _new, "import": _import, "tag": _tag, "guess": _guess, "describe": _describe, "train": _train,
    "resume": _resume, "render": _render, "convert": _convert, "check": _check, "rehearse": _rehearse,
    "survey": _survey, "provenance": _provenance, "export": _export, "recipe": _recipe, "watch": _watch,
    "pack": _pack, "try-text": _try_text, "use": _use, **writing.JOBS,
}  # fmt: skip
