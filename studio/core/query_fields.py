"""What does each field of a filter line ask of an image?

A field is a row of the table: what it is for, the words it takes where they are few, and the function that makes a test
of a condition. A condition is looked at once, then its test runs over ten thousand images.
"""

import fnmatch
import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from studio.core.errors import UserError, unknown
from studio.core.labels import CLOSED, LABEL_FIELDS, Label, known
from studio.core.query import REJECTED, STATE, TEXT, And, Not, Or, QueryError, Term, Tree, parse
from studio.core.record import PROVENANCES, Record
from studio.core.said import Said, said
from studio.core.tag_names import folded

UNKNOWN, GUESSED, CONFIRMED = "unknown", "guessed", "confirmed"

_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, ":": operator.eq}


@dataclass(frozen=True, slots=True)
class Context:
    """What a filter has to know beside the records: the lint rules that speak of each image, by its id."""

    findings: Mapping[str, Collection[str]] = field(default_factory=dict)


Test = Callable[[Record], bool]
Maker = Callable[[Term, Context], Test]


@dataclass(frozen=True, slots=True)
class Field:
    """`words` are all it takes where `is_closed`, else those that are suggested; a field of numbers has none."""

    about: Said
    make: Maker
    words: tuple[str, ...] = ()
    is_closed: bool = False
    is_number: bool = False


def matching(line: str, context: Context = Context()) -> Test:
    """Whether an image is what a line asks for. Raises `QueryError` for a line that cannot be understood."""
    return compiled(parse(line), context)


def compiled(tree: Tree, context: Context = Context()) -> Test:
    """The same for a line that was taken apart. Raises `QueryError` for a field or a word that there is not."""
    match tree:
        case Not(part=part):
            inner = compiled(part, context)
            return lambda record: not inner(record)
        case And(parts=parts):
            tests = [compiled(part, context) for part in parts]
            return lambda record: all(test(record) for test in tests)
        case Or(parts=parts):
            tests = [compiled(part, context) for part in parts]
            return lambda record: any(test(record) for test in tests)
        case Term():
            return _tested(tree, context)


def _tested(term: Term, context: Context) -> Test:
    try:
        asked = FIELDS.get(term.field)
        if asked is None:
            raise unknown("field", term.field, FIELDS)
        return asked.make(_checked(term, asked), context)
    except QueryError:
        raise
    except UserError as error:
        raise QueryError(error.what, error.remedy or 'Put a text in quotes: "a: b".', term.at) from None


def _checked(term: Term, asked: Field) -> Term:
    """Raises `UserError` for a sign or a word that the field does not take."""
    if not asked.is_number and term.sign not in (":", "="):
        raise UserError(f"'{term.field}' is no number", f"Write {term.field}:{term.value}.")
    if asked.is_closed and not _wild(term.value) and folded(term.value) not in asked.words:
        raise unknown(term.field, folded(term.value), asked.words)
    return term


def _text(term: Term, context: Context) -> Test:
    wanted = _pattern(f"*{term.value}*")
    return lambda record: wanted(_plain(record.caption))


def _tag(term: Term, context: Context) -> Test:
    if not _wild(term.value):
        name = folded(term.value)
        return lambda record: name in _folded_tags(record.tags)
    wanted = _pattern(term.value)
    return lambda record: any(map(wanted, _folded_tags(record.tags)))


def _sentence(term: Term, context: Context) -> Test:
    wanted = _pattern(f"*{term.value}*")
    return lambda record: wanted(_plain(record.sentences))


def _character(term: Term, context: Context) -> Test:
    wanted = _pattern(term.value)
    return lambda record: any(wanted(folded(name)) for name in record.image.characters)


def _name(term: Term, context: Context) -> Test:
    wanted = _pattern(term.value if _wild(term.value) else f"*{term.value}*")
    return lambda record: wanted(folded(record.image.path.name))


def _label(name: str) -> Maker:
    """Where an image shows several figures, one of them is enough."""

    def made(term: Term, context: Context) -> Test:
        value = folded(term.value)
        if value == UNKNOWN:
            return lambda record: not any(_labels(record, name))
        if value in (GUESSED, CONFIRMED):
            origin = "guess" if value == GUESSED else "hand"
            return lambda record: any(label.origin == origin for label in _labels(record, name))
        wanted = _pattern(term.value)
        return lambda record: any(wanted(folded(label.value)) for label in _labels(record, name))

    return made


def _provenance(term: Term, context: Context) -> Test:
    wanted = _pattern(term.value)
    return lambda record: wanted(record.provenance.kind if record.provenance else UNKNOWN)


def _model(term: Term, context: Context) -> Test:
    """The program or the file that made an image, as far as somebody knows."""
    wanted = _pattern(f"*{term.value}*")
    return lambda record: record.provenance is not None and any(
        wanted(folded(word)) for word in (record.provenance.model, record.provenance.generator))


def _lint(term: Term, context: Context) -> Test:
    wanted = _pattern(term.value)
    hit = {image for image, rules in context.findings.items() if any(wanted(rule.casefold()) for rule in rules)}
    return lambda record: record.id in hit


