"""Which labels does a tagger's look at an image suggest, where no hand has said anything?"""

from collections.abc import Iterable, Mapping

from studio.core.dataset import ImageItem
from studio.core.edits import Change, State, value_change
from studio.core.labels import LABEL_FIELDS, Labels, known
from studio.core.record import Record
from studio.core.tag_table import PICTURE_FIELDS, labels_of


def guessed(image: ImageItem, tags: Iterable[str]) -> Labels:
    """What the tags decide. Where several characters are shown, only what holds for the picture as a whole."""
    labels = labels_of(tags)
    if len(image.characters) == 1:
        return labels
    return Labels(**{field: label for field, label in known(labels) if field in PICTURE_FIELDS})


def guess_changes(state: State, record: Record, labels: Labels, cleared: Mapping[str, frozenset[str]]) -> list[Change]:
    """What of these guesses says something new of an image; a hand's label stays, and so does a hand's "unknown"."""
    there = dict(known(record.labels))
    decided = cleared.get(record.id, frozenset()) | {name for name, label in there.items() if label.origin == "hand"}
    return [value_change(state, record.id, field, label) for field, label in known(labels)
            if field not in decided and there.get(field) != label]


def cleared_by_hand(state: State) -> dict[str, frozenset[str]]:
    """The fields, by image, of which a hand said last that nobody knows."""
    last: dict[tuple[str, str], bool] = {}
    for edit in state.done:
        for change in edit.changes:
            if change.field in LABEL_FIELDS:
                last[change.image, change.field] = edit.by == "hand" and change.after is None
    cleared: dict[str, set[str]] = {}
    for (image, field), is_cleared in last.items():
        if is_cleared:
            cleared.setdefault(image, set()).add(field)
    return {image: frozenset(fields) for image, fields in cleared.items()}
