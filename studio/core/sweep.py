"""Which pictures make a sheet: axes over one render spec. A sheet is complete; expanding it needs nothing else.

The first axes of a side are the outer ones; those `within` give several pictures to a cell.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studio.core import toml
from studio.core.axes import (
    BASE,
    CHARACTER,
    EPOCH,
    FORMAT,
    KNOWN,
    LORA,
    MODEL,
    SETTINGS,
    SIZE,
    STRENGTH,
    THIS,
    Axis,
    Pairs,
    Value,
    axis_of,
    is_text,
    places,
    size_of,
    value_of,
)
from studio.core.caption import prompt_words
from studio.core.errors import UserError, reading, unknown
from studio.core.formats import Wording, filled, needed, optional, partners, template_of, texts_of
from studio.core.knobs import build, to_mapping
from studio.core.spec import RenderSpec, key_of

MOST_CELLS = 10_000  # a week of rendering, and a picture as large as a PNG may be


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of a sheet by its place, counted from 0, and what the axes say of it.

    `slot` counts the pictures of one cell. `sets` is what the values set beyond what they are called.
    """

    row: int
    column: int
    spec: RenderSpec
    values: Pairs = ()
    slot: int = 0
    sets: Pairs = ()
    _key: str = field(default="", init=False, repr=False, compare=False)

    @property
    def key(self) -> str:
        """Same key, same picture: cells of one key are rendered once. Reckoned when it is asked for first."""
        if not self._key:
            object.__setattr__(self, "_key", key_of(self.spec))
        return self._key

    def value(self, name: str, otherwise: Value = "") -> Value:
        """What the axis of that name says of this cell, or else what a value of another axis sets it to."""
        return (dict(self.sets) | dict(self.values)).get(name, otherwise)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows and columns over one spec, whose prompt may hold {words}; axes of one side are multiplied, the last fastest.

    `epochs` are the checkpoints it may name, as (epoch, SHA-256); without an epoch axis the last of them is worn.
    `characters` are those of the run, as (name, trigger); without a character axis {trigger} is the first one's.
    The spec's own LoRAs stay on in every cell, that of the base included. `wordings` are what words and formats mean
    for each character, as far as the sheet uses them.
    """

    title: str
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    spec: RenderSpec
    words: tuple[tuple[str, str], ...] = ()
    epochs: tuple[tuple[int, str], ...] = ()
    characters: tuple[tuple[str, str], ...] = ()
    within: tuple[Axis, ...] = ()
    wordings: tuple[Wording, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        """All of them, the outermost first."""
        return self.rows + self.columns + self.within

    @property
    def heading(self) -> str:
        """Its title, with the program that draws it if that is another one."""
        return f"{self.title} · {self.spec.drawn_by}" if self.spec.drawn_by else self.title

    @property
    def row_labels(self) -> tuple[str, ...]:
        return _labels(self.rows)

    @property
    def column_labels(self) -> tuple[str, ...]:
        return _labels(self.columns)

    def expand(self) -> tuple[Cell, ...]:
        """Every cell, row by row. Raises `UserError` for axes that mean nothing and words that nobody gives."""
        check(self)
        sides = (enumerate(places(side)) for side in (self.rows, self.columns, self.within))
        return tuple(_cell(self, (row, column, slot), across + down + inside)
                     for (row, across), (column, down), (slot, inside) in itertools.product(*sides))


def in_costed_order(cells: Iterable[Cell]) -> list[Cell]:
    """The cells so that what takes longest changes least: the base outermost, then the LoRAs, else row by row."""
    listed = list(cells)
    bases, loras = ({value: place for place, value in enumerate(dict.fromkeys(values))}
                    for values in ((cell.spec.base for cell in listed), (cell.spec.loras for cell in listed)))
    return sorted(listed, key=lambda cell: (bases[cell.spec.base], loras[cell.spec.loras]))


def flat(sheet: Sheet) -> Sheet:
    """The same pictures with one in each cell."""
    return dataclasses.replace(sheet, columns=sheet.columns + sheet.within, within=())


def check(sheet: Sheet) -> None:
    """Raises `UserError` if an axis comes twice, has a name that nothing reads, or a word of the prompt is missing."""
    names, words = [axis.name for axis in sheet.axes], words_of(sheet) | optional_words_of(sheet)
    for axis in sheet.axes:
        if names.count(axis.name) > 1:
            raise UserError(f"{sheet.title}: the axis {axis.name} is there twice", "Remove one.")
        if not axis.sets and axis.name not in KNOWN | words:
            raise unknown("axis", axis.name, KNOWN | words, sheet.title)
    _check_sets(sheet, words)
    _check_characters(sheet)
    _check_epochs(sheet)
    count = math.prod(len(axis.values) for axis in sheet.axes)
    if count > MOST_CELLS:
        raise UserError(f"{sheet.title}: its axes make {count:,} cells", f"Let them make at most {MOST_CELLS:,}.")
    for word in sorted(words_of(sheet) - set(names) - set(_given(sheet, {})) - _set_everywhere(sheet)):
        raise UserError(f"{sheet.title}: nothing says what {{{word}}} is", f"Add an axis or a word {word}.")


def words_of(sheet: Sheet) -> frozenset[str]:
    """The {words} of every prompt and negative that the sheet may use, and that somebody has to say."""
    return frozenset(word for text in _texts(sheet) for word in needed(text))


def optional_words_of(sheet: Sheet) -> frozenset[str]:
    """The {, words} of these texts."""
    return frozenset(word for text in _texts(sheet) for word in optional(text))


def formats_of(sheet: Sheet) -> tuple[str, ...]:
    """The formats that a sheet asks for. Where its prompt has a {format}, that is a word as any other."""
    return () if _is_word(sheet, FORMAT) else tuple(dict.fromkeys(str(code) for code in set_by(sheet.axes, FORMAT)))


def set_by(axes: Iterable[Axis], name: str) -> Iterator[Value]:
    """Every value that these axes give to what is called so."""
    for axis in axes:
        for value in axis.values:
            yield from (meant for each, meant in axis.means(value) if each == name)


def to_toml(sheet: Sheet) -> str:
    """The text of `sheet.toml`."""
    spec = to_mapping(sheet.spec) | {"base": sheet.spec.base, "loras": [list(each) for each in sheet.spec.loras]}
    spec |= {"drawn_by": sheet.spec.drawn_by} if sheet.spec.drawn_by else {}
    more = {"within": [_axis_table(axis) for axis in sheet.within],
            "wordings": [_facts(each) for each in sheet.wordings]}
    return toml.dumps({
        "title": sheet.title,
        "rows": [_axis_table(axis) for axis in sheet.rows],
        "columns": [_axis_table(axis) for axis in sheet.columns],
        "epochs": [{"epoch": epoch, "sha256": sha256} for epoch, sha256 in sheet.epochs],
        "characters": [{"name": name, "trigger": trigger} for name, trigger in sheet.characters],
        "words": dict(sheet.words),
        "spec": spec,
    } | {name: tables for name, tables in more.items() if tables})


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
            within=_axes(table.get("within", ()), where),
            wordings=tuple(Wording(str(each["character"]), texts_of(each, "words", where),
                                   texts_of(each, "formats", where)) for each in table.get("wordings", ())),
        )


def _texts(sheet: Sheet) -> Iterator[str]:
    """Every prompt and negative, as written, that a cell may have, and every word that may stand in them."""
    yield from (sheet.spec.negative, *_templates(sheet), *(text for _, text in sheet.words))
    if _is_word(sheet, FORMAT) or FORMAT not in (axis.name for axis in sheet.axes):
        yield sheet.spec.prompt
    for axis in sheet.axes:
        yield from (str(text) for value in axis.values for name, text in axis.means(value) if is_text(name))


def _is_word(sheet: Sheet, name: str) -> bool:
    return name in needed(sheet.spec.prompt)


def _templates(sheet: Sheet) -> Iterator[str]:
    own = [each.formats for each in sheet.wordings] or [()]
    return (template_of(code, formats, where=sheet.title) for code in formats_of(sheet) for formats in own)


def _check_sets(sheet: Sheet, words: frozenset[str]) -> None:
    """Whether every value of an axis of names is one of them, and whatever they set is read by something."""
    for axis in sheet.axes:
        named = dict(axis.sets)
        for value in axis.values:
            if named and value not in named and axis.name not in KNOWN | words:
                raise unknown(axis.name, str(value), map(str, named), sheet.title)
            for name, _ in named.get(value, ()):
                if name not in KNOWN | words:
                    raise unknown("setting or word", name, KNOWN | words, sheet.title)


def _set_everywhere(sheet: Sheet) -> frozenset[str]:
    """The words that some axis sets with each of its values."""
    each = (frozenset.intersection(*(frozenset(name for name, _ in axis.means(value)) for value in axis.values))
            for axis in sheet.axes)
    return frozenset().union(*each)


def _check_characters(sheet: Sheet) -> None:
    there = [name for name, _ in sheet.characters]
    for name in set_by(sheet.axes, CHARACTER):
        if name not in there:
            raise unknown("character", str(name), there, sheet.title)


def _axis_table(axis: Axis) -> dict[str, object]:
    sets = [{"of": value, "set": dict(pairs)} for value, pairs in axis.sets]
    return {"name": axis.name, "values": axis.values} | ({"sets": sets} if sets else {})


def _facts(wording: Wording) -> dict[str, object]:
    return {"character": wording.character, "words": dict(wording.words), "formats": dict(wording.formats)}


def _axes(tables: Iterable[Mapping[str, object]], where: str) -> tuple[Axis, ...]:
    return tuple(_axis(each, where) for each in tables)


def _axis(table: Mapping[str, object], where: str) -> Axis:
    """Names of values are names; whatever is set is checked as if it had been typed."""
    name, listed = str(table["name"]), list(table["values"])
    if not (sets := table.get("sets", ())):
        return axis_of(name, listed, where)
    meant = tuple((_plain(one["of"]), tuple((each, value_of(each, value, where)) for each, value in one["set"].items()))
                  for one in sets)
    return Axis(name, tuple(map(_plain, listed)), meant)


def _plain(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, Value):
        raise TypeError(f"{value} is no value of an axis")
    return value


def _spec_of(table: Mapping[str, object], where: str) -> RenderSpec:
    settings = {name: value for name, value in table.items() if name not in ("base", "loras", "drawn_by")}
    loras = tuple((str(sha256), float(strength)) for sha256, strength in table["loras"])
    return dataclasses.replace(build(RenderSpec, settings, where), base=str(table["base"]), loras=loras,
                               drawn_by=str(table.get("drawn_by", "")))


def _check_epochs(sheet: Sheet) -> None:
    there = dict(sheet.epochs)
    missing = [each for each in set_by(sheet.axes, EPOCH) if each != BASE and each not in there]
    if missing:
        raise UserError(f"{sheet.title}: there is no checkpoint of epoch {missing[0]}", "Leave it out.")


def _labels(axes: tuple[Axis, ...]) -> tuple[str, ...]:
    labels = ([axis.label(value) for value in axis.values] for axis in axes)
    return tuple(", ".join(each) for each in itertools.product(*labels))


def _cell(sheet: Sheet, place: tuple[int, int, int], values: Pairs) -> Cell:
    said = _said(sheet.axes, values)
    changes = {name: value for name, value in said.items() if name in SETTINGS}
    if SIZE in said:
        changes["width"], changes["height"] = size_of(said[SIZE])
    if FORMAT in said and "prompt" not in said and not _is_word(sheet, FORMAT):
        changes["prompt"] = template_of(str(said[FORMAT]), _wording(sheet, said).formats)
    spec = dataclasses.replace(sheet.spec, **changes, loras=sheet.spec.loras + _worn(sheet, said),
                               base=str(said.get(MODEL, sheet.spec.base)))
    words = _given(sheet, said)
    spec = dataclasses.replace(spec, prompt=filled(spec.prompt, words), negative=filled(spec.negative, words))
    named = dict(values)
    row, column, slot = place
    return Cell(row, column, spec, values, slot, tuple(pair for pair in said.items() if pair[0] not in named))


def _said(axes: Sequence[Axis], values: Pairs) -> dict[str, Value]:
    """All that a cell's values set; what is set beside a name goes before the axis of that name."""
    own, beside = {}, {}
    for axis, (name, value) in zip(axes, values, strict=True):
        meant = dict(axis.means(value))
        own |= {name: meant.pop(name, value)}
        beside |= meant
    return own | beside


