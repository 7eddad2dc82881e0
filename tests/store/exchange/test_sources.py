import zipfile

import pytest
from exchange_drawings import content, write

from studio.core.errors import UserError
from studio.store.exchange.sources import Sources, require_some


def found(*paths, **clips):
    with Sources(paths, clips) as sources:
        return [(source.name, source.folder, source.beside) for source in sources.all]


def test_folders_are_looked_through_as_people_sort_them(tmp_path):
    for name in ("10.png", "9.png", "b/2.png", "a.jpg"):
        write(tmp_path / "set" / name)
    assert [name for name, _, _ in found(tmp_path / "set")] == ["9.png", "10.png", "a.jpg", "2.png"]


def test_the_folder_is_told_from_what_was_handed_over_downwards(tmp_path):
    write(tmp_path / "set/10_mira girl/x.png")
    write(tmp_path / "set/y.png")
    assert {name: folder for name, folder, _ in found(tmp_path / "set")} == {"x.png": "set/10_mira girl", "y.png": "set"}
    assert found(tmp_path / "set/10_mira girl")[0][1] == "10_mira girl"
    assert found(tmp_path / "set/y.png")[0][1] == ""


def test_captions_beside_a_picture_are_found_in_the_order_in_which_they_count(tmp_path):
    path = write(tmp_path / "x.png", 1, "mira")
    for ending in (".caption", ".json", ".png.txt"):
        path.with_name(f"x{ending}").write_text("mira")
    assert found(path) == [("x.png", "", (".json", ".txt", ".caption", ".png.txt"))]


def test_files_that_were_chosen_one_by_one_are_taken_without_their_neighbours(tmp_path):
    paths = [write(tmp_path / f"{number}.png", number, "mira") for number in range(3)]
    assert [name for name, _, beside in found(*paths[:2]) if beside == (".txt",)] == ["0.png", "1.png"]


def test_captions_that_were_chosen_along_with_their_pictures_disturb_nobody(tmp_path):
    path = write(tmp_path / "x.png", 1, "mira")
    with Sources([path, path.with_suffix(".txt")]) as sources:
        assert len(sources.all) == 1 and list(sources.left.values()) == ["is not an image"]


def test_each_picture_is_found_once_however_often_it_was_named(tmp_path):
    path = write(tmp_path / "set/x.png")
    (tmp_path / "set/round").symlink_to(tmp_path / "set", target_is_directory=True)
    assert len(found(path, tmp_path / "set", tmp_path / "set", path)) == 1


def test_masks_and_hidden_files_are_no_pictures(tmp_path):
    for name in ("x.png", "x-masklabel.png", ".hidden.png", ".folder/y.png"):
        write(tmp_path / "set" / name)
    assert [name for name, _, _ in found(tmp_path / "set")] == ["x.png"]


def test_pictures_in_an_archive_are_named_by_it_and_lie_in_its_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "train.zip", "w") as file:
        file.writestr("10_mira/a.png", content())
        file.writestr("10_mira/a.txt", "mira")
        file.writestr("inner.zip", b"")
        file.writestr("../out.png", content())
    with Sources([tmp_path / "train.zip"]) as sources:
        [source] = sources.all
        assert (source.where, source.folder) == (f"{tmp_path / 'train.zip'}/10_mira/a.png", "train/10_mira")
        assert source.content() == content() and source.text_beside(".txt") == b"mira"
        assert [where.rpartition("/")[2] for where in sources.left] == ["inner.zip", "out.png"]


def test_an_archive_that_lies_in_a_folder_is_named_and_not_opened(tmp_path):
    write(tmp_path / "set/x.png")
    (tmp_path / "set/more.zip").write_bytes(b"")
    with Sources([tmp_path / "set"]) as sources:
        assert len(sources.all) == 1 and "add it by itself" in sources.left[str(tmp_path / "set/more.zip")]


def test_pictures_in_memory_may_have_a_caption_too():
    with Sources([], {"pasted.png": content(), "pasted.txt": b"mira"}) as sources:
        [source] = sources.all
        assert (source.name, source.folder, source.path) == ("pasted.png", "", None)
        assert source.text_beside(".txt") == b"mira"


def test_tables_of_captions_are_those_that_belong_to_no_picture(tmp_path):
    write(tmp_path / "set/x.png", 1, "{}", ".json")
    (tmp_path / "set/meta_cap.json").write_text("{}")
    with Sources([tmp_path / "set"]) as sources:
        assert [loose.inside for loose in sources.loose] == ["meta_cap.json"]


@pytest.mark.parametrize("name, raw, said", [
    ("x.txt", b"text", "is not an image"), ("x.zip", b"", "no ZIP archive"), ("x.7z", b"", "unpacked first"),
])
def test_a_single_file_that_is_no_picture_is_named(tmp_path, name, raw, said):
    (tmp_path / name).write_bytes(raw)
    with Sources([tmp_path / name]) as sources, pytest.raises(UserError, match=said):
        require_some(sources, [tmp_path / name])


def test_a_path_that_is_missing_is_named(tmp_path):
    with pytest.raises(UserError, match="gone does not exist"):
        Sources([tmp_path / "gone"])
