"""A recipe in another trainer's words, and back: what is carried over, what is assumed, and what has no place.

A dialect is a table: its words, each one key and the setting it means; what its trainer does where the file is silent;
what it always does as this studio does; and why other keys mean nothing here. Nothing is dropped without a line.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from studio.core.errors import UserError, at, shown
from studio.core.knobs import Knob, Setting, build, checked, from_text, knob_of, knobs_of
from studio.core.recipe import Recipe

Table = Mapping[str, object]

_UNKNOWN = "The studio does not know this key of {tool}."
_EMPTY = "It is empty."
_TRIGGER = "{trigger}"


class Unfit(Exception):
    """A value that means something on the one side and nothing on the other; its text is the reason, a sentence."""


@dataclass(frozen=True, slots=True)
class Roughly:
    """The nearest there is, and a sentence on what is different about it."""

    value: object
    note: str


def same(value: object) -> object:
    """What stands on one side, for the other."""
    return value


@dataclass(frozen=True, slots=True)
class Word:
    """One key and the setting it means.

    `kind` and `many` are the type of the key's value where it is not the setting's. `read` and `write` turn one into
    the other, or into `Roughly`, or raise `Unfit`; a `write` that gives None leaves the key out.
    """

    key: str
    setting: str
    read: Callable[..., object] = same
    write: Callable[..., object] = same
    kind: type | None = None
    many: bool | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one trainer's files speak. Where a setting has two words, the first is written."""

    tool: str
    words: tuple[Word, ...]
    assumed: Mapping[str, Setting] = field(default_factory=dict)
    always: Mapping[str, object] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Carried:
    """A key and the setting it went to, or came from; `note` says what is different about it there."""

    key: str
    value: str
    setting: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What could not be carried over, and why, in a sentence."""

    key: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A recipe from elsewhere. `assumed` are the settings that the file is silent on, as its trainer takes them."""

    recipe: Recipe
    carried: tuple[Carried, ...]
    left_out: tuple[LeftOut, ...]
    assumed: tuple[tuple[str, Setting], ...] = ()


@dataclass(frozen=True, slots=True)
class Translated:
    """A recipe as another trainer's table; `left_out` goes by the names of settings."""

    table: Table
    carried: tuple[Carried, ...]
    left_out: tuple[LeftOut, ...]


def imported(dialect: Dialect, table: Table, where: str = "", left_out: Iterable[LeftOut] = ()) -> Imported:
    """The recipe of a table. `left_out` are those that taking the file apart found already.

    Raises `UserError` for a value of another type than its key's; one beyond this studio's limits is left out.
    """
    words = {word.key: word for word in dialect.words}
    settings, carried, without = dict(dialect.assumed), [], list(left_out)
    for key, value in table.items():
        try:
            line, taken = _taken(dialect, words.get(key), key, value, where)
            carried.append(line)
            settings |= taken
        except Unfit as unfit:
            without.append(LeftOut(key, said(value), str(unfit)))
    spoken = {line.setting for line in carried}
    silent = tuple((name, value) for name, value in dialect.assumed.items() if name not in spoken)
    return Imported(build(Recipe, settings, where), tuple(carried), tuple(without), silent)


def translated(dialect: Dialect, recipe: Recipe) -> Translated:
    """The recipe in the words of a dialect. A setting that the trainer follows anyway needs no word and no line."""
    words = {word.setting: word for word in reversed(dialect.words)}
    table, carried, without = dict(dialect.always), [], []
    for knob in knobs_of(Recipe):
        value = getattr(recipe, knob.name)
        try:
            if knob.name in words:
                table |= _written(words[knob.name], value, carried)
            elif value != dialect.assumed.get(knob.name, knob.default):
                raise Unfit(_lacking(dialect, knob.name))
        except Unfit as unfit:
            without.append(LeftOut(knob.name, said(value), str(unfit)))
    return Translated(table, tuple(carried), tuple(without))


def among(pairs: Mapping[str, str], otherwise: str) -> Callable[[str], str]:
    """Reads a word of a closed set in any case; `otherwise` is the reason for any other."""

    def read(word: str) -> str:
        if word.strip().lower() not in pairs:
            raise Unfit(otherwise)
        return pairs[word.strip().lower()]

    return read


