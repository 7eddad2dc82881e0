from pathlib import Path

import pytest

from studio.core.batch import KINDS, Cast, Wish, head_count, wished
from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.ledger import Ledger, Trait
from studio.core.project import Character, Project

PROJECT = Project("both", (Character("Mira", "miravelo"), Character("Suzu", "suzunne")))
LEDGERS = (Ledger("Mira", (Trait("blue eyes", "absorb"),)), Ledger("Suzu", (Trait("hat", "forbid"),)))
CAST = Cast(PROJECT, LEDGERS, "1girl")


def image(name: str, caption: str | None, *characters: str) -> ImageItem:
    return ImageItem(name, Path(f"images/{name}.png"), 8, 8, characters or ("Mira",), caption)


ONE, TWO = image("a", "1girl, miravelo, smile, blue eyes. She waits."), image("b", "1girl, miravelo, frown, blue hair")


def after(wish: Wish, *images: ImageItem, cast: Cast = CAST) -> dict[str, str]:
    return {each.image.id: each.after for each in wished(wish, images or (ONE, TWO), cast)}


def test_only_captions_that_would_change_are_told() -> None:
    assert after(Wish("remove", "Smile")) == {"a": "1girl, miravelo, blue eyes. She waits."}


def test_tags_are_added_where_they_are_wanted() -> None:
    assert after(Wish("add", "hat", where="after trigger"), TWO) == {"b": "1girl, miravelo, hat, frown, blue hair"}


def test_a_group_stands_for_all_its_tags() -> None:
    assert after(Wish("remove", groups=("face",))) == {
        "a": "1girl, miravelo. She waits.", "b": "1girl, miravelo, blue hair"}
    assert after(Wish("move", groups=("hair",), where="after trigger"), TWO) == {
        "b": "1girl, miravelo, blue hair, frown"}


def test_a_pattern_may_use_its_groups() -> None:
    assert after(Wish("replace", r"(\w+) eyes", r"\1 eye", pattern=True)) == {"a": ONE.caption.replace("eyes", "eye")}


@pytest.mark.parametrize("wish", [
    Wish("add"), Wish("remove", " "), Wish("rename", "smile"), Wish("rename", "smile, frown", "grin"),
    Wish("replace", "[", "", pattern=True), Wish("replace", ""),
])
def test_a_wish_that_means_nothing_says_what_it_lacks(wish: Wish) -> None:
    with pytest.raises(UserError):
        after(wish)


def test_a_plain_text_may_be_what_would_be_a_bad_pattern() -> None:
    assert after(Wish("replace", "(")) == {}


def test_each_image_follows_the_ledgers_of_those_whom_it_shows() -> None:
    both = image("c", "hat, blue eyes, smile", "Mira", "Suzu")
    alone = image("d", "hat, blue eyes, smile", "Suzu")
    opening = "masterpiece, best quality, safe, 1girl"
    assert after(Wish("ledger", profile="plain"), both, alone) == {
        "c": f"{opening}, miravelo, suzunne, smile", "d": f"{opening}, suzunne, blue eyes, smile"}


def test_a_caption_that_is_as_the_ledger_wants_keeps_its_letters() -> None:
    settled = image("e", "newest, safe,  1girl,miravelo, smile")
    assert after(Wish("ledger", profile="newest"), settled) == {}


def test_quality_can_be_set_without_touching_anything_else() -> None:
    assert after(Wish("quality", profile="newest"), TWO) == {"b": f"newest, safe, {TWO.caption}"}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_done_twice_changes_nothing_the_second_time(kind: str) -> None:
    wish = Wish(kind, "smile", "grin")
    done = tuple(image(id, text) for id, text in after(wish).items())
    assert after(wish, *done) == {}


def test_the_commonest_head_count_of_the_set_is_taken() -> None:
    assert head_count(["smile", "1boy", "1girl"]) == "1boy"
    assert head_count(["smile"]) == "1girl"
