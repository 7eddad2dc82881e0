"""What can be typed: the verbs, their arguments, and flags drawn from the knobs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from studio.core.errors import UserError
from studio.core.knobs import Knob, changed, knobs_of
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec

FORMATS = ("comfy", "kohya", "diffusers")
DEVICES = ("auto", "cuda", "mps", "cpu")

_DESCRIPTION = "Trains character LoRAs on Anima and looks at what came of it."
_EPILOG = "Ctrl-C stops tidily. Exit codes: 0 done, 2 to be put right by you, 1 a mistake in the studio, 130 stopped."


def parser() -> argparse.ArgumentParser:
    """The whole command line; `verb` holds the word that was typed, None without one."""
    root = argparse.ArgumentParser("charstudio", description=_DESCRIPTION, epilog=_EPILOG)
    verbs = root.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for add in (_demo, _new, _import, _tag, _train, _resume, _render, _convert, _check, _show):
        add(verbs)
    return root


def assignments(chosen: argparse.Namespace, cls: type) -> list[str]:
    """The knobs given as flags, as "key=value" texts in the order of their declaration."""
    given = ((knob.name, getattr(chosen, knob.name, None)) for knob in knobs_of(cls))
    return [f"{name}={value}" for name, value in given if value is not None]


def recipe_of(recipe: Recipe, chosen: argparse.Namespace) -> Recipe:
    """The recipe with what was typed: flags first, `--set` last."""
    return changed(changed(recipe, assignments(chosen, Recipe), "flags"), chosen.set)


def spec_of(chosen: argparse.Namespace) -> RenderSpec:
    """The picture that `render` was asked for."""
    spec = changed(RenderSpec(), assignments(chosen, RenderSpec), "flags")
    if chosen.size is None:
        return spec
    width, height = chosen.size
    return changed(spec, (f"width={width}", f"height={height}"), "--size")


def size(text: str) -> tuple[int, int]:
    """`832x1216` as (832, 1216)."""
    width, _, height = text.lower().partition("x")
    if not width.isdigit() or not height.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form WIDTHxHEIGHT, for example 832x1216")
    return int(width), int(height)


def lora(text: str) -> tuple[Path, float]:
    """`mira.safetensors:0.8` as (path, 0.8); without a strength it is 1. A path may hold colons itself."""
    path, colon, strength = text.rpartition(":")
    try:
        return (Path(path), float(strength)) if colon else (Path(text), 1.0)
    except ValueError:
        return Path(text), 1.0


def axis(text: str) -> tuple[str, str]:
    """`seed=1, 2, ..., 8` as (name, values)."""
    name, equals, values = text.partition("=")
    if not equals or not name.strip() or not values.strip():
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form name=values, for example seed=1, 2, 3")
    return name.strip(), values.strip()


def require(value: object, flag: str, why: str) -> None:
    """Raises `UserError` naming the flag that is missing."""
    if value is None:
        raise UserError(f"{flag} is missing", why)


def _verb(verbs: argparse._SubParsersAction, name: str, summary: str) -> argparse.ArgumentParser:
    made = verbs.add_parser(name, help=summary, description=summary, epilog=_EPILOG)
    made.add_argument("--json", action="store_true", help="one event a line on standard output")
    return made


def _demo(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "demo", "Teaches the practice model a sample character, and shows and measures what it learnt.")
    made.add_argument("--project", type=Path, required=True, metavar="DIR", help="where the new project goes")
    made.add_argument("--sample", type=Path, metavar="DIR", help="a sample character; the first that ships by default")
    made.add_argument("--recipe", default="practice", metavar="FILE|NAME", help="how to train (default: practice)")
    made.add_argument("--set", action="append", default=[], metavar="key=value", help="changes a setting of the recipe")
    made.add_argument("--trait", action="append", default=[], metavar="TAG",
                      help="reports this tag too, as a control (may be repeated)")
    _base_flags(made, default="practice")
    made.add_argument("--tagger", type=Path, metavar="DIR", help="a WD tagger; the practice model's by default")


def _new(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "new", "Makes a project: a folder with all that belongs to it.")
    made.add_argument("dir", type=Path, metavar="DIR")
    made.add_argument("--name", required=True, help="what the project is called")
    made.add_argument("--base", default="", metavar="FILE|DIR|practice", help="the base model to train on")


def _import(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "import", "Copies images with their captions into a project.")
    made.add_argument("dir", type=Path, metavar="DIR")
    made.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="images, or folders of them")
    made.add_argument("--character", required=True, metavar="NAME", help="whom the images show")
    made.add_argument("--trigger", metavar="WORD", help="the word that calls the character; needed once")
    _knob_flags(made, Character, only=("repeats",))


def _tag(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "tag", "Writes the captions that are missing, with a WD tagger.")
    made.add_argument("dir", type=Path, metavar="DIR")
    made.add_argument("--tagger", type=Path, metavar="DIR",
                      help="a folder with model.onnx and selected_tags.csv; the practice model's by default")
    made.add_argument("--threshold", type=float, default=0.35, help="least probability of a tag (default: 0.35)")


def _train(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "train", "Trains a LoRA on the images of a project.")
    made.add_argument("dir", type=Path, metavar="DIR")
    made.add_argument("--recipe", required=True, metavar="FILE|NAME", help="a recipe file, official or practice")
    made.add_argument("--character", action="append", metavar="NAME", help="only this one (may be repeated)")
    made.add_argument("--set", action="append", default=[], metavar="key=value", help="changes a setting of the recipe")
    _base_flags(made)
    _knob_flags(made.add_argument_group("settings of the recipe"), Recipe, defaults=False)


def _resume(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "resume", "Goes on with a run that was stopped or interrupted, to the very same result.")
    made.add_argument("dir", type=Path, metavar="DIR")
    made.add_argument("run", metavar="RUN", help="an id, a number, or latest")
    _base_flags(made)


def _render(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "render", "Renders one picture, or with DIR a sheet of a run.")
    made.add_argument("dir", type=Path, nargs="?", metavar="DIR", help="a project, for a sheet")
    _base_flags(made)
    picture = made.add_argument_group("one picture, no project needed")
    _knob_flags(picture, RenderSpec, skip=("width", "height"))
    picture.add_argument("--size", type=size, metavar="WxH", help="width and height in pixels (default: 1024x1024)")
    picture.add_argument("--lora", type=lora, action="append", default=[], metavar="FILE:STRENGTH",
                         help="may be repeated")
    picture.add_argument("--out", type=Path, metavar="FILE.png", help="where the picture goes")
    sheet = made.add_argument_group("a sheet")
    sheet.add_argument("--sheet", metavar="FILE|NAME", help="a sheet file, or one that ships by its name")
    sheet.add_argument("--run", metavar="RUN", help="an id, a number, or latest")
    sheet.add_argument("--axis", type=axis, action="append", default=[], metavar="name=values",
                       help="replaces the values of an axis, or adds one: 'seed=1, 2, ..., 8'")


def _convert(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "convert", "Writes a LoRA in another program's format.")
    made.add_argument("source", type=Path, metavar="IN")
    made.add_argument("target", type=Path, metavar="OUT")
    made.add_argument("--format", required=True, choices=FORMATS)


def _check(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "check", "Looks whether this machine and a base model are ready for work.")
    _base_flags(made)


def _show(verbs: argparse._SubParsersAction) -> None:
    made = _verb(verbs, "show", "Tells what a run or a sheet has come to, from its journal.")
    made.add_argument("dir", type=Path, metavar="DIR", help="a project, a run's folder or a sheet's folder")
    made.add_argument("what", nargs="?", metavar="RUN|SHEET", help="a run, or sheet/NUMBER (default: everything)")


def _base_flags(made: argparse.ArgumentParser, default: str | None = None) -> None:
    made.add_argument("--base", default=default, metavar="FILE|DIR|practice", help="the base model")
    group = made.add_argument_group("parts of a base model that do not lie beside it")
    for name, what in (("text-encoder", "FILE"), ("vae", "FILE"), ("qwen-tokenizer", "DIR"), ("t5-tokenizer", "DIR")):
        group.add_argument(f"--{name}", type=Path, metavar=what)
    made.add_argument("--device", choices=DEVICES, default="auto", help="what computes (default: the best there is)")


def _knob_flags(made: argparse._ActionsContainer, cls: type, *, only: Iterable[str] = (), skip: Iterable[str] = (),
                defaults: bool = True) -> None:
    """One flag for each knob. Its text is checked where `--set` is, so that a wrong value reads the same everywhere."""
    for knob in knobs_of(cls):
        if (not only or knob.name in only) and knob.name not in skip:
            made.add_argument(_flag(knob), dest=knob.name, metavar=_metavar(knob), help=_help(knob, defaults))


def _flag(knob: Knob) -> str:
    return f"--{knob.name.replace('_', '-')}"


def _metavar(knob: Knob) -> str:
    if knob.choices:
        return "{" + ",".join(knob.choices) + "}"
    word = {int: "N", float: "X", str: "TEXT", bool: "yes|no"}[knob.kind]
    return word + ("|" if knob.kind is str else ",") + "..." if knob.many else word


def _help(knob: Knob, defaults: bool) -> str:
    """argparse reads % as a place to fill."""
    notes = [_limits(knob), f"default: {_shown(knob)}" if defaults and _shown(knob) else ""]
    tail = "; ".join(note for note in notes if note)
    return f"{knob.help} ({tail})".replace("%", "%%") if tail else knob.help.replace("%", "%%")


def _limits(knob: Knob) -> str:
    if knob.lo is None or knob.hi is None or knob.hi > 10**15:
        return knob.unit
    return f"{_number(knob.lo)} to {_number(knob.hi)} {knob.unit}".strip()


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _shown(knob: Knob) -> str:
    if knob.many:
        return ""
    return ("yes" if knob.default else "no") if isinstance(knob.default, bool) else str(knob.default)
