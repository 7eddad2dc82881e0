from dataclasses import replace

from tests.core.lint.sets import image, labelled, several

from studio.core.labels import Label
from studio.core.record import Figure
from studio.core.showing import exposures, having, lacking, origin, records_of, showings, told


def test_labels_overrule_the_words_of_a_caption():
    [shown] = showings([image("one", "front view", "portrait", angle="from side")])
    assert shown.words == {"framing": "portrait", "angle": "from side"}
    assert (origin(shown, "framing"), origin(shown, "angle"), origin(shown, "pose")) == ("caption", "hand", None)


def test_a_guess_is_known_and_says_so():
    one = image("one")
    [shown] = showings([replace(one, labels=replace(one.labels, stance=Label("posed", "guess")))])
    assert shown.words == {"stance": "posed"} and origin(shown, "stance") == "guess"


def test_a_caption_never_tells_the_stance():
    assert "stance" not in showings([image("one", "walking", "arms at sides")])[0].words


def test_tags_that_contradict_each_other_leave_a_label_open():
    one = image("one", "frown", "open mouth")
    assert "expression" not in showings([one])[0].words and told(one, "expression") == {"frown", "open mouth"}


def test_of_several_characters_each_has_the_labels_of_her_figure_alone():
    pair = image("pair", "portrait", who="Mira+Suzu", angle="front view")
    mira, suzu = showings([replace(pair, figures={"Suzu": Figure(None, labelled(angle="from side"))})])
    assert (mira.character, mira.words) == ("Mira", {}) and suzu.words == {"angle": "from side"}


def test_showings_are_counted_by_what_is_known_and_by_repeats():
    shown = showings([*several(2, "a", pose="sitting", repeats=3), image("b")])
    assert exposures(shown) == 7 and len(having(shown, "pose", "sitting")) == 2
    assert [each.image.path.stem for each in records_of(lacking(shown, "pose"))] == ["b"]
