"""The flags that several verbs share, most of them drawn from the knobs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from studio.core.knobs import Knob, knobs_of
from studio.core.recipe import shipped_recipes

DEVICES = ("auto", "cuda", "mps", "cpu")

_PARTS = {
    "text-encoder": ("FILE", "the Qwen3 text encoder"), "vae": ("FILE", "the VAE"),
    "qwen-tokenizer": ("DIR", "the tokenizer of the text encoder"), "t5-tokenizer": ("DIR", "the T5 tokenizer"),
}  # fmt: skip


def recipe_flags(made: argparse.ArgumentParser, default: str | None = None) -> None:
    """A recipe and what is changed of it."""
    also = f" (default: {default})" if default else ""
    made.add_argument("--recipe", required=default is None, default=default, metavar="FILE|NAME",
                      help=f"how to train: a recipe file, or one that ships: {shipped_names(shipped_recipes())}{also}")
    made.add_argument("--set", action="append", default=[], metavar="key=value",
                      help="changes a setting of the recipe: rank=16 (may be repeated)")


def base_flags(made: argparse.ArgumentParser, default: str | None = None, otherwise: str = "the project's") -> None:
    """`otherwise` says which base is meant where the flag is left out."""
    made.add_argument("--base", default=default, metavar="FILE|DIR|practice",
                      help=f"the base model: its file, its folder, or practice (default: {default or otherwise})")
    made.add_argument("--device", choices=DEVICES, default="auto", help="what computes (default: the best there is)")
    parts = made.add_argument_group("parts of the base model, where they do not lie beside it")
    for name, (metavar, what) in _PARTS.items():
        parts.add_argument(f"--{name}", type=Path, metavar=metavar, help=what)


def origin_flags(made: argparse.ArgumentParser) -> None:
    """Where a run comes from."""
    made.add_argument("--parent", default="", metavar="RUN", help="the run that this one follows: number, name, latest")
    made.add_argument("--refuse", action="append", default=[], metavar="RULE=REASON",
                      help="overrules a rule, and records why: R07='both are meant' (may be repeated)")


def processes_flag(made: argparse.ArgumentParser) -> None:
    """Several cards of one machine; what several machines take is told with it."""
    made.add_argument("--processes", type=int, default=1, metavar="N",
                      help="how many processes of this machine share the batches of a step, one for each card; the "
                           "LoRA is the same (default: 1; on several machines, each with the project's folder: "
                           "accelerate launch --multi_gpu --num_machines ... -m studio train ...)")


def knob_flags(made: argparse._ActionsContainer, cls: type, *, only: Iterable[str] = (), skip: Iterable[str] = (),
               defaults: bool = True) -> None:
    """One flag for each knob. Its text is checked where `--set` is, so that a wrong value reads the same everywhere."""
    for knob in knobs_of(cls):
        if (not only or knob.name in only) and knob.name not in skip:
            made.add_argument(flag(knob.name), dest=knob.name, metavar=_metavar(knob), help=_help(knob, defaults))


def flag(name: str) -> str:
    """How a setting is typed."""
    return f"--{name.replace('_', '-')}"


def _metavar(knob: Knob) -> str:
    if knob.choices:
        return "{" + ",".join(knob.choices) + "}"
    word = {int: "N", float: "X", str: "TEXT", bool: "yes|no"}[knob.kind]
    return word + ("|" if knob.kind is str else ",") + "..." if knob.many else word


def _help(knob: Knob, defaults: bool) -> str:
    """argparse reads % as a place to fill."""
    notes = [_limits(knob), _separated(knob), f"default: {_shown(knob)}" if defaults and _shown(knob) else ""]
    tail = "; ".join(note for note in notes if note)
    return f"{knob.help} ({tail})".replace("%", "%%") if tail else knob.help.replace("%", "%%")


def _limits(knob: Knob) -> str:
    if knob.lo is None or knob.hi is None or knob.hi > 10**15:
        return knob.unit
    steps = f", multiples of {knob.multiple}" if knob.multiple > 1 else ""
    return f"{_number(knob.lo)} to {_number(knob.hi)} {knob.unit}".strip() + steps


def _separated(knob: Knob) -> str:
    return f"several are separated by '{'|' if knob.kind is str else ','}'" if knob.many else ""


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _shown(knob: Knob) -> str:
    if knob.many:
        return ""
    return ("yes" if knob.default else "no") if isinstance(knob.default, bool) else str(knob.default)


def shipped_names(shipped: Sequence[str]) -> str:
    """What ships, for a help text."""
    return " or ".join(shipped)