def written_as(pairs: Mapping[str, str], otherwise: str) -> Callable[[str], str]:
    """Writes a word of a closed set; `otherwise` is the reason where the trainer has none."""

    def write(word: str) -> str:
        if word not in pairs:
            raise Unfit(otherwise)
        return pairs[word]

    return write


def precision_out(word: str) -> Roughly | str:
    """Other trainers name bf16 or no half precision; none of them chooses by the device."""
    return Roughly("bf16", "What auto is on CUDA.") if word == "auto" else {"bf16": "bf16", "fp32": "no"}[word]


def said(value: object) -> str:
    """A value as lists show it: one short line."""
    try:
        return shown(value if isinstance(value, str) else repr(value))
    except (ValueError, RecursionError):  # Python refuses to write numbers of 5,000 digits and endless lists
        return "…"


def with_placeholder(recipe: Recipe, trigger: str) -> Recipe:
    """Previews that call the character by {trigger} where another trainer's file spells the word out."""
    return replace(recipe, preview_prompts=_replaced(recipe, trigger, _TRIGGER)) if trigger else recipe


def spelled_out(recipe: Recipe, trigger: str) -> Recipe:
    """Previews that spell the trigger out, as other trainers know no placeholder."""
    return replace(recipe, preview_prompts=_replaced(recipe, _TRIGGER, trigger)) if trigger else recipe


def _replaced(recipe: Recipe, old: str, new: str) -> tuple[str, ...]:
    return tuple(prompt.replace(old, new) for prompt in recipe.preview_prompts)


def _taken(dialect: Dialect, word: Word | None, key: str, value: object,
           where: str) -> tuple[Carried, dict[str, Setting]]:
    """The line for a key and the setting it decides, if any. Raises `Unfit` or `UserError`."""
    if value is None or value in ("", "None") or value == []:
        raise Unfit(_EMPTY)
    if word is None:
        return _as_always(dialect, key, value), {}
    ours = knob_of(Recipe, word.setting)
    found = word.read(_typed(word, ours, value, where))
    note, found = (found.note, found.value) if isinstance(found, Roughly) else ("", found)
    return Carried(key, said(value), word.setting, note), {word.setting: _within(ours, found)}


def _as_always(dialect: Dialect, key: str, value: object) -> Carried:
    if key in dialect.always and str(dialect.always[key]).lower() == str(value).lower():
        return Carried(key, said(value), "", "It is so here in any case.")
    if key in dialect.always:
        raise Unfit(f"Here it is {dialect.always[key]} in any case.")
    raise Unfit(dialect.reasons.get(key, _UNKNOWN.format(tool=dialect.tool)))


def _typed(word: Word, ours: Knob, value: object, where: str) -> Setting:
    """The value in the type that its trainer declares; numbers may be written as text, as YAML reads 1e-4."""
    many = ours.many if word.many is None else word.many
    theirs = Knob(word.key, word.kind or ours.kind, many, ours.default, "", "")
    if isinstance(value, str) and not many and theirs.kind is not str:
        return from_text(theirs, value, where)
    if isinstance(value, float) and theirs.kind is int and value.is_integer():
        return int(value)
    return checked(theirs, value, where)


def _within(ours: Knob, value: object) -> Setting:
    try:
        return checked(ours, value)
    except UserError as error:
        raise Unfit(f"Here {error.remedy[:1].lower()}{error.remedy[1:]}") from None


def _written(word: Word, value: Setting, carried: list[Carried]) -> dict[str, object]:
    found = word.write(value)
    note, found = (found.note, found.value) if isinstance(found, Roughly) else ("", found)
    if found is None:
        return {}
    found = list(found) if isinstance(found, tuple) else found
    carried.append(Carried(word.key, said(found), word.setting, note))
    return {word.key: found}


def _lacking(dialect: Dialect, name: str) -> str:
    if name in dialect.assumed:
        return f"{dialect.tool} takes {said(dialect.assumed[name])} in any case."
    return f"{dialect.tool} has no such setting."


def refuse_nothing(carried: Iterable[Carried], tool: str, where: str) -> None:
    """Raises `UserError` for a file that says nothing a recipe could be made of."""
    if not any(line.setting for line in carried):
        raise UserError(f"{at(where)}there is no setting of {tool} in it", "Choose a file that configures a training.")
