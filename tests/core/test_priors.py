"""Which reports come near a run, and that none of them is taken for a law."""

from dataclasses import replace

import pytest
from planned import shown

from studio.core.priors import priors, priors_for, self_share, span
from studio.core.record import Provenance, Record

KEI = 2e-5


def names(*asked) -> list[str]:
    return [each.name for each in priors_for(*asked)]


def test_images_from_elsewhere_and_the_bases_own_have_ranges_of_their_own() -> None:
    assert span(priors_for(0.0, 1, KEI, True)) == (480, 720)
    assert span(priors_for(1.0, 1, KEI, True)) == (80, 80)


def test_several_reports_are_told_side_by_side() -> None:
    assert [each.range for each in priors_for(0.0, 1, KEI, True)] == ["600 to 720", "480 to 600", "about 600"]


def test_without_a_late_feature_the_face_alone_counts() -> None:
    assert [each.range for each in priors_for(0.0, 1, KEI, False)] == ["about 320"]


def test_two_characters_are_done_earlier() -> None:
    assert [each.range for each in priors_for(0.0, 2, KEI)] == ["200 to 208", "at most 300"]
    assert span(priors_for(0.0, 2, KEI)) == (200, 208)
    early = priors_for(0.0, 2, KEI)[0]
    assert (early.usable, early.too_much) == (240, 300)


def test_faster_rates_have_reports_of_their_own() -> None:
    assert [each.range for each in priors_for(None, 1, 1e-4)] == ["about 100", "about 56"]


def test_what_nobody_knows_leaves_every_possibility_in() -> None:
    assert set(names(None, 1, KEI, None)) == set(names(0.0, 1, KEI, None)) | set(names(1.0, 1, KEI, None))


def test_a_rate_that_nobody_reported_carries_exposures_times_rate_over_and_says_so() -> None:
    found = priors_for(1.0, 1, 4.5e-5)
    assert {each.reported_at for each in found} == {2e-5, 1e-4}
    v1 = next(each for each in found if each.name.startswith("keichan v1"))
    assert v1.hi == round(80 * 2e-5 / 4.5e-5) and "carried over" in v1.sentence


@pytest.mark.parametrize("identities, rate", [(3, KEI), (1, 1.0), (1, 0.0)])
def test_where_nobody_reported_anything_nothing_is_told(identities, rate) -> None:
    assert priors_for(0.0, identities, rate) == () and span(()) is None


def test_every_report_says_where_it_comes_from_and_what_was_assumed() -> None:
    for each in priors():
        assert each.source and each.finding and each.conditions
        assert each.source in each.sentence
    assumed = next(each for each in priors() if each.name == "kanachan on WAI-Anima")
    assert "assumed: repeats, rank, learning rate and self share" in assumed.sentence


def records(*kinds: str, repeats: int = 1) -> list[Record]:
    images = shown(len(kinds)).images
    return [Record(image, provenance=Provenance(kind), repeats=repeats)
            for image, kind in zip(images, kinds, strict=True)]


def test_the_share_of_own_images_is_one_of_exposures() -> None:
    assert self_share(records("same base", "same family", "other generator", "other generator")) == 0.5
    own, others = records("same base"), records("other generator", "other generator", "other generator")
    assert self_share([replace(own[0], repeats=9), *others]) == 0.75


def test_a_share_of_mostly_unknown_images_is_unknown() -> None:
    assert self_share(records("same base", "unknown")) is None
    assert self_share([]) is None
