"""What can be typed: the verbs and their arguments."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from studio.cli import elsewhere, evidence, sources, writing
from studio.cli.flags import base_flags, flag, knob_flags, origin_flags, processes_flag, recipe_flags, shipped_names
from studio.core.axes import size_of
from studio.core.describing import Describer
from studio.core.errors import UserError
from studio.core.knobs import changed, knobs_of
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.core.record import PROVENANCES
from studio.core.sheet_plan import shipped_plans
from studio.core.spec import RenderSpec
from studio.core.tagging import MODES
from studio.core.wishes import KINDS as WISHES
from studio.core.worn import lora_of
from studio.jobs.rehearse import TRAIN_STEPS
from studio.jobs.tagger_looks import THRESHOLD
from studio.store.api_keys import VARIABLE
from studio.store.exchange.formats import FORMATS as SET_FORMATS

FORMATS = ("comfy", "kohya", "diffusers")

_SIDES = ("width", "height")  # --size gives both
PICTURE_FLAGS = (*(each.name for each in knobs_of(RenderSpec) if each.name not in _SIDES), "size", "out")
SHEET_FLAGS = ("sheet", "run", "axis", "trigger", "dry_run", *sources.FLAGS)

_DESCRIPTION = "Teaches a character to an Anima model, and shows with numbers whether it worked."
_EPILOG = (
    "Ctrl-C stops after the step at hand and saves what is done. "
    "Exit codes: 0 done, 2 something for you to put right, 1 a mistake in the studio, 130 stopped."
)
_EVENTS = "tells each event as a line of JSON on standard output"
_PROJECT = "the folder of the project"
_PATHS = "images, folders of images, or ZIP archives"
_LINK = "does not copy images but links to the same bytes, where the disk allows it"
_RUN = "which run: its number, its whole name, or latest"
_TAGGER = "a WD tagger: a folder with model.onnx and selected_tags.csv (default: the practice model's)"


def parser() -> argparse.ArgumentParser:
    """The whole command line; `verb` holds the word that was typed, None without one."""
    more = f"`charstudio VERB --help` says more. {_EPILOG}"
    root = argparse.ArgumentParser("charstudio", description=_DESCRIPTION, epilog=more)
    verbs = root.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for add in (_open, _demo, _new, _survey, _import, _provenance, _export, _tag, _guess, _describe, _plan, _train,
                _resume, _wish, _render, _evidence, _prompt, _convert, _check, _rehearse, _lint, _show):
        add(verbs)
    for others in (elsewhere, writing, sources):
        others.add_verbs(partial(_verb, verbs))
    return root


def assignments(chosen: argparse.Namespace, cls: type) -> list[str]:
    """The knobs given as flags, as "key=value" texts in the order of their declaration."""
    given = ((knob.name, getattr(chosen, knob.name, None)) for knob in knobs_of(cls))
    return [f"{name}={value}" for name, value in given if value is not None]


def recipe_of(recipe: Recipe, chosen: argparse.Namespace) -> Recipe:
    """The recipe with what was typed: flags first, `--set` last."""
    return changed(changed(recipe, assignments(chosen, Recipe), "flags"), chosen.set)


def spec_of(chosen: argparse.Namespace, spec: RenderSpec = RenderSpec()) -> RenderSpec:
    """The picture that was asked for: `spec` with what was typed."""
    spec = changed(spec, assignments(chosen, RenderSpec), "flags")
    if chosen.size is None:
        return spec
    width, height = size_of(chosen.size, "--size")
    return dataclasses.replace(spec, width=width, height=height)


def lora(text: str) -> tuple[Path, float]:
    """`mira.safetensors:0.8` as (path, 0.8), for argparse."""
    try:
        path, strength = lora_of(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return Path(path), strength


def require(value: object, flag: str, remedy: str) -> None:
    """Raises `UserError` naming the flag that is missing."""
    if value is None:
        raise UserError(f"{flag} is missing", remedy)


def refuse(chosen: argparse.Namespace, names: Iterable[str], why: str, remedy: str) -> None:
    """Raises `UserError` for the first of these flags that was given, as it would do nothing."""
    given = [name for name in names if getattr(chosen, name)]
    if given:
        raise UserError(f"{flag(given[0])} {why}", remedy)


def _verb(verbs: argparse._SubParsersAction, name: str, summary: str, json: str = _EVENTS) -> argparse.ArgumentParser:
    made = verbs.add_parser(name, help=summary, description=summary, epilog=_EPILOG)
    made.add_argument("--json", action="store_true", help=json)
    return made


def _open(verbs: argparse._SubParsersAction) -> None:
    summary = "Opens the window, as charstudio alone does."
    made = verbs.add_parser("open", help=summary, description=summary, epilog=_EPILOG)
    made.add_argument("dir", type=Path, nargs="?", metavar="DIR", help=_PROJECT)
    made.add_argument("--sample", action="store_true", help="opens the sample project, which is made the first time")


def _demo(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "demo", "Teaches the practice model a sample character; shows and counts what it learnt.")
    made.add_argument("--project", type=Path, required=True, metavar="DIR", help="a new folder for the demo's project")
    made.add_argument("--sample", type=Path, action="append", default=[], metavar="DIR",
                      help="a sample character (default: the first that ships; repeated for several in one run)")
    recipe_flags(made, default="practice")
    made.add_argument("--trait", action="append", default=[], metavar="TAG",
                      help="counts this tag too, as a control (may be repeated)")
    base_flags(made, default="practice")
    made.add_argument("--tagger", type=Path, metavar="DIR", help=_TAGGER)


def _new(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "new", "Makes a project: one folder for images, captions, runs and sheets.")
    made.add_argument("dir", type=Path, metavar="DIR", help="the folder to make, or an empty one")
    made.add_argument("--name", required=True, help="what the project is called")
    made.add_argument("--base", default="", metavar="FILE|DIR|practice",
                      help="the base model to train on; it can also be named later, with each verb")


def _import(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "import", "Copies images, and the captions beside them, into a project.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("paths", type=Path, nargs="+", metavar="PATH", help=_PATHS)
    made.add_argument("--character", action="append", default=[], metavar="NAME",
                      help="whom the images show (repeated for images of several, once each is in the project)")
    made.add_argument("--by-folder", action="store_true",
                      help="each folder shows whom its name says: mira, mira+kana, or 10_mira with its repeats")
    made.add_argument("--trigger", metavar="WORD",
                      help="the word that calls the character in captions and prompts; needed the first time")
    knob_flags(made, Character, only=("repeats", "asymmetric"), defaults=False)
    _provenance_flag(made)
    made.add_argument("--link", action="store_true", help=_LINK)


def _survey(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "survey", "Says what an import would find: captions, duplicates, damaged files, characters.")
    made.add_argument("paths", type=Path, nargs="+", metavar="PATH", help=_PATHS)
    made.add_argument("--project", type=Path, metavar="DIR", help="the project that they are for (default: none)")
    _provenance_flag(made)


def _provenance(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "provenance", "Reads from metadata where images come from, seen from the base as it is now.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)


def _export(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "export", "Writes images and captions into a folder for another trainer.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("out", type=Path, metavar="OUT", help="a new folder, or one with an earlier export")
    made.add_argument("--format", required=True, choices=tuple(SET_FORMATS), help="for whom it is written")
    made.add_argument("--link", action="store_true", help=_LINK)
    made.add_argument("--into", action="store_true", help="writes into a folder that holds other files too")


def _provenance_flag(made: argparse.ArgumentParser) -> None:
    made.add_argument("--provenance", action="append", default=[], metavar="[FOLDER=]KIND",
                      help="where the images of a folder come from, or all of them: " +
                      ", ".join(kind.replace(" ", "-") for kind in PROVENANCES) +
                      " (default: what their metadata say; may be repeated)")


def _tag(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "tag", "Writes a caption for every image that has none, with a WD tagger.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    _tagger_flags(made)
    made.add_argument("--mode", choices=MODES, default=MODES[0],
                      help="skip leaves captions alone that are there, merge adds to them what they lack "
                      f"(default: {MODES[0]})")
    made.add_argument("--dry-run", action="store_true", help="tells what would be written, and writes nothing")


def _guess(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "guess", "Guesses framing, angle, pose and more of every image, wherever no hand said it.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    _tagger_flags(made)
    made.add_argument("--captions", action="store_true", help="guesses from the tags of the captions, without a tagger")


def _describe(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "describe", "Writes sentences into captions that have none, with a language model on a server.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    knob_flags(made, Describer)
    made.add_argument("--send-images", action="store_true",
                      help="sends the pictures to that server (default: their tags only)")
    made.add_argument("--image", action="append", default=[], metavar="ID|NAME",
                      help="only this image (may be repeated; default: all without sentences)")
    made.add_argument("--save-key", action="store_true",
                      help="asks for the key of that server and keeps it in the system's keyring; otherwise "
                      f"{VARIABLE} or a key that was saved is used, if there is one")


def _tagger_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("--tagger", type=Path, metavar="DIR", help=_TAGGER)
    made.add_argument("--threshold", type=float, default=THRESHOLD, metavar="X",
                      help=f"the least probability at which a tag is taken (default: {THRESHOLD})")


def _train(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "train", "Trains a LoRA on the images of a project.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    recipe_flags(made)
    made.add_argument("--character", action="append", metavar="NAME",
                      help="trains on this character only (may be repeated; default: all)")
    origin_flags(made)
    base_flags(made)
    processes_flag(made)
    settings = made.add_argument_group("settings", "Each is taken from the recipe unless it is given here.")
    knob_flags(settings, Recipe, defaults=False)


def _plan(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "plan", "Tells how long a run would be, what is known of such runs, what speaks against it.",
                 json="prints one JSON object")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    recipe_flags(made)
    made.add_argument("--character", action="append", metavar="NAME",
                      help="trains on this character only (may be repeated; default: all)")
    made.add_argument("--price", type=float, default=0.0, metavar="X", help="what the machine costs an hour")
    made.add_argument("--late", choices=("yes", "no"),
                      help="whether she has a feature that is learnt late, such as a side (default: by her ledger)")
    origin_flags(made)
    base_flags(made)


def _resume(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "resume", "Goes on with a run that was stopped or cut off, as if it never had been.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("run", metavar="RUN", help=_RUN)
    made.add_argument("--epochs", type=int, metavar="N",
                      help="makes the run longer or shorter; with more epochs a finished one goes on")
    base_flags(made, otherwise="the one the run was started on")
    processes_flag(made)


def _wish(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "wish", "Asks something of a run while it trains, in whatever window or terminal.")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("run", metavar="RUN", help=_RUN)
    made.add_argument("wish", choices=[kind.replace(" ", "-") for kind in WISHES], metavar="WISH",
                      help="stop, pause, stop-after-epoch, go-on, save (a LoRA now), preview (pictures now), epochs")
    made.add_argument("number", type=int, nargs="?", default=0, metavar="N", help="for epochs: how many in all")


def _render(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "render", "Renders one picture, or the sheet of a run in the project DIR.")
    made.add_argument("dir", type=Path, nargs="?", metavar="DIR", help=f"{_PROJECT}; for a sheet only")
    base_flags(made, otherwise="for a sheet, that of its run")
    picture = made.add_argument_group("one picture, without a project")
    knob_flags(picture, RenderSpec, skip=_SIDES)
    picture.add_argument("--size", metavar="WxH", help="width and height in pixels (default: 1024x1024)")
    picture.add_argument("--lora", type=lora, action="append", default=[], metavar="FILE:STRENGTH",
                         help="a LoRA to wear, at strength 1 if none is given; `turbo` is the Turbo LoRA beside the "
                              "base (may be repeated; in a sheet every cell wears it)")
    picture.add_argument("--out", type=Path, metavar="FILE.png", help="where the picture goes")
    sheet = made.add_argument_group("a sheet")
    sheet.add_argument("--sheet", metavar="FILE|NAME",
                       help=f"a sheet file, one of your own, or one that ships: {', '.join(shipped_plans())}")
    sheet.add_argument("--run", metavar="RUN|DIR", help=f"{_RUN}; or a folder of LoRA files, whoever trained them")
    sheet.add_argument("--trigger", metavar="WORD", help="calls the character of such a folder; needed the first time")
    sheet.add_argument("--axis", action="append", default=[], metavar="name=values",
                       help="gives an axis other values, or adds one: 'seed=1, 2, ..., 8', 'steps=8-16 (+4)', "
                            "'epoch=all, SKIP: 20' (may be repeated)")
    sources.add_flags(sheet)
    sheet.add_argument("--dry-run", action="store_true",
                       help="tells how many cells there would be and how long they would take, and renders nothing")


def _evidence(verbs: argparse._SubParsersAction) -> None:
    summary = "Tells what the marks of a sheet say, and keeps the journal of verdicts."
    evidence.add_arguments(_verb(verbs, "evidence", summary, json="prints one JSON object"))


def _prompt(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "prompt", "Shows a prompt as the model reads it: weights, tokens, and what looks odd.",
                 json="prints one JSON object")
    made.add_argument("text", metavar="TEXT", help="the prompt")
    base_flags(made, default="practice")


def _convert(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "convert", "Writes a LoRA in another program's format.")
    made.add_argument("source", type=Path, metavar="IN", help="the LoRA, in any of the formats")
    made.add_argument("target", type=Path, metavar="OUT", help="the file to write, NAME.safetensors")
    made.add_argument("--format", required=True, choices=FORMATS, help="whose names the file shall have")
    made.add_argument("--fold-alpha", action="store_true", help="multiplies alpha into the factors, in float32")
    made.add_argument("--as-lora", type=int, default=0, metavar="RANK", help="turns a LoKr into a plain LoRA")


def _check(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "check", "Tells whether this machine, a base model or a whole run are ready for work.")
    made.add_argument("dir", type=Path, nargs="?", metavar="DIR",
                      help=f"{_PROJECT}; with --recipe its run is tried, up to two real steps and a preview")
    made.add_argument("--recipe", metavar="FILE|NAME", help="how the project DIR shall be trained")
    made.add_argument("--set", action="append", default=[], metavar="key=value",
                      help="changes a setting of the recipe: rank=16 (may be repeated)")
    made.add_argument("--character", action="append", metavar="NAME", help="only this character (may be repeated)")
    origin_flags(made)
    base_flags(made, otherwise="none is looked at, and what there is is listed")
    made.add_argument("--comfyui", type=Path, metavar="DIR",
                      help="lists what this ComfyUI installation holds for an Anima (default: those in usual places)")
    made.add_argument("--fetch-tokenizers", action="store_true",
                      help="downloads the two tokenizers that single files come without, from the public release")


def _rehearse(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "rehearse", "Tries a base model out: loads, draws, trains, exports, reloads; a page tells.")
    base_flags(made, otherwise="needed")
    made.add_argument("--match", type=Path, metavar="FILE.png",
                      help="a picture that ComfyUI saved: it is drawn again from its own graph and compared")
    made.add_argument("--lora-folder", type=Path, metavar="DIR",
                      help="where the LoRAs of that picture lie (default: beside it, and in the base's ComfyUI)")
    made.add_argument("--out", type=Path, default=Path("rehearsal"), metavar="DIR",
                      help="where the page goes (default: rehearsal)")
    made.add_argument("--size", metavar="WxH", help="of the other pictures and the training, in pixels (default: "
                      "1024x1024; 128x128 for the practice model)")
    knob_flags(made, RenderSpec, only=("steps",))
    made.add_argument("--train-steps", type=int, default=TRAIN_STEPS, metavar="N",
                      help=f"how many steps are trained (default: {TRAIN_STEPS})")


def _lint(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "lint", "Tells what of a project's images and captions would spoil a run, the costliest first.",
                 json="prints one JSON array of findings")
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("--recipe", metavar="FILE|NAME", help="what the images shall be trained with (default: official, "
                      "or practice for a project on the practice model)")
    made.add_argument("--against", type=Path, action="append", default=[], metavar="DIR",
                      help="finds captions taken over from the set in this folder (may be repeated)")
    made.add_argument("--set", action="append", default=[], metavar="key=value",
                      help="draws a line elsewhere: outfit_share=0.7 (may be repeated)")


def _show(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "show", "Tells what is in a project, and what its runs and sheets have come to.")
    made.add_argument("dir", type=Path, metavar="DIR", help="the folder of a project, of a run or of a sheet")
    made.add_argument("what", nargs="?", metavar="RUN|SHEET",
                      help="only this run (number, whole name or latest) or this sheet (sheet/3, sheet/latest)")
