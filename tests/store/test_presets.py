import pytest

from studio.core.axes import parse_axis
from studio.core.errors import UserError
from studio.core.sheet_plan import load_plan, with_axis
from studio.store.presets import find_plan, forget_plan, own_names, preset_names, save_plan


def test_a_sheet_that_ships_is_changed_and_kept_as_ones_own(tmp_path):
    mine = with_axis(load_plan("suppression"), parse_axis("composition=low angle"))
    save_plan(mine, "low angle", tmp_path)
    assert find_plan("low angle", tmp_path) == mine and own_names(tmp_path) == ("low angle",)
    assert {"low angle", "suppression"} <= set(preset_names(tmp_path))


def test_an_own_sheet_stands_in_the_place_of_its_namesake_until_it_is_forgotten(tmp_path):
    save_plan(load_plan("verdict"), "suppression", tmp_path)
    assert find_plan("suppression", tmp_path) == load_plan("verdict")
    forget_plan("suppression", tmp_path)
    assert find_plan("suppression", tmp_path) == load_plan("suppression")


def test_a_file_is_meant_by_its_path(tmp_path):
    path = save_plan(load_plan("verdict"), "mine", tmp_path)
    assert find_plan(path, tmp_path / "nowhere") == load_plan("verdict")


@pytest.mark.parametrize("name", ["", "a/b", "../x", "con", " x"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, name):
    with pytest.raises(UserError, match="cannot be the name of a sheet"):
        save_plan(load_plan("verdict"), name, tmp_path)


def test_a_sheet_that_is_not_there_is_named_with_the_nearest(tmp_path):
    save_plan(load_plan("verdict"), "my-faces", tmp_path)
    with pytest.raises(UserError, match="no sheet called 'my-face'. Did you mean 'my-faces'"):
        find_plan("my-face", tmp_path)
    with pytest.raises(UserError, match="There is no sheet file nowhere.toml"):
        find_plan("nowhere.toml", tmp_path)
    with pytest.raises(UserError, match="no sheet of your own called 'verdict'"):
        forget_plan("verdict", tmp_path)