def _wording(sheet: Sheet, said: Mapping[str, Value]) -> Wording:
    """That of a cell's character, who without a character axis is the first one."""
    called = said.get(CHARACTER, next((name for name, _ in sheet.characters), ""))
    return next((each for each in sheet.wordings if each.character == called), Wording())


def _given(sheet: Sheet, said: Mapping[str, Value]) -> dict[str, str]:
    """What each word of a cell's prompt stands for: its axes first, then the sheet's words, then its character."""
    triggers = dict(sheet.characters)
    calls = {}
    if triggers:
        calls = prompt_words(triggers[said.get(CHARACTER, next(iter(triggers)))], triggers.values())
        calls |= partners([prompt_words(each)["trigger"] for each in triggers.values()])
    calls |= dict(_wording(sheet, said).words)
    calls |= {name: filled(text, calls) for name, text in sheet.words}
    return calls | {name: filled(str(value), calls) for name, value in said.items()}


def _worn(sheet: Sheet, said: Mapping[str, Value]) -> tuple[tuple[str, float], ...]:
    """The checkpoint of a cell, or the LoRA in its place, at its strength."""
    epochs, lora = dict(sheet.epochs), str(said.get(LORA, THIS))
    if said.get(EPOCH) == BASE or lora == THIS and not epochs:
        return ()
    worn = epochs[said.get(EPOCH, max(epochs))] if lora == THIS else lora
    return ((worn, float(said.get(STRENGTH, 1.0))),)
