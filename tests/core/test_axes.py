import pytest

from studio.core.axes import Axis, axis_of, parse_axis, size_of, typed
from studio.core.errors import UserError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seed=42", (42,)),
        ("seed=42, 100,200", (42, 100, 200)),
        ("seed=1, 2, ..., 5", (1, 2, 3, 4, 5)),
        ("seed=5, 3, …, 1", (5, 3, 1)),
        ("steps=8, 8, 12", (8, 12)),
        ("strength=0.4, 0.6, ..., 1.2", (0.4, 0.6, 0.8, 1.0, 1.2)),
        ("strength=-1, 0, 1", (-1.0, 0.0, 1.0)),
        ("epoch=base, 10, 20, ..., 50, last", ("base", 10, 20, 30, 40, 50, "last")),
        ("epoch=all", ("all",)),
        ("sampler=euler, er_sde", ("euler", "er_sde")),
        ("size=832x1216, 64 X 64", ("832x1216", "64x64")),
        ("prompt=1girl, smile | 1girl, frown", ("1girl, smile", "1girl, frown")),
        ("outfit=red dress, long | kimono", ("red dress, long", "kimono")),
    ],
)
def test_an_axis_is_read_as_people_write_it(text, values):
    assert parse_axis(text) == Axis(text.split("=")[0], values)


@pytest.mark.parametrize(("raw", "values"), [([42, 100], (42, 100)), (7, (7,)), (["7", 8], (7, 8))])
def test_a_file_may_give_a_list_or_one_value(raw, values):
    assert axis_of("seed", raw).values == values


def test_a_list_of_texts_is_not_split_again():
    assert axis_of("composition", ["from side, smile", "a | b"]).values == ("from side, smile", "a | b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed=", "has no values"),
        ("seed=1, ..., 5", "does not lead from number to number"),
        ("seed=1, 4, ..., 5", "does not lead from number to number"),
        ("seed=1, 1, ..., 5", "does not lead from number to number"),
        ("seed=1, 2, ...", "does not lead from number to number"),
        ("seed=..., 2, 3", "does not lead from number to number"),
        ("seed=base, 2, ..., 3", "does not lead from number to number"),
        ("seed=1, 2, ..., 999999999", "does not lead from number to number"),
        ("seed=-1", "seed cannot be -1"),
        ("steps=1.5", "'1.5' is no value for the axis steps"),
        ("epoch=bset", "'bset' is no value for the axis epoch"),
        ("sampler=eulr", "It must be one of er_sde, euler"),
        ("size=832", "'832' is not a size"),
        ("size=830x1216", "a multiple of 16"),
        ("seed", "key=value"),
    ],
)
def test_a_mistake_in_an_axis_is_named(text, said):
    with pytest.raises(UserError) as caught:
        parse_axis(text)
    assert said in str(caught.value)


def test_a_size_is_two_sides():
    assert size_of("832x1216") == (832, 1216)


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [("epoch", "base", "base"), ("epoch", 4, "epoch 4"), ("seed", 42, "seed 42"), ("strength", 0.8, "strength 0.8"),
     ("cfg", 4.0, "cfg 4"), ("outfit", "kimono", "kimono"), ("size", "64x64", "64x64")],
)  # fmt: skip
def test_a_value_is_labelled_so_that_it_can_stand_alone(name, value, label):
    assert Axis(name, (value,)).label(value) == label


@pytest.mark.parametrize("text", [
    "seed=nan, nan, ..., 3", "seed=0, 1e-999999, ..., 9", "seed=0, 1, ..., 1e999999", "cfg=1, 1, ..., 2", "strength=nan",
    "strength=inf", "seed=" + "9" * 5000, "size=" + "9" * 5000 + "x64", "epoch=1e5", "seed=0, 1, ..., 99999999",
])  # fmt: skip
def test_numbers_that_no_axis_can_take_are_refused_at_once(text):
    with pytest.raises(UserError) as caught:
        parse_axis(text)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", [
    "seed=42, 100", "epoch=base, 25%, last", "strength=0.4, 1", "outfit=red dress, long | coat", "format=K, N",
    "lora=this | a, b.safetensors:0.8", "size=832x1216",
])  # fmt: skip
def test_an_axis_is_written_as_it_is_read(text):
    name, values = text.split("=")
    assert typed(parse_axis(text)) == values and parse_axis(f"{name}={typed(parse_axis(text))}") == parse_axis(text)
