"""Which picture is to be labelled next, and what does a key say of it?

A round goes through some pictures for one label at a time. An answer leads to the next picture that lacks one; a guess
lacks an answer too, until a hand confirms it. A picture of several characters is asked about once for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from studio.core.edits import AT, TRAIT, Value
from studio.core.labels import Label, checked_label
from studio.core.record import Figure, Record


@dataclass(frozen=True, slots=True)
class Subject:
    """One question's object: an image, or one character in an image of several."""

    image: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """The subjects in order, the label that is asked for, and the place of the one that is shown."""

    subjects: tuple[Subject, ...]
    field: str
    at: int = 0

    @property
    def subject(self) -> Subject:
        return self.subjects[self.at]

    def moved(self, by: int) -> Round:
        """So many further, or back; the ends stop it."""
        return replace(self, at=max(0, min(len(self.subjects) - 1, self.at + by)))


def begun(records: Iterable[Record], field: str, current: str = "") -> Round:
    """A round over these pictures, at the current one or, where none is named, at the first."""
    subjects = tuple(subject for record in records for subject in _subjects(record, field))
    at = next((place for place, each in enumerate(subjects) if each.image == current), 0)
    return Round(subjects, field, at)


def asked_for(round: Round, field: str, records: Sequence[Record]) -> Round:
    """The same pictures and another label; the picture that is shown stays."""
    subject = round.subject
    other = begun(records, field, subject.image)
    same = next((place for place, each in enumerate(other.subjects) if each == subject), other.at)
    return replace(other, at=same)


def next_open(round: Round, open_ones: Iterable[Subject]) -> Round | None:
    """At the next subject without an answer, from the first again after the last; None if there is none."""
    waiting = set(open_ones)
    count = len(round.subjects)
    order = [(round.at + step) % count for step in range(1, count + 1)]
    return next((replace(round, at=place) for place in order if round.subjects[place] in waiting), None)


def is_open(record: Record, subject: Subject, field: str) -> bool:
    """Whether no hand said a word about it."""
    if field.startswith(TRAIT):
        return field.removeprefix(TRAIT) not in record.traits
    label = label_of(record, subject, field)
    return label is None or label.origin == "guess"


def label_of(record: Record, subject: Subject, field: str) -> Label | None:
    """What is known of the subject; a trait's sight as a label too."""
    if field.startswith(TRAIT):
        sight = record.traits.get(field.removeprefix(TRAIT))
        return Label(sight) if sight else None
    labels = record.figures.get(subject.figure, Figure()).labels if subject.figure else record.labels
    return getattr(labels, field)


def stored_field(subject: Subject, field: str) -> str:
    """The field of the edit that answers: "angle", or "angle@Suzu"."""
    return f"{field}{AT}{subject.figure}" if subject.figure and not field.startswith(TRAIT) else field


def stored_value(field: str, word: str) -> Value:
    """What the edit sets: a label by a hand, a trait's sight, or None for a word that was taken back."""
    if not word:
        return None
    return word if field.startswith(TRAIT) else checked_label(field, word)


def subjects_of(records: Iterable[Record], field: str) -> tuple[Subject, ...]:
    """Whatever can be asked about in these pictures."""
    return tuple(subject for record in records for subject in _subjects(record, field))


def _subjects(record: Record, field: str) -> Iterable[Subject]:
    names = record.image.characters
    if len(names) == 1 or field.startswith(TRAIT):
        return (Subject(record.id),)
    return (Subject(record.id, name) for name in names)
