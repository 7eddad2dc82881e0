"""The target of a prompt is the picture of the set that is nearest to what it asks for."""

from pathlib import Path

import pytest

from studio.core.dataset import ImageItem
from studio.core.labels import Label, Labels
from studio.core.project import Character
from studio.core.record import Record
from studio.core.reference import asked_for, distance, nearest, shown_in, telling_words

MIRA, SUZU = Character("Mira", "miravelo"), Character("Suzu", "suzuhana")


def record(id: str, caption: str = "", characters: tuple[str, ...] = ("Mira",), **facts) -> Record:
    return Record(ImageItem(id, Path(f"images/{id}.png"), 832, 1216, characters, caption), **facts)


def labelled(id: str, framing: str, angle: str, expression: str = "neutral", **facts) -> Record:
    return record(id, labels=Labels(framing=Label(framing), angle=Label(angle), expression=Label(expression)), **facts)


PROMPT = "masterpiece, 1girl, miravelo, smile, upper body, front view, white background"


def test_framing_counts_before_the_angle_and_the_angle_before_the_expression() -> None:
    far = labelled("a", "full body", "front view", "smile")
    turned = labelled("b", "upper body", "from side", "smile")
    calm = labelled("c", "upper body", "front view", "neutral")
    exact = labelled("d", "upper body", "front view", "smile")
    assert [nearest(PROMPT, some).id for some in ([far, turned], [far, turned, calm], [far, turned, calm, exact])] == [
        "b", "c", "d"]
    assert distance(asked_for(PROMPT), shown_in(exact)) < distance(asked_for(PROMPT), shown_in(calm))


def test_a_neighbouring_framing_is_nearer_than_a_distant_one() -> None:
    assert nearest(PROMPT, [labelled("a", "full body", "front view"), labelled("b", "cowboy shot", "front view")]).id == "b"


def test_where_nobody_labelled_the_caption_is_asked() -> None:
    told, silent = record("b", "1girl, miravelo, upper body, front view, smile"), record("a", "1girl, miravelo")
    assert nearest(PROMPT, [silent, told]).id == "b"


def test_what_is_unknown_is_nearer_than_what_is_wrong() -> None:
    wrong, unknown = labelled("a", "full body", "from behind"), record("b")
    assert nearest(PROMPT, [wrong, unknown]).id == "b"


def test_only_pictures_of_whom_the_prompt_calls_count() -> None:
    other = labelled("a", "upper body", "front view", "smile", characters=("Suzu",))
    both = labelled("b", "upper body", "front view", "smile", characters=("Mira", "Suzu"))
    own = labelled("c", "full body", "from behind")
    assert nearest(PROMPT, [other, both, own], (MIRA, SUZU)).id == "c"
    assert nearest("2girls, miravelo, suzuhana, upper body", [other, both, own], (MIRA, SUZU)).id == "b"


def test_of_equally_near_ones_that_with_more_stars_is_taken_and_rejected_ones_never() -> None:
    plain, starred = labelled("a", "upper body", "front view"), labelled("b", "upper body", "front view", stars=3)
    gone = labelled("c", "upper body", "front view", "smile", rejected=True)
    assert nearest(PROMPT, [plain, starred, gone]).id == "b" and nearest(PROMPT, [gone]) is None


@pytest.mark.parametrize("prompts, words", [
    (("masterpiece, 1girl, mira, smile, upper body", "masterpiece, 1girl, mira, smile, full body"),
     ("upper body", "full body")),
    (("masterpiece, 1girl, mira, smile",), ("mira, smile",)),
    (("1girl, mira. She waves.", "1girl, mira. She runs."), ("She waves.", "She runs.")),
])
def test_prompts_are_told_apart_by_what_only_they_have(prompts: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert tuple(telling_words(prompts).values()) == words
