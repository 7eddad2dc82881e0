"""A few letters, and the tag that was meant."""

import random
import time

import pytest

from studio.core.completion import KnownTag, Suggestion, TagIndex, complete, own_tags

LIST = TagIndex((
    KnownTag("long_hair", 4_000), KnownTag("1girl", 6_000, aliases=("sole_female",)), KnownTag("hair_ribbon", 600),
    KnownTag("hairband", 470), KnownTag("black_hair", 1_500, aliases=("dark_hair",)), KnownTag("chair", 90),
    KnownTag("wlop", 40, "artist"), KnownTag("hatsune_miku", 106, "character", ("miku",)), KnownTag("^_^", 110),
    KnownTag("mika_(blue_archive)", 30, "character"), KnownTag("looking_at_viewer", 3_000, aliases=("/lav", "eye_contact")),
    KnownTag("original", 1_100, "copyright"), KnownTag("one_eye_closed", 430, aliases=("wink", "winking")),
))  # fmt: skip


def found(text: str, limit: int = 12) -> list[str]:
    return [each.tag for each in LIST.find(text, limit)]


def test_what_begins_so_comes_first_then_words_within_then_letters_within() -> None:
    assert found("hair") == ["hair ribbon", "hairband", "long hair", "black hair", "chair"]


def test_among_equals_the_more_popular_comes_first() -> None:
    assert found("l")[:2] == ["long hair", "looking at viewer"]


@pytest.mark.parametrize("typed", ["long_h", "long h", "LONG H", "Long  H"])
def test_underscores_spaces_and_case_are_the_same(typed: str) -> None:
    assert found(typed) == ["long hair"]


def test_an_alias_leads_to_its_tag_and_is_told() -> None:
    assert LIST.find("wink") == (Suggestion("one eye closed", 430, "general", "wink"),)
    assert LIST.find("/lav")[0].tag == "looking at viewer"


def test_a_tag_is_suggested_once_however_many_of_its_names_match() -> None:
    assert found("mik") == ["hatsune miku", "mika (blue archive)"]


def test_brackets_may_be_typed_as_in_a_prompt() -> None:
    assert found("mika \\(blue") == ["mika (blue archive)"]


def test_an_artist_is_suggested_with_the_mark_that_anima_wants() -> None:
    assert found("wlo") == ["@wlop"]


def test_nothing_typed_suggests_nothing_and_neither_do_letters_that_no_tag_has() -> None:
    assert found("") == found("   ") == found("zzz") == []


def test_no_more_is_suggested_than_asked_for() -> None:
    assert found("hair", limit=2) == ["hair ribbon", "hairband"]


def test_faces_keep_their_underscores() -> None:
    assert found("^_") == ["^_^"]


def test_the_sets_own_tags_come_first_whatever_their_fame() -> None:
    own = own_tags([("hair intakes", 70), ("blue hair", 3), ("long hair", 12)])
    assert [each.tag for each in complete("hair", own, LIST)] == [
        "hair intakes", "long hair", "blue hair", "hair ribbon", "hairband", "black hair", "chair"]
    assert [each.own for each in complete("hair", own, LIST)] == [True] * 3 + [False] * 4


def test_a_tag_of_both_is_suggested_once_with_the_sets_count() -> None:
    [suggestion] = complete("long", own_tags([("long_hair", 12)]), LIST)
    assert (suggestion.count, suggestion.own, suggestion.tag) == (12, True, "long hair")


def test_without_a_list_the_sets_own_tags_are_all_there_is() -> None:
    assert [each.tag for each in complete("h", own_tags([("hat", 1)]))] == ["hat"]


def test_an_at_looks_for_artists_only() -> None:
    listed = TagIndex((KnownTag("wlop", 40, "artist"), KnownTag("wlop_style", 900)))
    assert [each.tag for each in complete("@wl", own_tags([]), listed)] == ["@wlop"]
    assert [each.tag for each in complete("@wl", own_tags([("@wlop", 3)]), listed)] == ["@wlop"]


def test_the_kind_of_a_tag_is_known_by_any_spelling() -> None:
    assert (LIST.kind_of("Hatsune Miku"), LIST.kind_of("@wlop"), LIST.kind_of("nobody")) == ("character", "artist", "")


def test_an_empty_list_knows_nothing() -> None:
    assert TagIndex().find("a") == () and TagIndex().kind_of("a") == "" and len(TagIndex()) == 0


def test_whatever_is_typed_the_answer_is_that_of_looking_at_each_tag() -> None:
    rng = random.Random(5)
    names = dict.fromkeys(" ".join("".join(rng.choices("ab ", k=rng.randint(1, 9))).split()) for _ in range(900))
    tags = [KnownTag(name, rng.randint(0, 50), aliases=(f"c{name}",)) for name in names if name]
    index = TagIndex(tags)
    for typed in ("a", "b", "ab", "a b", "ba", "aab", "c", "ca", "cbb", "bb a", "abababa"):
        assert [each.tag for each in index.find(typed)] == slowly_found(tags, typed)[:12], typed


def slowly_found(tags: list[KnownTag], typed: str) -> list[str]:
    def rank(tag: KnownTag) -> int:
        names = (tag.name, *tag.aliases)
        ways = (any(name.startswith(typed) for name in names), any(f" {typed}" in name for name in names),
                any(typed in name for name in names))
        return ways.index(True) if any(ways) else 3

    ranked = sorted(tags, key=lambda tag: (rank(tag), -tag.count))
    return [tag.name for tag in ranked if rank(tag) < 3]


@pytest.mark.parametrize("typed", ["ka", "kari", "long_h", "hair", "zzzz", "redblue", "xq", "o r", "qwertyuiop"])
def test_140_000_tags_answer_before_the_next_key(typed: str, many: TagIndex) -> None:
    times = []
    for _ in range(5):
        began = time.process_time()
        many.find(typed)
        times.append(time.process_time() - began)
    assert min(times) < 0.005


@pytest.fixture(scope="module")
def many() -> TagIndex:
    rng = random.Random(1)
    parts = "ka ki ku sa shi ta chi na ni ha hi ma mi ya ra ri red blue hair eye long short dress girl boy cat".split()

    def name() -> str:
        return "_".join("".join(rng.choices(parts, k=rng.randint(2, 4))) for _ in range(rng.randint(1, 3)))

    return TagIndex(KnownTag(name(), 6_000_000 // (place + 1), aliases=(name(),) if place % 6 == 0 else ())
                    for place in range(140_000))
