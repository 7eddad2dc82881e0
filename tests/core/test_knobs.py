from dataclasses import dataclass

import pytest

from studio.core.errors import UserError
from studio.core.knobs import build, changed, from_text, knob, knob_of, knobs_of, parse_set, to_mapping


@dataclass(frozen=True, slots=True)
class Oven:
    heat: int = knob(180, "Heat", "How hot.", lo=50, hi=300, unit="degrees")
    minutes: float = knob(20.0, "Minutes", "How long.", lo=0.0)
    fan: bool = knob(False, "Fan", "Moves the air.")
    mode: str = knob("top", "Mode", "Where the heat comes from.", choices=("top", "bottom", "both"))
    tray: int = knob(16, "Tray", "Its width.", multiple=16)
    dishes: tuple[str, ...] = knob(("bread",), "Dishes", "What is in it.")
    shelves: tuple[int, ...] = knob((2,), "Shelves", "Where it stands.", lo=1, hi=4)
    owner: str = "nobody"


def test_knobs_come_in_the_order_of_their_declaration_and_other_fields_are_left_out():
    assert [each.name for each in knobs_of(Oven)] == ["heat", "minutes", "fan", "mode", "tray", "dishes", "shelves"]


def test_a_knob_carries_all_that_a_form_needs():
    heat = knob_of(Oven, "heat")
    assert (heat.kind, heat.many, heat.default, heat.label, heat.help) == (int, False, 180, "Heat", "How hot.")
    assert (heat.lo, heat.hi, heat.unit) == (50, 300, "degrees")
    assert knob_of(Oven, "shelves").many


def test_what_is_not_named_keeps_its_default():
    assert build(Oven, {"heat": 200}) == Oven(heat=200)


def test_a_whole_number_will_do_for_a_number():
    minutes = build(Oven, {"minutes": 5}).minutes
    assert (minutes, type(minutes)) == (5.0, float)


def test_lists_become_tuples():
    assert build(Oven, {"dishes": ["a", "b"], "shelves": [1, 4]}).shelves == (1, 4)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"haet": 200}, "no setting called 'haet'. Did you mean 'heat'?"),
        ({"heat": 301}, "heat cannot be 301. It must be at most 300 degrees."),
        ({"heat": 49}, "heat cannot be 49. It must be at least 50 degrees."),
        ({"heat": 180.0}, "heat cannot be 180.0. It must be a whole number."),
        ({"heat": True}, "heat cannot be True. It must be a whole number."),
        ({"heat": "hot"}, "heat cannot be 'hot'. It must be a whole number."),
        ({"minutes": float("nan")}, "minutes cannot be nan. It must be a finite number."),
        ({"fan": 1}, "fan cannot be 1. It must be true or false."),
        ({"mode": "side"}, "mode cannot be 'side'. It must be one of top, bottom, both."),
        ({"tray": 24}, "tray cannot be 24. It must be a multiple of 16."),
        ({"dishes": "bread"}, "dishes cannot be 'bread'. It must be a list."),
        ({"shelves": [1, 5]}, "shelves cannot be 5. It must be at most 4."),
        ({"owner": "me"}, "no setting called 'owner'"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_its_remedy(mapping, said):
    with pytest.raises(UserError) as caught:
        build(Oven, mapping, "oven.toml")
    assert str(caught.value).startswith("oven.toml: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("assignment", "name", "value"),
    [
        ("heat=200", "heat", 200),
        (" minutes = 1e1 ", "minutes", 10.0),
        ("fan=yes", "fan", True),
        ("fan=OFF", "fan", False),
        ("mode=both", "mode", "both"),
        ("dishes=bread, salted | cake", "dishes", ("bread, salted", "cake")),
        ("shelves=1, 3", "shelves", (1, 3)),
        ("shelves=", "shelves", ()),
        ("mode=top", "mode", "top"),
    ],
)
def test_an_assignment_is_read_in_the_type_of_its_knob(assignment, name, value):
    assert getattr(changed(Oven(), [assignment]), name) == value


def test_the_last_of_two_assignments_wins():
    assert changed(Oven(), ["heat=200", "heat=210"]).heat == 210


def test_an_assignment_leaves_the_other_settings_and_fields():
    assert changed(Oven(fan=True, owner="me"), ["heat=200"]) == Oven(heat=200, fan=True, owner="me")


@pytest.mark.parametrize("text", ["heat", "=3", ""])
def test_what_is_no_assignment_is_refused(text):
    with pytest.raises(UserError, match="key=value"):
        parse_set(text)


def test_only_the_first_equals_sign_divides():
    assert parse_set("prompt=a=b") == ("prompt", "a=b")


@pytest.mark.parametrize("text", ["maybe", "2", ""])
def test_what_is_neither_true_nor_false_is_refused(text):
    with pytest.raises(UserError, match="true or false"):
        from_text(knob_of(Oven, "fan"), text)


def test_a_mapping_is_complete_and_builds_the_same_again():
    oven = Oven(heat=210, shelves=(1, 2))
    assert set(to_mapping(oven)) == {each.name for each in knobs_of(Oven)}
    assert build(Oven, to_mapping(oven)) == oven


@pytest.mark.parametrize("value", [10**400, [[[]]], "x" * 10_000, float("inf"), {"a": 1}, None, "\udcff"])
@pytest.mark.parametrize("name", ["heat", "minutes", "mode", "fan", "shelves"])
def test_a_value_that_is_far_off_is_quoted_short(name, value):
    with pytest.raises(UserError, match=f"^{name} cannot be ") as caught:
        build(Oven, {name: value if name != "shelves" else [value]})
    assert len(str(caught.value)) < 400


def test_a_name_that_is_far_off_is_quoted_short():
    with pytest.raises(UserError, match="no setting called 'xxx") as caught:
        build(Oven, {"x" * 200_000: 1})
    assert len(str(caught.value)) < 400
