import math
from dataclasses import replace

import pytest
from tests.core.lint.sets import image, several

from studio.core.contamination import crossings, kept_to, links, shared_bits, split
from studio.core.showing import showings

BODY = {"framing": "full body"}
MIXED = (*several(12, "bent", "standing", stance="posed", **BODY),
         *several(2, "straight", "standing", stance="upright", **BODY))  # fmt: skip


def link(records, tag, field, word):
    found = [each for each in links(showings(records), [tag], [field]) if each.word == word]
    return found[0] if found else None


def rewritten(records, previews):
    new = {each.image.path: each.after for each in previews}
    return [replace(each, image=replace(each.image, caption=new.get(each.image.path, each.caption)))
            for each in records]


def test_a_tag_on_12_posed_and_2_upright_bodies_is_red():
    found = link(MIXED, "standing", "stance", "posed")
    assert (found.together, found.carriers, found.bearers, found.total) == (12, 14, 12, 14)
    assert round(found.share, 2) == 0.86 and found.is_red and len(found.images) == 12
    assert not link(MIXED, "standing", "stance", "upright").is_red


def test_moving_the_tag_to_the_two_and_back_restores_every_byte():
    previews = kept_to("standing", MIXED, MIXED[12:])
    after = rewritten(MIXED, previews)
    assert len(previews) == 12 and link(after, "standing", "stance", "posed") is None
    assert link(after, "standing", "stance", "upright").share == 1.0
    back = {each.image.path: each.before for each in previews}
    assert [back.get(each.image.path, each.caption) for each in after] == [each.caption for each in MIXED]


def test_a_tag_is_put_where_it_is_right_and_lacking():
    bare = image("bare", stance="upright", **BODY)
    after = rewritten((*MIXED, bare), kept_to("standing", MIXED, (*MIXED[12:], bare)))
    assert link(after, "standing", "stance", "upright").carriers == 3


def test_splitting_gives_some_images_another_word():
    after = rewritten(MIXED, split("standing", MIXED[:12], "standing on one leg"))
    assert link(after, "standing", "stance", "posed") is None
    assert link(after, "standing on one leg", "stance", "posed").carriers == 12


def test_what_is_as_common_in_the_whole_set_is_not_red():
    records = [image(f"{number}", "smile", framing="portrait") for number in range(10)]
    assert not link(records, "smile", "framing", "portrait").is_red
    more = [*records, *several(10, "body", **BODY)]
    found = link(more, "smile", "framing", "portrait")
    assert (found.share, found.lift) == (1.0, 2.0) and found.is_red


def test_a_tag_that_is_the_word_itself_is_not_red():
    records = [*several(5, "a", "standing", pose="standing"), *several(5, "b", pose="sitting")]
    assert not link(records, "standing", "pose", "standing").is_red


def test_characters_are_a_field_like_any_other():
    records = [*several(4, "m", "hat"), *several(4, "s", who="Suzu")]
    assert link(records, "hat", "character", "Mira").share == 1.0


def test_tags_of_too_few_images_and_of_pairs_are_left_out():
    records = [image("one", "hat"), *several(3, "pair", "hat", who="Mira+Suzu"), *several(3, "m")]
    assert [each for each in links(showings(records)) if each.tag == "hat"] == []
    assert link(several(2, "m", "hat"), "hat", "character", "Mira").carriers == 2


def test_the_strongest_links_come_first():
    found = links(showings([*MIXED, *several(20, "bust", "smile", framing="portrait")]))
    assert found[0].is_red and [each.is_red for each in found] == sorted((each.is_red for each in found), reverse=True)


@pytest.mark.parametrize("with_tag, without", [((10, 0), (0, 10)), ((5, 5), (5, 5)), ((8, 2), (3, 17))])
def test_shared_information_is_that_of_the_table(with_tag, without):
    views = ("front view", "from side")
    records = [each for tag, row in (("hat", with_tag), ("cap", without)) for view, count in zip(views, row)
               for each in several(count, f"{tag} {view}", tag, angle=view)]
    [crossing] = crossings(showings(records), ["hat"], ["angle"]).values()
    total = len(records)
    columns = [one + other for one, other in zip(with_tag, without)]
    bits = sum(cell / total * math.log2(cell * total / (sum(row) * column))
               for row in (with_tag, without) for cell, column in zip(row, columns) if cell)
    assert shared_bits(crossing) == pytest.approx(max(0.0, bits - 1 / (2 * total * math.log(2))))
