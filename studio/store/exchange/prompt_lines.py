"""Preview prompts as sd-scripts keeps them: a text file, one picture a line, its settings behind two dashes."""

from __future__ import annotations

import re
from itertools import product

from studio.core.errors import UserError
from studio.core.foreign_recipe import LeftOut, Unfit
from studio.core.knobs import Setting, from_text, knob_of
from studio.core.recipe import Recipe

_FLAGS = {
    "n": "preview_negative", "w": "preview_width", "h": "preview_height", "s": "preview_steps", "l": "preview_cfg",
    "g": "preview_cfg", "d": "preview_seeds",
}  # fmt: skip
IN_LINES = ("preview_prompts", *dict.fromkeys(_FLAGS.values()))  # the settings that such a file says

_FLAG = re.compile(r"\s--(\w+)(?:\s+|$)")


def from_lines(text: str, where: str) -> tuple[dict[str, Setting], tuple[LeftOut, ...]]:
    """The preview settings of the lines, and what of them could not be kept: all previews here share one setting."""
    settings: dict[str, Setting] = {"preview_prompts": (), "preview_seeds": ()}
    without: list[LeftOut] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            _read_line(line.strip(), f"{where}, line {number}", settings, without)
    if settings["preview_prompts"]:
        settings.setdefault("preview_negative", "")
    return {name: value for name, value in settings.items() if value != ()}, tuple(without)


def to_lines(recipe: Recipe) -> str:
    """Every prompt with every seed, a line each."""
    flags = (("n", recipe.preview_negative), ("w", recipe.preview_width), ("h", recipe.preview_height),
             ("s", recipe.preview_steps), ("l", recipe.preview_cfg))
    tail = " ".join(f"--{flag} {_flat(str(value))}" for flag, value in flags if value != "")
    pairs = product(recipe.preview_prompts, recipe.preview_seeds)
    return "".join(f"{_flat(prompt)} --d {seed} {tail}\n" for prompt, seed in pairs)


def _read_line(line: str, where: str, settings: dict[str, Setting], without: list[LeftOut]) -> None:
    prompt, *rest = _FLAG.split(f" {line}")
    _add(settings, "preview_prompts", prompt.strip())
    for flag, text in zip(rest[::2], rest[1::2], strict=True):
        try:
            _flag(flag, text.strip(), where, settings)
        except Unfit as unfit:
            without.append(LeftOut(f"--{flag}", text.strip(), f"{where}: {unfit}"))


def _flag(flag: str, text: str, where: str, settings: dict[str, Setting]) -> None:
    name = _FLAGS.get(flag)
    if name is None:
        raise Unfit("The studio does not know this flag.")
    value = _checked(name, text)
    if name == "preview_seeds":
        _add(settings, name, *value)
    elif settings.setdefault(name, value) != value:
        raise Unfit(f"All previews of a run share this; it stays {settings[name]}.")


def _checked(name: str, text: str) -> Setting:
    try:
        return from_text(knob_of(Recipe, name), text)
    except UserError as error:
        raise Unfit(str(error)) from None


def _add(settings: dict[str, Setting], name: str, *values: Setting) -> None:
    settings[name] = tuple(dict.fromkeys((*settings[name], *values)))


def _flat(text: str) -> str:
    return " ".join(text.split())

