import dataclasses

import pytest

from studio.core.axes import Axis
from studio.core.errors import UserError
from studio.core.formats import Wording
from studio.core.spec import RenderSpec, key_of
from studio.core.sweep import Cell, Sheet, flat, from_toml, in_costed_order, to_toml

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


ARMS = Axis("arm", ("off", "weak"), (("off", (("epoch", "base"), ("outfit", "skirt"))), ("weak", (("strength", 0.3),))))


def test_a_value_may_set_several_things_and_goes_before_the_axis_of_their_name():
    sheet = changed(rows=(ARMS, Axis("epoch", (1,))), columns=(Axis("outfit", ("dress",)),))
    off, weak = sheet.expand()
    assert (off.spec.loras, off.spec.prompt) == ((), "1girl, mira, skirt")
    assert (weak.spec.loras, weak.spec.prompt) == ((("aa", 0.3),), "1girl, mira, dress")
    assert (off.value("arm"), off.value("outfit"), weak.value("strength")) == ("off", "dress", 0.3)
    assert from_toml(to_toml(sheet)) == sheet


def test_a_word_that_every_value_sets_is_said():
    every = Axis("arm", ("a", "b"), tuple((name, (("outfit", name),)) for name in "ab"))
    prompts = [cell.spec.prompt for cell in changed(rows=(every,), columns=()).expand()]
    assert prompts == ["1girl, mira, a", "1girl, mira, b"]
    with pytest.raises(UserError, match="nothing says what {outfit} is"):
        changed(rows=(ARMS,), columns=()).expand()


@pytest.mark.parametrize(("arms", "said"), [
    (Axis("arm", ("off", "on"), ARMS.sets), "no arm called 'on'"),
    (Axis("arm", ("x",), (("x", (("outfti", "a"),)),)), "no setting or word called 'outfti'. Did you mean 'outfit'?"),
    (Axis("arm", ("x",), (("x", (("epoch", 9),)),)), "no checkpoint of epoch 9"),
    (Axis("arm", ("x",), (("x", (("format", "Q"),)),)), "no format called 'Q'"),
])  # fmt: skip
def test_a_value_that_sets_what_nothing_reads_is_refused(arms, said):
    with pytest.raises(UserError) as caught:
        changed(rows=(arms,)).expand()
    assert said in str(caught.value)


def test_several_pictures_of_a_cell_are_counted_in_it():
    sheet = changed(columns=(Axis("outfit", ("dress", "coat")),), within=(Axis("seed", (1, 2)),))
    assert [(cell.column, cell.slot, cell.spec.seed) for cell in sheet.expand()[:4]] == [
        (0, 0, 1), (0, 1, 2), (1, 0, 1), (1, 1, 2),
    ]  # fmt: skip
    assert [cell.key for cell in flat(sheet).expand()] == [cell.key for cell in sheet.expand()] == [
        cell.key for cell in SHEET.expand()]
    assert from_toml(to_toml(sheet)) == sheet


def test_formats_and_words_are_each_characters_own():
    wordings = (Wording("Mira", (("nl", "She smiles."),), (("N", "{trigger}{. nl}"),)),
                Wording("Kai", (), (("N", "x {trigger}"),)))
    sheet = changed(rows=(Axis("character", ("Mira", "Kai")), Axis("format", ("N",))), columns=(), words=(),
                    characters=(("Mira", "mira"), ("Kai", "kai")), wordings=wordings)
    assert [cell.spec.prompt for cell in sheet.expand()] == ["mira. She smiles.", "x kai"]
    assert from_toml(to_toml(sheet)) == sheet


def test_what_takes_longest_changes_least():
    bases = Axis("base", ("this", "other"), (("this", (("base", "ff"),)), ("other", (("base", "ee"),))))
    sheet = changed(rows=(Axis("outfit", ("dress", "coat")),), columns=(Axis("epoch", (2, "base", 1)), bases))
    order = [(cell.spec.base, cell.value("epoch"), cell.value("outfit")) for cell in in_costed_order(sheet.expand())]
    assert order == [(base, epoch, outfit) for base in ("ff", "ee") for epoch in (2, "base", 1)
                     for outfit in ("dress", "coat")]


def test_a_prompt_with_a_word_format_keeps_it_as_a_word():
    sheet = changed(rows=(Axis("format", ("K", "as a poem")),), spec=RenderSpec(prompt="{trigger}, {outfit}, {format}"))
    assert [cell.spec.prompt for cell in sheet.expand()[::4]] == ["mira, dress, K", "mira, dress, as a poem"]


def test_a_cell_reckons_its_key_once_and_a_changed_one_anew(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("studio.core.sweep.key_of", lambda spec: asked.append(spec) or key_of(spec))
    whole, broken = (Cell(0, 0, RenderSpec(cfg=cfg)) for cfg in (4, 4.0))
    assert whole.key == whole.key == key_of(RenderSpec(cfg=4)) and len(asked) == 1
    assert broken == whole and broken.key != whole.key, "what is equal may be written otherwise"
    assert dataclasses.replace(whole, spec=RenderSpec(seed=7)).key == key_of(RenderSpec(seed=7))
    assert hash(whole) == hash(Cell(0, 0, RenderSpec(cfg=4))), "a cell is the same whether its key was asked or not"
