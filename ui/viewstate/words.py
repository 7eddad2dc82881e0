"""How does the window call labels and their words, and by which keys are they given?

The words themselves stay as captions have them, whatever the window's language; what explains them is translated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from studio.core.edits import TRAIT
from studio.core.labels import CLOSED, SUGGESTED, Label, known
from studio.core.record import SIGHTS, Record
from ui.i18n import tr, trn

FIELD_KEYS: Mapping[str, str] = {"framing": "F", "angle": "A", "camera": "C", "stance": "S", "pose": "P",
                                 "expression": "E", "outfit": "O"}  # fmt: skip
MOST_KEYS = 9

_SHORT = {"front view": "Front", "three-quarter view": "¾", "from side": "Side", "from behind": "Back"}


def field_name(field: str) -> str:
    """A label's name for people: "Framing", or the trait itself."""
    names = {"framing": tr("Framing"), "angle": tr("Angle"), "camera": tr("Camera"), "stance": tr("Stance"),
             "pose": tr("Pose"), "expression": tr("Expression"), "outfit": tr("Outfit")}
    return names.get(field, field.removeprefix(TRAIT))


def short(word: str) -> str:
    """A word for the head of a narrow column."""
    return _SHORT.get(word, word)


def words_of(field: str, records: Iterable[Record]) -> tuple[str, ...]:
    """The words to choose from: all of a closed label, of a free one the set's own first, then the usual ones."""
    if field.startswith(TRAIT):
        return SIGHTS
    if field in CLOSED:
        return CLOSED[field]
    used = Counter(label.value for record in records for name, label in _said(record) if name == field)
    own = [value for value, _ in used.most_common()]
    return tuple(dict.fromkeys((*own, *SUGGESTED[field])))


def explained(field: str, value: str) -> str:
    """What a word means, where people ask."""
    return {
        "portrait": tr("head and shoulders"), "upper body": tr("down to the waist"),
        "cowboy shot": tr("down to the thighs"), "full body": tr("from head to feet"),
        "three-quarter view": tr("turned halfway to a side"), "upright": tr("stands straight, arms at her sides"),
        "posed": tr("anything but a plain upright stand"), "level": tr("the camera at the height of her face"),
        "visible": tr("it can be seen in this picture"), "hidden": tr("it is there, but cannot be seen"),
    }.get(value, "")


def caption_state(record: Record) -> str:
    """What a caption is like: "12 tags · sentences"."""
    if not record.caption.strip():
        return tr("no caption")
    tags = trn("{n} tag", "{n} tags", len(record.tags))
    return f"{tags} · {tr('sentences')}" if record.sentences else tags


def _said(record: Record) -> Iterator[tuple[str, Label]]:
    yield from known(record.labels)
    for figure in record.figures.values():
        yield from known(figure.labels)
