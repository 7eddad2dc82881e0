"""C01, C02, C20, D18: whom captions call."""

from dataclasses import replace

from tests.core.lint.sets import found, image, mended, names, one, subject

from studio.core.lint.calls import order_of
from studio.core.record import Box, Figure

RIGHT = image("right", "smile")


def boxed(record, **left_to_right):
    """The record with a box for each figure: its left end by name."""
    figures = {name: Figure(Box(left, 0.1, left + 0.3, 0.9)) for name, left in left_to_right.items()}
    return replace(record, figures=figures)


def test_a_caption_without_its_trigger_is_an_error_mended_by_one_click():
    looked_at = subject(image("silent", caption="safe, 1girl, smile. She waits. It rains."), RIGHT)
    finding = one("C01", looked_at)
    assert (names(finding), finding.severity) == (["silent"], "error")
    after = mended(looked_at, finding)
    assert after.records[0].caption == "safe, 1girl, mira, smile. She waits. It rains." and found("C01", after) == ()


def test_a_trigger_in_a_sentence_calls_too_and_a_longer_word_does_not():
    assert found("C01", subject(image("said", caption="1girl. Mira waits for the bus."))) == ()
    assert found("C01", subject(image("no", caption="1girl, miracle.")))


def test_the_trigger_of_another_is_taken_out():
    looked_at = subject(image("wrong", "suzu", "smile"), RIGHT, image("hers", who="Suzu"))
    finding = one("C02", looked_at)
    assert (names(finding), finding.severity) == (["wrong"], "error")
    after = mended(looked_at, finding)
    assert after.records[0].tags[-2:] == ("mira", "smile") and found("C02", after) == ()


def test_a_caption_of_two_lacks_what_would_keep_them_apart():
    bare = image("bare", who="Mira+Suzu", caption="safe, 1girl, mira, smile. It rains.")
    looked_at = subject(boxed(bare, Suzu=0.0, Mira=0.5), image("well", who="Mira+Suzu", says="Mira is on the left."))
    finding = one("C20", looked_at)
    assert names(finding) == ["bare"]
    assert finding.message.startswith("1 caption lacks a trigger, the head count and who stands where")
    after = mended(looked_at, finding)
    assert after.records[0].caption == (
        "safe, 2girls, mira, suzu, smile. There are two girls, suzu on the left and mira on the right. It rains.")
    assert found("C20", after) == ()


def test_without_boxes_nobody_knows_who_stands_where():
    looked_at = subject(image("bare", who="Mira+Suzu", caption="safe, 2girls, mira. It rains."))
    after = mended(looked_at, one("C20", looked_at))
    assert after.records[0].caption == "safe, 2girls, mira, suzu. It rains."
    assert "lacks who stands where" in one("C20", after).message


def test_a_girl_and_a_boy_are_counted_as_they_are():
    pair = image("pair", who="Mira+Suzu", caption="1girl, 1boy, mira, suzu. Mira is on the left.")
    assert found("C20", subject(pair)) == ()


def test_the_order_is_told_by_boxes_before_sentences():
    said = image("pair", who="Mira+Suzu", says="Suzu is on the left. It rains.")
    looked_at = subject(said)
    assert order_of(said, looked_at) == ("Suzu", "Mira")
    assert order_of(boxed(said, Mira=0.1, Suzu=0.6), looked_at) == ("Mira", "Suzu")
    assert order_of(boxed(said, Mira=0.1), looked_at) == ("Suzu", "Mira")
    assert order_of(image("pair", who="Mira+Suzu", says="It rains."), looked_at) == ()


def test_an_image_without_a_caption_is_an_error_of_its_own_only():
    looked_at = subject(image("none", caption=""), image("blank", caption=" \n"), RIGHT)
    finding = one("D18", looked_at)
    assert names(finding) == ["none", "blank"] and finding.severity == "error"
    assert finding.message == "2 images have no caption: write one, or let a tagger do it."
    assert found("C01", looked_at) == found("C03", looked_at) == ()
