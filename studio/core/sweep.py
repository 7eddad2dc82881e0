"""Which pictures make a sheet: axes over one render spec. A sheet is complete; expanding it needs nothing else."""

import dataclasses
import itertools
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core import toml
from studio.core.axes import (
    BASE,
    CHARACTER,
    EPOCH,
    KNOWN,
    SETTINGS,
    SIZE,
    STRENGTH,
    TEXTS,
    Axis,
    Value,
    axis_of,
    places,
    size_of,
)
from studio.core.caption import fill, prompt_words
from studio.core.errors import UserError, reading, unknown
from studio.core.knobs import build, to_mapping
from studio.core.spec import RenderSpec, key_of

MOST_CELLS = 10_000  # a week of rendering, and a picture as large as a PNG may be

_WORD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of a sheet by its place, counted from 0, and what the axes say of it."""

    row: int
    column: int
    spec: RenderSpec
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def key(self) -> str:
        """Same key, same picture: cells of one key are rendered once."""
        return key_of(self.spec)

    def value(self, name: str, otherwise: Value = "") -> Value:
        """What the axis of that name says of this cell."""
        return dict(self.values).get(name, otherwise)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows and columns over one spec, whose prompt may hold {words}; axes of one side are multiplied, the last fastest.

    `epochs` are the checkpoints it may name, as (epoch, SHA-256); without an epoch axis the last of them is worn.
    `characters` are those of the run, as (name, trigger); without a character axis {trigger} is the first one's.
    The spec's own LoRAs stay on in every cell, that of the base included.
    """

    title: str
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    spec: RenderSpec
    words: tuple[tuple[str, str], ...] = ()
    epochs: tuple[tuple[int, str], ...] = ()
    characters: tuple[tuple[str, str], ...] = ()

    @property
    def row_labels(self) -> tuple[str, ...]:
        return _labels(self.rows)

    @property
    def column_labels(self) -> tuple[str, ...]:
        return _labels(self.columns)

    def expand(self) -> tuple[Cell, ...]:
        """Every cell, row by row. Raises `UserError` for axes that mean nothing and words that nobody gives."""
        check(self)
        pairs = itertools.product(enumerate(places(self.rows)), enumerate(places(self.columns)))
        return tuple(_cell(self, row, column, across + down) for (row, across), (column, down) in pairs)


def check(sheet: Sheet) -> None:
    """Raises `UserError` if an axis comes twice, has a name that nothing reads, or a word of the prompt is missing."""
    names = [axis.name for axis in sheet.rows + sheet.columns]
    wanted = words_of(sheet)
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{sheet.title}: the axis {name} is there twice", "Remove one.")
        if name not in KNOWN | wanted:
            raise unknown("axis", name, KNOWN | wanted, sheet.title)
    _check_characters(sheet)
    _check_epochs(sheet)
    count = math.prod(len(axis.values) for axis in sheet.rows + sheet.columns)
    if count > MOST_CELLS:
        raise UserError(f"{sheet.title}: its axes make {count:,} cells", f"Let them make at most {MOST_CELLS:,}.")
    for word in sorted(wanted - set(names) - set(_given(sheet, {}))):
        raise UserError(f"{sheet.title}: nothing says what {{{word}}} is", f"Add an axis or a word {word}.")


def words_of(sheet: Sheet) -> frozenset[str]:
    """The {words} of every prompt and negative that the sheet may use."""
    texts = [sheet.spec.prompt, sheet.spec.negative]
    axes = (axis for axis in sheet.rows + sheet.columns if axis.name in TEXTS)
    texts += [str(value) for axis in axes for value in axis.values]
    return frozenset(word for text in texts for word in _WORD.findall(text))


