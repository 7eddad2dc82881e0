"""Which picture comes next, and what an answer is."""

from pathlib import Path

import pytest

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.labels import Label, Labels
from studio.core.record import Figure, Record
from ui.viewstate.labelling import Subject, asked_for, begun, is_open, label_of, next_open, stored_field, stored_value


def record(id: str, *who: str, **labels: Label) -> Record:
    return Record(ImageItem(id, Path(f"images/Mira/{id}.png"), 10, 10, who or ("Mira",)), Labels(**labels))


def open_ones(records: list[Record], round) -> list[Subject]:
    by_id = {each.id: each for each in records}
    return [each for each in round.subjects if is_open(by_id[each.image], each, round.field)]


def test_an_answer_leads_to_the_next_picture_that_lacks_one_and_round_the_end() -> None:
    records = [record("a"), record("b", stance=Label("posed")), record("c", stance=Label("posed", "guess")),
               record("d")]
    first = begun(records, "stance")
    second = next_open(first, open_ones(records, first))
    assert second.subject.image == "c", "a guess waits for an answer too"
    last = begun(records, "stance", "d")
    assert next_open(last, open_ones(records, last)).subject.image == "a"


def test_there_is_no_next_one_when_all_have_an_answer() -> None:
    records = [record("a", pose=Label("sitting")), record("b", pose=Label("lying"))]
    assert next_open(begun(records, "pose"), open_ones(records, begun(records, "pose"))) is None


def test_a_picture_of_two_is_asked_about_once_for_each() -> None:
    pair = Record(ImageItem("p", Path("images/both/p.png"), 10, 10, ("Mira", "Suzu")),
                  figures={"Suzu": Figure(labels=Labels(angle=Label("from side")))})
    round = begun([pair], "angle")
    assert [each.figure for each in round.subjects] == ["Mira", "Suzu"]
    assert label_of(pair, round.subjects[1], "angle").value == "from side"
    assert is_open(pair, round.subjects[0], "angle") and not is_open(pair, round.subjects[1], "angle")
    assert stored_field(round.subjects[1], "angle") == "angle@Suzu"


def test_another_label_keeps_the_picture() -> None:
    records = [record(name) for name in "abc"]
    assert asked_for(begun(records, "angle", "b"), "pose", records).subject.image == "b"


def test_a_trait_is_answered_like_a_label() -> None:
    said = record("a")
    assert is_open(said, Subject("a"), "trait:ribbon")
    assert stored_value("trait:ribbon", "hidden") == "hidden" and stored_value("stance", "posed") == Label("posed")


def test_a_word_that_the_label_does_not_have_is_refused() -> None:
    with pytest.raises(UserError, match="stance"):
        stored_value("stance", "sideways")
