import pytest

from studio.core.axes import Axis, axis_of, parse_axis
from studio.core.errors import UserError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seed=1-4", (1, 2, 3, 4)),
        ("seed=4-1", (4, 3, 2, 1)),
        ("epoch=base, 10-50 (+10), last", ("base", 10, 20, 30, 40, 50, "last")),
        ("strength=0.4-1.2 (+0.2)", (0.4, 0.6, 0.8, 1.0, 1.2)),
        ("strength=1 - 0 (-0.5)", (1.0, 0.5, 0.0)),
        ("seed=1, 2, ..., 10, SKIP: 5", (1, 2, 3, 4, 6, 7, 8, 9, 10)),
        ("seed=7, SKIP: 8, 9", (7, 9)),
        ("outfit=dress, long | SKIP: coat | kimono", ("dress, long", "kimono")),
        ("epoch=best, 25%, 33.3 %", ("best", "25%", "33.3%")),
        ("format=K, N, KT", ("K", "N", "KT")),
        ("lora=this | a, b.safetensors:0.8", ("this", "a, b.safetensors:0.8")),
        ("outfit=1-4", ("1-4",)),
    ],
)
def test_ranges_and_skipped_values_are_read_as_people_write_them(text, values):
    assert parse_axis(text).values == values


def test_a_list_may_skip_too():
    assert axis_of("seed", [1, 2, "SKIP: 2"]).values == (1,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed=1-4 (+2)", "does not lead from number to number"),
        ("seed=1-4 (-1)", "does not lead from number to number"),
        ("seed=1-4 (+0)", "does not lead from number to number"),
        ("seed=1-999999999", "does not lead from number to number"),
        ("seed=5, SKIP: 5", "has no values"),
        ("epoch=101%", "is no value for the axis epoch"),
    ],
)
def test_a_range_that_leads_nowhere_is_refused_in_one_sentence(text, said):
    with pytest.raises(UserError) as caught:
        parse_axis(text)
    assert said in caught.value.what and ". " not in caught.value.what


def test_a_table_names_values_that_set_several_things():
    axis = axis_of("arm", {"base": {"epoch": "base", "format": "BASE"}, "weak": {"strength": "0.3"}, "SKIP: off": {}})
    assert axis == Axis("arm", ("base", "weak"), (
        ("base", (("epoch", "base"), ("format", "BASE"))), ("weak", (("strength", 0.3),)),
    ))  # fmt: skip


def test_a_named_value_may_be_words():
    axis = axis_of("pose", {"low angle": "from below"})
    assert axis.values == ("low angle",) and axis.means("low angle") == (("pose", "from below"),)


@pytest.mark.parametrize("table", [{"a": {"steps": 0}}, {"a": {"words": ["x"]}}, {"a": True}, {}])
def test_a_table_that_makes_no_sense_is_refused(table):
    with pytest.raises(UserError):
        axis_of("arm", table)
