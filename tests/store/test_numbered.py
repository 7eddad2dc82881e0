import pytest

from studio.store.numbered import appearing, folders_of, next_number, number_of


def test_a_folder_appears_with_all_that_was_put_into_it(tmp_path):
    with appearing(tmp_path / "0001-mira") as folder:
        (folder / "recipe.toml").write_text("rank = 1")
        assert folders_of(tmp_path) == ()
    assert (tmp_path / "0001-mira" / "recipe.toml").read_text() == "rank = 1"
    assert folders_of(tmp_path) == (tmp_path / "0001-mira",)


def test_a_folder_that_could_not_be_filled_leaves_nothing(tmp_path):
    with pytest.raises(OSError), appearing(tmp_path / "0001-mira") as folder:
        (folder / "recipe.toml").write_text("rank")
        raise OSError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name, number", [
    ("0007-mira-ab3f", 7), ("0003", 3), ("12345-x", 12345),
    ("0007-mira.part", 0), ("0003.part", 0), ("notes", 0), ("7up", 0),
])
def test_the_number_is_what_the_name_begins_with(tmp_path, name, number):
    assert number_of(tmp_path / name) == number


def test_numbers_go_on_after_the_highest(tmp_path):
    assert next_number(tmp_path) == 1
    for name in ("0002-a", "0010-b", "0009-c"):
        (tmp_path / name).mkdir()
    assert next_number(tmp_path) == 11
    assert [path.name for path in folders_of(tmp_path)] == ["0002-a", "0009-c", "0010-b"]
