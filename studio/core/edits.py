"""What was done to a project's images and captions, in order, and what of it is there to be undone?

An edit is one thing a person sees as one: "Replace smile by grin in 214 captions". It holds a change for each image,
with the value before and after, so it can be carried out after a crash and undone after a restart. Nothing is ever
taken back out of the list: undoing is an edit that names the one it undoes, and redoing one that names the undoing.
`State` is the fold of the list.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from studio.core.dataset import ImageItem
from studio.core.labels import LABEL_FIELDS, Label, Labels
from studio.core.ledger import Ledger, to_toml
from studio.core.record import Box, Figure, Provenance, Record

Json = bool | int | float | str | list | dict | None
By = Literal["hand", "tagger", "rule", "outside"]
Value = Label | Box | Provenance | int | bool | str | None

CAPTION, PLACE, STARS, REJECTED, PROVENANCE = "caption", "place", "stars", "rejected", "provenance"
SIDECARS = (".txt", ".caption")  # the endings of caption files, in order of preference
TRAIT, BOX, FIGURE, SILENCED, AT, LEDGER = "trait:", "box:", "figure:", "silenced:", "@", "ledger:"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one image, before and after; None is "nobody said", or "there is no such file".

    "ledger:<character>" is of no image: its values are all that stands in `file`, as those of "caption" are.

    Fields: a label ("angle", or "angle@Suzu" for one figure), "provenance", "stars", "rejected", "trait:<tag>",
    "box:<tag>", "figure:<character>", "silenced:<rule>", "place" (the path of the image), and "caption", whose values
    are all that stands in `file`, byte for byte as `content_of` makes it. Paths are relative to the project.
    """

    image: str
    field: str
    before: Json
    after: Json
    file: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes that are done and undone together. `what` is a person's sentence without its stop."""

    id: int
    time: float
    what: str
    by: By
    changes: tuple[Change, ...]
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The files of every edit up to this one are safely on the disk."""

    id: int


@dataclass(frozen=True, slots=True)
class State:
    """What the edits come to.

    `values` are the fields of each image, `files` what each caption file that was ever edited should hold, `rewrites`
    the caption changes of each image that are in effect. `done` can be undone and `undone` be redone, last first.
    """

    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    files: Mapping[str, str | None] = field(default_factory=dict)
    rewrites: Mapping[str, tuple[tuple[Edit, Change], ...]] = field(default_factory=dict)
    done: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()
    unsettled: tuple[Edit, ...] = ()
    last: int = 0


def fold(lines: Iterable[Edit | Settled], state: State = State()) -> State:
    """The state after these too."""
    folding = _Folding(state)
    for line in lines:
        folding.add(line)
    return folding.state()


def value_change(state: State, image: str, field: str, value: Value) -> Change:
    """The change that gives a field of an image a value; None makes it unknown again.

    Raises ValueError for a label that is none: what is written once is read at every opening.
    """
    if field.partition("@")[0] in LABEL_FIELDS and not isinstance(value, Label | None):
        raise ValueError(f"{value!r} is no label for {field}")
    after = asdict(value) if isinstance(value, (Label, Box, Provenance)) else value
    return Change(image, field, state.values.get(image, {}).get(field), after)


def ledger_change(ledger: Ledger, file: str) -> Change:
    """The change that writes a ledger to its file, whatever that holds by then."""
    return Change("", LEDGER + ledger.character, None, to_toml(ledger), file)


def ledgers_in(edit: Edit) -> tuple[str, ...]:
    """The characters whose ledgers an edit changed."""
    return tuple(each.field.removeprefix(LEDGER) for each in edit.changes if each.field.startswith(LEDGER))


def recorded(image: ImageItem, state: State, repeats: int = 1) -> Record:
    """The image with what was said of it."""
    if image.id not in state.values:  # nothing so far, as of most images of a large set
        return Record(image, repeats=repeats)
    values = {field: value for field, value in state.values.get(image.id, {}).items() if value is not None}
    provenance = values.get(PROVENANCE)
    return Record(
        image, _labels(values), Provenance(**provenance) if provenance else None,
        int(values.get(STARS, 0)), bool(values.get(REJECTED, False)), _below(values, TRAIT),
        {tag: _box(box) for tag, box in _below(values, BOX).items()}, _figures(values),
        frozenset(rule for rule, is_silent in _below(values, SILENCED).items() if is_silent), repeats,
    )  # fmt: skip


def inverse(change: Change) -> Change:
    """What takes a change back."""
    return replace(change, before=change.after, after=change.before)


def to_json(line: Edit | Settled) -> str:
    """One line of JSON without its line end; changes are lists, since there may be ten thousand of them."""
    if isinstance(line, Settled):
        return json.dumps({"settled": line.id})
    facts = {"id": line.id, "time": line.time, "what": line.what, "by": line.by, "undoes": line.undoes}
    changes = [[each.image, each.field, each.before, each.after, each.file] for each in line.changes]
    return json.dumps(facts | {"changes": changes}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_json(text: str) -> Edit | Settled:
    """The edit of that line. Raises ValueError, TypeError or KeyError for anything else."""
    facts = json.loads(text)
    if "settled" in facts:
        return Settled(int(facts["settled"]))
    return Edit(**facts | {"changes": tuple(Change(*each) for each in facts["changes"])})


class _Folding:
    """Copies a state once and adds to the copy, so that ten thousand edits take no ten thousand copies."""

    def __init__(self, state: State) -> None:
        self._values, self._files, self._rewrites = dict(state.values), dict(state.files), dict(state.rewrites)
        self._done, self._undone = [*state.done], [*state.undone]
        self._unsettled, self._last = [*state.unsettled], state.last

    def add(self, line: Edit | Settled) -> None:
        if isinstance(line, Settled):
            self._unsettled = [edit for edit in self._unsettled if edit.id > line.id]
            return
        self._last = line.id
        self._unsettled.append(line)
        for change in line.changes:
            self._lay_down(change)
        self._stack(line)

    def state(self) -> State:
        return State(self._values, self._files, self._rewrites, tuple(self._done), tuple(self._undone),
                     tuple(self._unsettled), self._last)

    def _lay_down(self, change: Change) -> None:
        if change.field == CAPTION:
            self._files[change.file] = change.after
        elif change.field == PLACE:
            self._move(str(change.before), str(change.after))
        elif not change.field.startswith(LEDGER):
            self._values[change.image] = {**self._values.get(change.image, {}), change.field: change.after}

    def _move(self, before: str, after: str) -> None:
        """The captions of an image go where it goes."""
        for ending in SIDECARS:
            if stem(before) + ending in self._files:
                self._files[stem(after) + ending] = self._files.pop(stem(before) + ending)

    def _stack(self, edit: Edit) -> None:
        """What was done, undone or redone; a new edit of one's own leaves nothing to redo."""
        undone = _taken(self._done, edit.undoes)
        if undone:
            self._undone.append(edit)
            self._forget(undone)
            return
        if not _taken(self._undone, edit.undoes) and edit.by != "outside":
            self._undone.clear()
        self._done.append(edit)
        self._remember(edit)

    def _remember(self, edit: Edit) -> None:
        for change in edit.changes:
            if change.field == CAPTION:
                self._rewrites[change.image] = (*self._rewrites.get(change.image, ()), (edit, change))

    def _forget(self, edit: Edit) -> None:
        for image in {change.image for change in edit.changes if change.field == CAPTION}:
            self._rewrites[image] = tuple(each for each in self._rewrites[image] if each[0].id != edit.id)


def stem(path: str) -> str:
    """A path without the ending of its name: what an image and its captions share."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


def _taken(edits: list[Edit], id: int | None) -> Edit | None:
    """Takes an edit out of a stack; most often the topmost."""
    for place in range(len(edits) - 1, -1, -1):
        if edits[place].id == id:
            return edits.pop(place)
    return None


def _labels(values: Mapping[str, Json], figure: str = "") -> Labels:
    said = {name: values.get(f"{name}{figure}") for name in LABEL_FIELDS}
    return Labels(**{name: Label(**value) for name, value in said.items() if value is not None})


def _below(values: Mapping[str, Json], prefix: str) -> dict[str, Json]:
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}


def _figures(values: Mapping[str, Json]) -> dict[str, Figure]:
    boxes = _below(values, FIGURE)
    named = {name.partition(AT)[2] for name in values if name.partition(AT)[0] in LABEL_FIELDS and AT in name}
    return {name: Figure(_box(boxes.get(name)), _labels(values, AT + name)) for name in sorted(named | set(boxes))}


def _box(value: Json) -> Box | None:
    return Box(**value) if value is not None else None
