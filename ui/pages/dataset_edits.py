"""What can be done to pictures on the data set page, each as one edit that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from studio.core.dataset import ImageItem
from studio.core.edits import BOX, PROVENANCE, REJECTED, STARS, TRAIT, Change, Edit, value_change
from studio.core.ledger import Ledger, Wanted, with_wanted, without_wanted
from studio.core.labels import LABEL_FIELDS
from studio.core.lint.finding import Finding, silencing
from studio.core.record import Box, Provenance, Record
from ui.i18n import tr, trn
from ui.session import Session
from ui.viewstate.labelling import Subject, label_of, stored_field, stored_value, subjects_of
from ui.viewstate.words import field_name


def rate(session: Session, ids: Sequence[str], stars: int) -> Edit | None:
    """Gives stars, or takes them away with 0."""
    what = trn("{stars} stars for {n} picture", "{stars} stars for {n} pictures", len(ids), stars=stars)
    return session.edit(lambda desk: desk.set(what, STARS, dict.fromkeys(ids, stars)))


def reject(session: Session, records: Sequence[Record]) -> Edit | None:
    """Rejects pictures, or takes them back where all of them are rejected."""
    is_wanted = not all(record.rejected for record in records)
    what = trn("{n} picture rejected", "{n} pictures rejected", len(records)) if is_wanted else \
        trn("{n} picture taken back", "{n} pictures taken back", len(records))
    return session.edit(lambda desk: desk.set(what, REJECTED, {record.id: is_wanted for record in records}))


def throw_away(session: Session, images: Sequence[ImageItem]) -> None:
    """Moves pictures to the project's trash and says how to get them back."""
    what = trn("{n} picture moved to the trash", "{n} pictures moved to the trash", len(images))
    if session.edit(lambda desk: desk.trash(what, images)):
        session.say(what, undo=True)


def label(session: Session, subjects: Sequence[Subject], field: str, word: str) -> Edit | None:
    """Gives a label, or a trait's sight, to images or figures; an empty word makes it unknown again."""
    name = field_name(field)
    what = trn("{name} of {n} picture: {word}", "{name} of {n} pictures: {word}", len(subjects), name=name,
               word=word or tr("unknown"))
    return _label_each(session, what, field, {subject: word for subject in subjects})


def confirm(session: Session, records: Sequence[Record], fields: Iterable[str] = LABEL_FIELDS) -> Edit | None:
    """Agrees to the guesses of these pictures."""
    what = trn("Labels of {n} picture confirmed", "Labels of {n} pictures confirmed", len(records))
    return _apply(session, what, lambda: [
        value_change(session.desk.state, subject.image, stored_field(subject, field), stored_value(field, said.value))
        for record in records for field in fields for subject in subjects_of([record], field)
        if (said := label_of(record, subject, field)) and said.origin == "guess"])


def place_box(session: Session, record: Record, tag: str, box: Box, alike: Iterable[Record]) -> Edit | None:
    """Boxes a trait, which is thereby visible; near-duplicates without a box of it get a guess."""
    state = session.desk.state
    changes = [value_change(state, record.id, BOX + tag, box), value_change(state, record.id, TRAIT + tag, "visible")]
    guess = Box(box.left, box.top, box.right, box.bottom, "guess")
    changes += [value_change(state, each.id, BOX + tag, guess) for each in alike if tag not in each.boxes]
    return _apply(session, tr("{tag} boxed in {name}", tag=tag, name=record.image.path.name), lambda: changes)


def remove_box(session: Session, record: Record, tag: str) -> Edit | None:
    what = tr("Box of {tag} removed in {name}", tag=tag, name=record.image.path.name)
    return session.edit(lambda desk: desk.set(what, BOX + tag, {record.id: None}))


def say_where_from(session: Session, records: Sequence[Record], kind: str) -> Edit | None:
    """Sets the provenance by hand; what the metadata said of generator and model stays."""
    def said(record: Record) -> Provenance:
        known = record.provenance or Provenance()
        return Provenance(kind, known.generator, known.model, tr("Said by hand"), "hand")

    what = trn("Provenance of {n} picture: {kind}", "Provenance of {n} pictures: {kind}", len(records), kind=kind)
    return session.edit(lambda desk: desk.set(what, PROVENANCE, {record.id: said(record) for record in records}))


def silence(session: Session, finding: Finding) -> None:
    """"I mean it so": the rule no longer speaks of these pictures."""
    what = tr("{rule} is meant to be so", rule=finding.rule)
    if _apply(session, what, lambda: silencing(finding, session.desk.state)):
        session.say(what, undo=True)


def toggle_wanted(session: Session, ledger: Ledger, words: Sequence[Wanted]) -> None:
    """Wants these words of a character, or no longer if all of them are wanted."""
    change = without_wanted if set(words) <= set(ledger.wanted) else with_wanted
    for word in words:
        ledger = change(ledger, word)
    session.attempt(lambda: session.write_ledger(ledger))


def _label_each(session: Session, what: str, field: str, words: Mapping[Subject, str]) -> Edit | None:
    return _apply(session, what, lambda: [
        value_change(session.desk.state, subject.image, stored_field(subject, field), stored_value(field, word))
        for subject, word in words.items()])


def _apply(session: Session, what: str, changes: Callable[[], Sequence[Change]]) -> Edit | None:
    return session.edit(lambda desk: desk.apply(what, changes()))
