import pytest

from studio.core.suppression import BASE, TRIGGER, WEAK, ArmMark, suppressions


def arms(skirt, pants, full, weak, seeds=1, composition="from below"):
    """One mark an arm and seed; None was not marked. The weak one costs the identity."""
    given = ((BASE, skirt, 1.0), (BASE, pants, 1.0), (TRIGGER, full, 1.0), (WEAK, weak, 0.3))
    return [ArmMark(composition, role, seed, value, role == WEAK, strength, f"{role}{strength}{seed}")
            for role, value, strength in given if value is not None for seed in range(seeds)]  # fmt: skip


def test_the_trigger_that_blocks_what_the_base_can_is_told_from_a_base_that_cannot():
    (blocked,) = suppressions(arms(True, True, False, True))
    assert blocked.conclusion == "trigger suppresses; add data"
    assert (blocked.releases, blocked.lost.rate) == (True, 1.0)
    (lacking,) = suppressions(arms(False, False, None, None))
    assert lacking.conclusion == "base lacks it"


def test_one_seed_shows_nothing_yet():
    (found,) = suppressions(arms(True, True, False, True))
    assert not found.is_shown
    assert str(found.text) == "from below: base 2 of 2, trigger 0 of 1: trigger suppresses; add data (not shown)"
    (lacking,) = suppressions(arms(False, False, None, None))
    assert str(lacking.text) == "from below: base 0 of 2, trigger 0 of 0: base lacks it (not shown)"


def test_after_eight_seeds_it_is_said_out_loud():
    (found,) = suppressions(arms(True, True, False, True, seeds=8))
    assert found.is_shown
    assert str(found.text) == "from below: the base can, the trigger blocks it, strength 0.3 releases it and loses her"
    (mute,) = suppressions(arms(True, True, False, False, seeds=8))
    assert str(mute.text) == "from below: the base can, the trigger blocks it"
    (lacking,) = suppressions(arms(False, False, False, False, seeds=8))
    assert str(lacking.text) == "from below: the base cannot"


@pytest.mark.parametrize(("marks", "state"), [((True, True, True, True), "kept"), ((None, None, False, True), "open"),
                                              ((True, None, None, None), "open")])  # fmt: skip
def test_other_outcomes(marks, state):
    (found,) = suppressions(arms(*marks))
    assert (found.state, found.is_shown) == (state, False)


def test_compositions_are_told_apart_and_share_one_error_rate():
    six = arms(True, True, False, True, seeds=6)
    assert suppressions(six)[0].is_shown
    both = suppressions(six + arms(True, True, False, True, seeds=6, composition="from above"))
    assert [(each.composition, each.state, each.is_shown) for each in both] == [
        ("from below", "suppressed", False), ("from above", "suppressed", False)]  # fmt: skip
    kept = suppressions(six + arms(True, True, True, True, seeds=6, composition="from above"))
    assert [(each.state, each.is_shown) for each in kept] == [("suppressed", True), ("kept", False)]


def test_it_names_its_cells():
    assert len(suppressions(arms(True, True, False, True))[0].keys) == 4
