"""What marks may come to is known to the window, so that it can say it in another language."""

import itertools

from studio.core.interaction import Roll, interactions
from studio.core.plateau import recommended
from studio.core.strength import StrengthMark, responses
from studio.core.suppression import BASE, TRIGGER, WEAK, ArmMark, suppressions
from ui import i18n
from ui.viewstate.evidence_words import cause_name, class_name, patterns, told, trait_name, verdict_word

SEEDS = range(8)


def suppressed():
    """Every outcome, of one seed and of eight."""
    for base, trigger, weak, lost in itertools.product((None, True, False), (None, True, False), (None, True, False),
                                                       (True, False)):
        for seeds in (1, 8):
            marks = [ArmMark("low", role, seed, value, lost and role == WEAK, 0.3 if role == WEAK else 1.0)
                     for role, value in ((BASE, base), (TRIGGER, trigger), (WEAK, weak)) if value is not None
                     for seed in range(seeds)]
            yield from (each.text for each in suppressions(marks))


def answered():
    for onset, collapse in itertools.product((0.6, 9.0), (1.2, 9.0)):
        marks = [StrengthMark("named", at, "ahoge", at >= onset, at >= collapse) for at in (0.4, 0.6, 0.8, 1.0, 1.2)]
        yield from (each.text for each in responses(marks))


def rolled():
    for kept, cause in itertools.product((0, 2), ("prompt reading", "face fusion")):
        found = interactions(Roll("hug", at < kept, (cause,)) for at in range(9))
        yield found.total.text
        yield from (each.advice for each in found.each if each.advice)


def flat():
    for table in ({"face": {20: 3, 60: 4, 90: 4}}, {"face": {20: 4, 60: 4}}, {"face": {20: 1, 60: 4}},
                  {"face": {60: 3, 100: 4.4, 150: 5}, "hands": {60: 5, 100: 4.2, 150: 3}}):
        yield recommended(table, 0.5).text


def test_every_sentence_is_known() -> None:
    i18n.speak("English")
    said = {each.pattern for each in (*suppressed(), *answered(), *rolled(), *flat())}
    assert len(said) > 15 and said - set(patterns()) == set()


def test_a_sentence_is_told_with_its_figures() -> None:
    i18n.speak("English")
    texts = {told(each) for each in suppressed()}
    assert "low: the base can, the trigger blocks it, strength 0.3 releases it and loses her" in texts


def test_words_of_the_studio_are_translated_and_a_persons_own_are_not() -> None:
    assert (verdict_word("not shown"), trait_name("as asked"), trait_name("ribbon")) == ("not shown", "as asked",
                                                                                       "ribbon")
    assert (class_name("stack"), class_name("high five")) == ("stacked", "high five")
    assert (cause_name("identity lost"), cause_name("my own")) == ("she is no longer herself", "my own")
