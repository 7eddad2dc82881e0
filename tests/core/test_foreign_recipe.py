"""Recipes in another trainer's words: nothing gets lost without a line."""

import pytest

from studio.core.errors import UserError
from studio.core.foreign_recipe import (
    Dialect,
    Roughly,
    Unfit,
    Word,
    among,
    imported,
    said,
    spelled_out,
    translated,
    with_placeholder,
    written_as,
)
from studio.core.recipe import Recipe


def halved(rank: int) -> Roughly:
    return Roughly(rank // 2, "Half of it.")


def refused(value: object) -> object:
    raise Unfit("It has no place.")


DIALECT = Dialect(
    "Trainer",
    words=(Word("dim", "rank"), Word("half", "rank", halved), Word("speed", "learning_rate"),
           Word("kind", "adapter", among({"plain": "lora"}, "Unknown kind."),
                written_as({"lora": "plain"}, "No word.")),
           Word("never", "seed", refused, refused), Word("prompts", "preview_prompts")),
    assumed={"rank": 4, "clip": 0.0},
    always={"cache": True},
    reasons={"folder": "Elsewhere."},
)  # fmt: skip


def test_a_key_becomes_its_setting_and_the_rest_is_assumed() -> None:
    found = imported(DIALECT, {"speed": 1e-4, "kind": "PLAIN"})
    assert (found.recipe.rank, found.recipe.learning_rate, found.recipe.adapter) == (4, 1e-4, "lora")
    assert found.assumed == (("rank", 4), ("clip", 0.0))


def test_each_key_has_a_line() -> None:
    table = {"dim": 8, "never": 1, "folder": "x", "new": 2, "kind": "odd", "speed": None, "cache": True}
    found = imported(DIALECT, table)
    assert [line.key for line in found.carried] == ["dim", "cache"]
    assert {line.key: line.why for line in found.left_out} == {
        "never": "It has no place.", "folder": "Elsewhere.", "new": "The studio does not know this key of Trainer.",
        "kind": "Unknown kind.", "speed": "It is empty."}


def test_what_is_only_nearly_the_same_says_so() -> None:
    found = imported(DIALECT, {"half": 16})
    assert found.recipe.rank == 8 and found.carried[0].note == "Half of it."


def test_what_is_always_so_here_must_be_so_there() -> None:
    assert "in any case" in imported(DIALECT, {"cache": False}).left_out[0].why


@pytest.mark.parametrize("value", ["8", 8, 8.0])
def test_a_number_may_be_written_as_text(value: object) -> None:
    assert imported(DIALECT, {"dim": value}).recipe.rank == 8


@pytest.mark.parametrize("value", ["wide", [8], {"a": 1}, True, 8.5])
def test_another_type_is_refused_by_the_key(value: object) -> None:
    with pytest.raises(UserError, match="file: dim cannot be"):
        imported(DIALECT, {"dim": value}, "file")


def test_only_what_the_trainer_would_not_do_anyway_needs_a_line() -> None:
    told = translated(DIALECT, Recipe(rank=4, clip=0.0))
    assert {line.key for line in told.left_out} == {"seed"}
    assert told.table["dim"] == 4 and told.table["cache"] is True
    told = translated(DIALECT, Recipe(rank=4, clip=1.0, ema=0.9, adapter="dora"))
    assert {line.key: line.why for line in told.left_out} == {
        "seed": "It has no place.", "clip": "Trainer takes 0.0 in any case.", "ema": "Trainer has no such setting.",
        "adapter": "No word."}


def test_a_trigger_is_spelled_out_and_taken_back() -> None:
    recipe = Recipe(preview_prompts=("1girl, {trigger}",))
    there = spelled_out(recipe, "mira")
    assert there.preview_prompts == ("1girl, mira",) and with_placeholder(there, "mira") == recipe
    assert spelled_out(recipe, "") == recipe


def test_a_value_is_shown_in_one_short_line() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert len(said("x" * 500)) < 100 and said(endless) and said(10**5000) == "…"
