"""Reads and writes the TOML of sd-scripts: arguments in sections of any name, data sets and their subsets.

Sections mean nothing to its trainer, so their keys are taken as they come. What a subset says goes before what its data
set says, and that before the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.core import toml
from studio.core.errors import UserError, at
from studio.core.foreign_recipe import (
    Carried,
    Dialect,
    Imported,
    LeftOut,
    Translated,
    imported,
    refuse_nothing,
    said,
    spelled_out,
    translated,
    with_placeholder,
)
from studio.core.knobs import Setting
from studio.core.recipe import Recipe
from studio.core.texts import read_text
from studio.store.exchange.prompt_lines import IN_LINES, from_lines, to_lines
from studio.store.exchange.sdscripts_words import ENDLESS, EPOCHS_FIRST, FILE, TOOL

PROMPTS = "sample_prompts.txt"

Reader = Callable[[str], str | None]  # of the text file of that name, if it is there

_LARGEST = 2**18  # bytes of a file of prompts
_LISTS = ("network_args", "optimizer_args")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class SdScripts:
    """A recipe as the files that its trainer takes: (name, text) each, the configuration first."""

    files: tuple[tuple[str, str], ...]
    told: Translated


def read_sdscripts(path: Path, trigger: str = "") -> Imported:
    """The recipe of a configuration; its prompts are read too if their text file lies where it says, or beside it."""
    return from_toml(toml.load(path), str(path), trigger, lambda name: _beside(path, name))


def from_toml(table: Mapping[str, object], where: str = "recipe", trigger: str = "",
              prompts: Reader = lambda name: None) -> Imported:
    """The recipe of a configuration's tables. Raises UserError for a value of the wrong type, and for no setting."""
    flat, without = _flattened(table, where)
    previews = _previews(flat, prompts)
    settled, idle = _settled({key: value for key, value in flat.items() if key not in previews.words})
    found = imported(_dialect(settled), settled, where, (*without, *previews.left_out, *idle))
    carried = found.carried + tuple(Carried(key, said(flat[key]), "preview_prompts") for key in previews.words)
    refuse_nothing(carried, TOOL, where)
    recipe = replace(found.recipe, **previews.settings)
    return replace(found, recipe=with_placeholder(recipe, trigger), carried=carried)


def to_toml(recipe: Recipe, trigger: str = "", prompts: str = PROMPTS) -> SdScripts:
    """The recipe as a configuration and a file of prompts of that name, and what of it could not be said."""
    recipe = spelled_out(recipe, trigger)
    told = _reworked(translated(FILE, recipe), recipe, prompts)
    table = _regrouped(told.table)
    return SdScripts((("config.toml", toml.dumps(table)), (prompts, to_lines(recipe))), told)


def taken_apart(listed: object, key: str, where: str) -> Iterator[tuple[str, str]]:
    """`["algo=lokr", "betas=0.9,0.99"]` as words of their own. Raises UserError for anything else."""
    if not isinstance(listed, (list, tuple)) or not all(isinstance(each, str) and "=" in each for each in listed):
        raise UserError(f"{at(where)}{key} cannot be {said(listed)}", "It must be a list of key=value texts.")
    for each in listed:
        name, _, value = each.partition("=")
        if (key, name.strip()) == ("optimizer_args", "betas"):
            first, _, second = value.strip(" ()[]").partition(",")
            yield from ((f"{key}.beta1", first.strip()), (f"{key}.beta2", second.strip()))
        else:
            yield f"{key}.{name.strip()}", value.strip()


def adapter_word(words: dict[str, object]) -> dict[str, object]:
    """The table with the module and the algorithm of its arguments as one word: `lycoris.kohya algo=lokr`."""
    words = dict(words)
    module = next((key for key in words if key.endswith("network_module")), None)
    if module is None or not isinstance(words[module], str):
        return words
    if words[module] == "lycoris.kohya":
        arguments = module.replace("network_module", "network_args")
        words[module] = f"lycoris.kohya algo={words.pop(f'{arguments}.algo', 'lora')}"
        if str(words.pop(f"{arguments}.dora_wd", False)).lower() == "true":
            words[module] += " dora_wd"
    return words


def _flattened(table: Mapping[str, object], where: str) -> tuple[dict[str, object], tuple[LeftOut, ...]]:
    """Every key once; what says it differently later is left out."""
    words: dict[str, object] = {}
    without = []
    for key, value in _pairs(table, where, 0):
        if words.setdefault(key, value) != value:
            without.append(LeftOut(key, said(value), f"It is {said(words[key])} elsewhere in the file, which holds."))
    return adapter_word(words), tuple(without)


def _pairs(table: Mapping[str, object], where: str, depth: int) -> Iterator[tuple[str, object]]:
    """Inner tables first: they are the more special ones."""
    if depth > _DEEPEST:
        raise UserError(f"{where} nests deeper than {_DEEPEST} tables", f"Choose a configuration of {TOOL}.")
    for value in table.values():
        for inner in (value if isinstance(value, list) else [value]):
            if isinstance(inner, Mapping):
                yield from _pairs(inner, where, depth + 1)
    for key, value in table.items():
        if key in _LISTS and value:
            yield from taken_apart(value, key, where)
        elif not _is_tables(value):
            yield key, _joined(value) if key == "resolution" else value


