import dataclasses

import pytest

from studio.core.axes import Axis
from studio.core.errors import UserError
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet, from_toml, to_toml

SHEET = Sheet(
    title="Epochs",
    rows=(Axis("epoch", ("base", 1, 2)),),
    columns=(Axis("outfit", ("dress", "coat")), Axis("seed", (1, 2))),
    spec=RenderSpec(prompt="1girl, {trigger}, {outfit}", base="ff"),
    words=(("trigger", "mira"),),
    epochs=((1, "aa"), (2, "bb")),
)


def changed(**changes):
    return dataclasses.replace(SHEET, **changes)


def test_a_sheet_has_a_cell_for_every_place_row_by_row():
    places = [(cell.row, cell.column) for cell in SHEET.expand()]
    assert places == [(row, column) for row in range(3) for column in range(4)]


def test_labels_stand_beside_their_cells():
    assert SHEET.row_labels == ("base", "epoch 1", "epoch 2")
    assert SHEET.column_labels == ("dress, seed 1", "dress, seed 2", "coat, seed 1", "coat, seed 2")


def test_a_cell_is_what_its_axes_say():
    cell = SHEET.expand()[6]
    assert cell.spec == RenderSpec(prompt="1girl, mira, coat", seed=1, base="ff", loras=(("aa", 1.0),))
    assert (cell.value("epoch"), cell.value("outfit"), cell.value("seed")) == (1, "coat", 1)


def test_the_base_wears_no_lora():
    assert all(cell.spec.loras == () for cell in SHEET.expand() if cell.row == 0)


def test_other_loras_stay_on_in_every_cell():
    sheet = changed(spec=dataclasses.replace(SHEET.spec, loras=(("turbo", 1.0),)))
    assert [cell.spec.loras for cell in sheet.expand()[::4]] == [
        (("turbo", 1.0),), (("turbo", 1.0), ("aa", 1.0)), (("turbo", 1.0), ("bb", 1.0)),
    ]  # fmt: skip


def test_a_strength_is_that_of_the_checkpoint():
    sheet = changed(rows=(Axis("epoch", (2,)), Axis("strength", (0.3, 1.2))))
    assert [cell.spec.loras for cell in sheet.expand()[::4]] == [(("bb", 0.3),), (("bb", 1.2),)]


def test_without_an_epoch_axis_the_last_checkpoint_is_worn():
    assert {cell.spec.loras for cell in changed(rows=()).expand()} == {(("bb", 1.0),)}


def test_without_a_checkpoint_nothing_is_worn():
    assert {cell.spec.loras for cell in changed(rows=(), epochs=()).expand()} == {()}


def test_a_size_sets_both_sides():
    sheet = changed(rows=(Axis("size", ("832x1216", "64x128")),))
    assert [(cell.spec.width, cell.spec.height) for cell in sheet.expand()[::4]] == [(832, 1216), (64, 128)]


def test_prompts_may_be_an_axis_and_hold_words():
    sheet = changed(rows=(Axis("prompt", ("{trigger}, {outfit}", "{outfit}")),))
    assert [cell.spec.prompt for cell in sheet.expand()[::4]] == ["mira, dress", "dress"]


def test_cells_of_one_picture_have_one_key():
    strengths = changed(rows=(Axis("epoch", ("base", 1)), Axis("strength", (0.5, 1.0))))
    keys = [cell.key for cell in strengths.expand()[::4]]
    assert keys[0] == keys[1] and len(set(keys)) == 3


def test_a_sheet_without_axes_is_one_cell():
    one = Sheet("One", (), (), RenderSpec(prompt="1girl"))
    assert [cell.spec for cell in one.expand()] == [one.spec]
    assert one.row_labels == one.column_labels == ("",)


def test_a_sheet_survives_its_file():
    sheet = changed(spec=dataclasses.replace(SHEET.spec, loras=(("turbo", 1.0),), negative="bad"))
    assert from_toml(to_toml(sheet)) == sheet


def test_a_sheet_of_two_characters_survives_its_file():
    sheet = changed(characters=(("Mira", "mira (cat)"), ("Kai", "kai")), words=())
    assert from_toml(to_toml(sheet)) == sheet


def test_a_sheet_from_before_characters_still_loads():
    text = to_toml(SHEET)
    assert "characters = []" in text
    assert from_toml(text.replace("characters = []\n", "")) == SHEET


def test_a_word_of_the_sheet_goes_before_its_characters_trigger():
    sheet = changed(characters=(("Mira", "mira"),), words=(("trigger", "nobody"),))
    assert sheet.expand()[0].spec.prompt == "1girl, nobody, dress"


def test_a_bare_sheet_survives_its_file():
    one = Sheet("One", (), (), RenderSpec(prompt="1girl"))
    assert from_toml(to_toml(one)) == one


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (changed(rows=(Axis("sead", (1,)),)), "no axis called 'sead'. Did you mean 'seed'?"),
        (changed(rows=(Axis("seed", (3,)),)), "the axis seed is there twice"),
        (changed(words=()), "nothing says what {trigger} is"),
        (changed(rows=(Axis("character", ("Kai",)),), characters=(("Mira", "mira"),)), "no character called 'Kai'"),
        (changed(columns=()), "nothing says what {outfit} is"),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(sheet, said):
    with pytest.raises(UserError) as caught:
        sheet.expand()
    assert said in str(caught.value) and str(caught.value).startswith("Epochs: ")


def test_more_cells_than_anybody_waits_for_are_refused_before_they_are_listed():
    many = tuple(Axis(name, tuple(range(5000))) for name in ("seed", "steps"))
    with pytest.raises(UserError, match="its axes make 25,000,000 cells"):
        changed(rows=many, columns=(Axis("outfit", ("dress",)),)).expand()


def test_an_epoch_without_a_checkpoint_is_refused():
    with pytest.raises(UserError, match="no checkpoint of epoch 9"):
        changed(rows=(Axis("epoch", (1, 9)),)).expand()


@pytest.mark.parametrize("damage", [("[[rows]]", "[[lines]]"), ('name = "epoch"', "name = 5"), ("loras = []", "loras = 3"),
                                    ("epoch = 1", 'epoch = "x"'), ('title = "Epochs"', "")])  # fmt: skip
def test_a_sheet_file_that_was_damaged_is_named(damage):
    text = to_toml(SHEET)
    assert damage[0] in text
    with pytest.raises(UserError):
        from_toml(text.replace(*damage), "sheet.toml").expand()
