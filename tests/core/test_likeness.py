import random
import time

import pytest

from studio.core.likeness import COPY_GREYS, NEAREST_BITS, SIDE, Likeness, groups, is_copy, is_like

RNG = random.Random(7)


def picture(seed, shape=1.0):
    """A stamp with soft blots, as pictures have them."""
    rng = random.Random(seed)
    blots = [(rng.randrange(SIDE), rng.randrange(SIDE), rng.randrange(3, 12), rng.randrange(-99, 99)) for _ in range(9)]
    levels = [128 + sum(level for x, y, size, level in blots if (column - x) ** 2 + (row - y) ** 2 < size**2)
              for row in range(SIDE) for column in range(SIDE)]
    return Likeness(bytes(min(255, max(0, level)) for level in levels), shape)


def noisy(likeness, most):
    return Likeness(bytes(min(255, max(0, level + RNG.randint(-most, most))) for level in likeness.stamp), likeness.shape)


def with_mouth(likeness):
    """Another expression: a few cells differ, and by a lot."""
    stamp = bytearray(likeness.stamp)
    for cell in (15 * SIDE + 14, 15 * SIDE + 15):
        stamp[cell] = (stamp[cell] + 60) % 256
    return Likeness(bytes(stamp), likeness.shape)


def test_what_was_saved_again_is_a_copy():
    for seed in range(40):
        one = picture(seed)
        assert is_copy(one, noisy(one, 4)) and is_copy(one, one)


def test_another_expression_is_alike_and_no_copy():
    one = picture(1)
    assert is_like(one, with_mouth(one)) and not is_copy(one, with_mouth(one))


def test_other_pictures_are_not_alike():
    pictures = [picture(seed) for seed in range(60)]
    assert not any(is_like(one, other) for place, one in enumerate(pictures) for other in pictures[:place])


def test_what_was_stretched_is_no_copy():
    assert not is_copy(picture(1), Likeness(picture(1).stamp, 1.2))


def test_a_copy_differs_by_no_more_greys_than_are_allowed():
    one = picture(3)
    stamp = bytearray(one.stamp)
    stamp[0] = one.stamp[0] - COPY_GREYS if one.stamp[0] > COPY_GREYS else one.stamp[0] + COPY_GREYS
    assert is_copy(one, Likeness(bytes(stamp), 1.0))
    stamp[0] += 1 if stamp[0] > one.stamp[0] else -1
    assert not is_copy(one, Likeness(bytes(stamp), 1.0))


def test_groups_are_those_that_comparing_each_with_each_finds():
    pictures = [picture(seed) for seed in (1, 2, 3)]
    shown = [pictures[0], pictures[1], noisy(pictures[0], 3), pictures[2], noisy(pictures[1], 3), noisy(pictures[0], 2)]
    assert groups(shown) == ((0, 2, 5), (1, 4))
    assert groups([]) == groups([pictures[0]]) == groups(pictures) == ()


def test_groups_of_variants_are_found_when_asked_for():
    assert groups([picture(1), with_mouth(picture(1))]) == ()
    assert groups([picture(1), with_mouth(picture(1))], is_like) == ((0, 1),)


def test_whatever_differs_in_as_many_bits_as_allowed_is_found():
    """The bands that find candidates miss none of those that are near enough."""
    one = picture(5)
    for seed in range(300):
        other = noisy(one, 40)
        expected = ((0, 1),) if (one.bits ^ other.bits).bit_count() <= NEAREST_BITS else ()
        assert groups([one, other], is_like) == expected, seed


def test_ten_thousand_pictures_are_grouped_within_a_moment():
    pictures = [picture(seed) for seed in range(100)]
    many = [pictures[place % 100] for place in range(10_000)]
    began = time.monotonic()
    found = groups(many)
    assert len(found) == 100 and {len(group) for group in found} == {100}
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("stamp", [bytes(SIDE * SIDE), bytes([255]) * SIDE * SIDE])
def test_an_empty_picture_has_a_likeness(stamp):
    assert is_copy(Likeness(stamp, 1.0), Likeness(stamp, 1.0))