def _trait(sight: str) -> Maker:
    def made(term: Term, context: Context) -> Test:
        wanted = _pattern(term.value)
        return lambda record: any(seen == sight and wanted(folded(tag)) for tag, seen in record.traits.items())

    return made


def _number(value: Callable[[Record], float]) -> Maker:
    def made(term: Term, context: Context) -> Test:
        compare, limit = _SIGNS[term.sign], _limit(term)
        return lambda record: compare(value(record), limit)

    return made


def _one_of(states: Mapping[str, Test]) -> Maker:
    def made(term: Term, context: Context) -> Test:
        wanted = _pattern(term.value)
        tests = [test for word, test in states.items() if wanted(word)]
        return lambda record: any(test(record) for test in tests)

    return made


_WHAT: Mapping[str, Test] = {
    "caption": lambda record: bool(record.caption), "tags": lambda record: bool(record.tags),
    "sentences": lambda record: bool(record.sentences), "labels": lambda record: any(known(record.labels)),
    "stars": lambda record: record.stars > 0, "boxes": lambda record: bool(record.boxes),
    "figures": lambda record: bool(record.figures), "provenance": lambda record: record.provenance is not None,
}  # fmt: skip
_STATES: Mapping[str, Test] = {
    REJECTED: lambda record: record.rejected,
    GUESSED: lambda record: any(label.origin == "guess" for name in LABEL_FIELDS for label in _labels(record, name)),
    "pair": lambda record: len(record.image.characters) > 1,
}  # fmt: skip

FIELDS: Mapping[str, Field] = {
    "tag": Field(said("a tag of the caption"), _tag),
    TEXT: Field(said("any text of the caption"), _text),
    "sentence": Field(said("a text within the sentences"), _sentence),
    "character": Field(said("whom it shows"), _character),
    "name": Field(said("the name of the file"), _name),
    **{name: Field(said("the label {name}", name=name), _label(name),
                   (*CLOSED.get(name, ()), UNKNOWN, GUESSED, CONFIRMED), is_closed=name in CLOSED)
       for name in LABEL_FIELDS},
    "trait": Field(said("a trait that can be seen"), _trait("visible")),
    "hidden": Field(said("a trait that cannot be seen"), _trait("hidden")),
    "provenance": Field(said("where it comes from"), _provenance, PROVENANCES, is_closed=True),
    "model": Field(said("what made it"), _model),
    "lint": Field(said("a rule that speaks of it"), _lint),
    "has": Field(said("that there is something"), _one_of(_WHAT), tuple(_WHAT), is_closed=True),
    STATE: Field(said("its state"), _one_of(_STATES), tuple(_STATES), is_closed=True),
    "stars": Field(said("its stars"), _number(lambda record: record.stars), is_number=True),
    "short": Field(said("the shorter side, in pixels"), _number(lambda record: min(_sides(record))), is_number=True),
    "long": Field(said("the longer side, in pixels"), _number(lambda record: max(_sides(record))), is_number=True),
    "size": Field(said("the side of a square of its area, in pixels"),
                  _number(lambda record: math.sqrt(math.prod(_sides(record)))), is_number=True),
    "width": Field(said("the width in pixels"), _number(lambda record: record.image.width), is_number=True),
    "height": Field(said("the height in pixels"), _number(lambda record: record.image.height), is_number=True),
    "repeats": Field(said("how often an epoch shows it"), _number(lambda record: record.repeats), is_number=True),
    "tags": Field(said("how many tags it has"), _number(lambda record: len(record.tags)), is_number=True),
}  # fmt: skip


def _sides(record: Record) -> tuple[int, int]:
    return record.image.width, record.image.height


def _labels(record: Record, name: str) -> Iterable[Label]:
    """What is known of one field, of the image and of each figure in it."""
    shown = (record.labels, *(figure.labels for figure in record.figures.values()))
    return [label for labels in shown if (label := getattr(labels, name))]


def _limit(term: Term) -> float:
    try:
        limit = float(term.value)
    except ValueError:
        limit = math.nan
    if not math.isfinite(limit):
        remedy = f"Write for example {term.field}<768." if term.field != "tags" else f"Write tag:{term.value}."
        raise UserError(f"'{term.field}' is a number, which '{term.value}' is not", remedy)
    return limit


def _wild(value: str) -> bool:
    return "*" in value or "?" in value


def _pattern(value: str) -> Callable[[str], bool]:
    """Whether a whole text is as this value has it, in which * and ? are open."""
    name = _plain(value)
    if not _wild(name):
        return name.__eq__
    inner = name[1:-1]
    if len(name) > 2 and name[0] == name[-1] == "*" and not _wild(inner):
        return lambda text: inner in text
    expression = re.compile(fnmatch.translate(name.replace("[", "[[]")))
    return lambda text: expression.match(text) is not None


@lru_cache(maxsize=50_000)
def _plain(text: str) -> str:
    """Filters ask for the same captions again with each key that is pressed."""
    return folded(text)


@lru_cache(maxsize=50_000)
def _folded_tags(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, tags))