def to_toml(sheet: Sheet) -> str:
    """The text of `sheet.toml`."""
    spec = to_mapping(sheet.spec) | {"base": sheet.spec.base, "loras": [list(each) for each in sheet.spec.loras]}
    return toml.dumps({
        "title": sheet.title,
        "rows": [dataclasses.asdict(axis) for axis in sheet.rows],
        "columns": [dataclasses.asdict(axis) for axis in sheet.columns],
        "epochs": [{"epoch": epoch, "sha256": sha256} for epoch, sha256 in sheet.epochs],
        "characters": [{"name": name, "trigger": trigger} for name, trigger in sheet.characters],
        "words": dict(sheet.words),
        "spec": spec,
    })


def from_toml(text: str, where: str = "sheet.toml") -> Sheet:
    """The sheet of that text."""
    table = toml.loads(text, where)
    with reading(where):
        return Sheet(
            title=str(table["title"]),
            rows=_axes(table["rows"], where),
            columns=_axes(table["columns"], where),
            spec=_spec_of(table["spec"], where),
            words=tuple((name, str(value)) for name, value in table["words"].items()),
            epochs=tuple((int(each["epoch"]), str(each["sha256"])) for each in table["epochs"]),
            characters=tuple((str(each["name"]), str(each["trigger"])) for each in table.get("characters", ())),
        )


def _check_characters(sheet: Sheet) -> None:
    there = [name for name, _ in sheet.characters]
    called = (value for axis in sheet.rows + sheet.columns if axis.name == CHARACTER for value in axis.values)
    for name in called:
        if name not in there:
            raise unknown("character", str(name), there, sheet.title)


def _axes(tables: Iterable[Mapping[str, object]], where: str) -> tuple[Axis, ...]:
    return tuple(axis_of(str(each["name"]), list(each["values"]), where) for each in tables)


def _spec_of(table: Mapping[str, object], where: str) -> RenderSpec:
    settings = {name: value for name, value in table.items() if name not in ("base", "loras")}
    loras = tuple((str(sha256), float(strength)) for sha256, strength in table["loras"])
    return dataclasses.replace(build(RenderSpec, settings, where), base=str(table["base"]), loras=loras)


def _check_epochs(sheet: Sheet) -> None:
    there = dict(sheet.epochs)
    for axis in sheet.rows + sheet.columns:
        if axis.name == EPOCH and (missing := [each for each in axis.values if each != BASE and each not in there]):
            raise UserError(f"{sheet.title}: there is no checkpoint of epoch {missing[0]}", "Leave it out.")


def _labels(axes: tuple[Axis, ...]) -> tuple[str, ...]:
    labels = ([axis.label(value) for value in axis.values] for axis in axes)
    return tuple(", ".join(each) for each in itertools.product(*labels))


def _cell(sheet: Sheet, row: int, column: int, values: tuple[tuple[str, Value], ...]) -> Cell:
    said = dict(values)
    changes = {name: value for name, value in said.items() if name in SETTINGS}
    if SIZE in said:
        changes["width"], changes["height"] = size_of(said[SIZE])
    spec = dataclasses.replace(sheet.spec, **changes, loras=sheet.spec.loras + _worn(sheet, said))
    words = _given(sheet, said)
    filled = dataclasses.replace(spec, prompt=fill(spec.prompt, words), negative=fill(spec.negative, words))
    return Cell(row, column, filled, values)


def _given(sheet: Sheet, said: Mapping[str, Value]) -> dict[str, str]:
    """What each word of a cell's prompt stands for: its axes first, then the sheet's words, then its character."""
    triggers = dict(sheet.characters)
    calls = {}
    if triggers:
        calls = prompt_words(triggers[said.get(CHARACTER, next(iter(triggers)))], triggers.values())
    return calls | dict(sheet.words) | {name: str(value) for name, value in said.items()}


def _worn(sheet: Sheet, said: Mapping[str, Value]) -> tuple[tuple[str, float], ...]:
    """The checkpoint of a cell at its strength."""
    epochs = dict(sheet.epochs)
    epoch = said.get(EPOCH, max(epochs, default=BASE))
    if epoch == BASE:
        return ()
    return ((epochs[epoch], float(said.get(STRENGTH, 1.0))),)