def _is_tables(value: object) -> bool:
    return isinstance(value, Mapping) or isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _joined(resolution: object) -> object:
    """It may be one number, two of them, or a text."""
    if isinstance(resolution, list):
        return ",".join(map(str, resolution))
    return str(resolution) if type(resolution) is int else resolution


@dataclass(frozen=True, slots=True)
class _Previews:
    """What the file of prompts says; `words` are the keys that are answered by it."""

    words: tuple[str, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


def _previews(words: Mapping[str, object], prompts: Reader) -> _Previews:
    name = words.get("sample_prompts")
    text = prompts(name) if isinstance(name, str) and name else None
    return _Previews() if text is None else _Previews(("sample_prompts",), *from_lines(text, str(name)))


def _beside(path: Path, name: str) -> str | None:
    for file in (Path(name), path.parent / name, path.parent / Path(name.replace("\\", "/")).name):
        if file.suffix == ".txt" and file.is_file():
            return read_text(file, _LARGEST)
    return None


def _settled(words: Mapping[str, object]) -> tuple[dict[str, object], tuple[LeftOut, ...]]:
    """Without the words that others overrule in its trainer."""
    idle = {}
    if words.get("max_train_epochs"):
        idle["max_train_steps"] = EPOCHS_FIRST
    if words.get("unet_lr"):
        idle["learning_rate"] = "unet_lr goes before it."
    if words.get("lr_scheduler", "constant") == "constant":
        idle["lr_warmup_steps"] = "A constant schedule has no warm-up in sd-scripts."
    without = tuple(LeftOut(key, said(words[key]), why) for key, why in idle.items() if words.get(key))
    return _in_checkpoints({key: value for key, value in words.items() if key not in idle}), without


def _in_checkpoints(words: dict[str, object]) -> dict[str, object]:
    """sd-scripts counts the epochs that stay on disk; here it is the checkpoints."""
    last, every = words.get("save_last_n_epochs"), words.get("save_every_n_epochs")
    if type(last) is int and type(every) is int and last > 0 < every:
        words["save_last_n_epochs"] = max(1, last // every)
    return words


def _dialect(words: Mapping[str, object]) -> Dialect:
    """Epochs end a run, or steps do; a file that says neither trains as many steps as sd-scripts takes then."""
    if words.get("max_train_epochs"):
        return replace(FILE, assumed=dict(FILE.assumed) | {"max_steps": 0})
    return FILE


def _reworked(told: Translated, recipe: Recipe, prompts: str) -> Translated:
    """What takes more than one setting to say."""
    table, without = dict(told.table), list(told.left_out)
    for setting, key, why in _unsayable(recipe):
        table.pop(key, None)
        if why:
            without.append(LeftOut(setting, said(getattr(recipe, setting)), why))
    if recipe.lr_schedule == "constant" and recipe.warmup_steps:
        table["lr_scheduler"] = "constant_with_warmup"
    if recipe.lr_schedule == "cosine" and recipe.lr_floor:
        table["lr_scheduler"] = "cosine_with_min_lr"
    if recipe.keep_last:
        table["save_last_n_epochs"] = recipe.keep_last * recipe.save_every
    table["sample_prompts"] = prompts
    gone = {line.key for line in without}
    carried = [line for line in told.carried if line.setting not in gone]
    carried += [Carried("sample_prompts", prompts, name) for name in IN_LINES]
    return Translated(table, tuple(carried), tuple(line for line in without if line.key not in IN_LINES))


def _unsayable(recipe: Recipe) -> Iterator[tuple[str, str, str]]:
    """(setting, key, why) of what has to be taken back; without a reason, nothing is lost by it."""
    if recipe.adapter != "lokr":
        yield "lokr_factor", "network_args.factor", ""
    if recipe.adapter != "lora" and recipe.train_adaln:
        yield "train_adaln", "network_args.include_patterns", "LyCORIS chooses modules in another way."
    if recipe.lr_floor and recipe.lr_schedule != "cosine":
        yield "lr_floor", "lr_scheduler_min_lr_ratio", "sd-scripts knows a floor for cosine only."
    if not recipe.max_steps:
        yield "max_steps", "max_train_steps", ""
    elif recipe.epochs == ENDLESS:
        yield "epochs", "max_train_epochs", ""
    else:
        yield "max_steps", "max_train_steps", EPOCHS_FIRST
    if not recipe.keep_last:
        yield "keep_last", "save_last_n_epochs", ""
    if recipe.lr_schedule == "constant" and not recipe.warmup_steps:
        yield "warmup_steps", "lr_warmup_steps", ""


def _regrouped(words: Mapping[str, object]) -> dict[str, object]:
    """Words of their own as the lists that its trainer reads."""
    table: dict[str, object] = {}
    betas = [str(words[key]) for key in ("optimizer_args.beta1", "optimizer_args.beta2") if key in words]
    for key, value in words.items():
        name, dot, argument = key.partition(".")
        if not dot:
            table[key] = value
        elif argument != "beta1":
            text = f"betas={','.join(betas)}" if argument == "beta2" else f"{argument}={value}"
            table.setdefault(name, []).append(text)
    module, *arguments = str(table["network_module"]).split()
    arguments = [each if "=" in each else f"{each}=True" for each in arguments]
    return table | {"network_module": module} | (
        {"network_args": arguments + table.get("network_args", [])} if arguments else {})

