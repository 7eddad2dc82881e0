import pytest
from PIL import Image

from studio.core.errors import UserError
from studio.core.project import Character, Group, Project, with_character, with_group
from studio.store.dataset import Shelf, check_folder, dataset, folder_of, images_of
from studio.store.images import read_picture
from studio.store.workspace import create

MIRA, KANA = Character(name="Mira", trigger="mirasol", repeats=2), Character(name="Kana", trigger="kanakana")


@pytest.fixture
def place(tmp_path):
    with create(tmp_path / "project", "Book") as place:
        place.save(with_character(with_character(place.project, MIRA), KANA))
        yield place


def picture(folder, colour, size=(32, 48)):
    path = folder / f"{colour}.png"
    Image.new("RGB", size, colour).save(path)
    return read_picture(path)


def test_a_kept_image_is_listed_with_its_size_and_caption(place, tmp_path):
    kept = Shelf(place).keep(picture(tmp_path, "red"), "red.png", "Mira", "mirasol, 1girl")
    [item] = images_of(place, MIRA)
    assert place.folder / item.path == kept == place.images / "Mira" / "red.png"
    assert (item.width, item.height, item.characters, item.caption) == (32, 48, ("Mira",), "mirasol, 1girl")
    assert kept.read_bytes() == (tmp_path / "red.png").read_bytes()


def test_images_of_one_stem_do_not_share_a_caption(place, tmp_path):
    shelf = Shelf(place)
    names = [shelf.keep(picture(tmp_path, colour), name, "Mira", colour).name
             for colour, name in (("red", "a.png"), ("blue", "A.jpg"), ("green", "a.png"))]
    assert names == ["a.png", "A-2.jpg", "a-3.png"]
    assert [item.caption for item in images_of(place, MIRA)] == ["blue", "green", "red"]


def test_a_twin_is_found_by_its_bytes_under_any_name_and_character(place, tmp_path):
    shelf, red = Shelf(place), picture(tmp_path, "red")
    assert shelf.twin(red) is None
    kept = shelf.keep(red, "a.png", "Mira", None)
    assert shelf.twin(red) == kept == Shelf(place).twin(red)
    assert shelf.twin(picture(tmp_path, "blue")) is None


def test_the_dataset_holds_all_characters_and_its_digest_follows_captions_not_names(place, tmp_path):
    shelf = Shelf(place)
    first = shelf.keep(picture(tmp_path, "red"), "a.png", "Mira", "mirasol")
    shelf.keep(picture(tmp_path, "blue"), "b.png", "Kana", "kanakana")
    before = dataset(place)
    assert {image.characters for image in before.images} == {("Mira",), ("Kana",)}
    first.rename(first.with_name("c.png"))
    first.with_suffix(".txt").rename(first.with_name("c.txt"))
    assert dataset(place).digest == before.digest
    first.with_name("c.txt").write_text("mirasol, smile")
    assert dataset(place).digest != before.digest


def test_images_of_a_pair_lie_in_a_folder_of_their_own(place, tmp_path):
    pair = Group(("Mira", "Kana"), repeats=4)
    place.save(with_group(place.project, pair))
    shelf = Shelf(place)
    shelf.keep(picture(tmp_path, "red"), "a.png", "Mira", "mirasol")
    kept = shelf.keep(picture(tmp_path, "blue"), "b.png", pair.name, "mirasol, kanakana")
    assert kept == place.images / "Mira+Kana" / "b.png"
    [item] = images_of(place, pair)
    assert item.characters == ("Mira", "Kana")
    found = dataset(place)
    assert {found.repeats_of(image) for image in found.images} == {2, 4} and found.groups == (pair,)


def test_an_image_that_was_taken_away_by_hand_is_gone_at_the_next_look(place, tmp_path):
    kept = Shelf(place).keep(picture(tmp_path, "red"), "a.png", "Mira", None)
    kept.unlink()
    assert dataset(place).images == ()


def test_an_image_that_became_damaged_is_named(place, tmp_path):
    kept = Shelf(place).keep(picture(tmp_path, "red"), "a.png", "Mira", None)
    kept.write_bytes(b"rubbish")
    with pytest.raises(UserError, match=r"a\.png"):
        dataset(place)


def test_characters_whose_folders_would_be_one_are_refused():
    project = with_character(Project("Book"), Character(name="a:b", trigger="x"))
    check_folder(project, "a:b")
    with pytest.raises(UserError, match="too much alike"):
        check_folder(project, "A_b")


def test_a_character_called_like_a_pair_is_refused():
    project = with_group(Project("Book", (MIRA, KANA)), Group(("Mira", "Kana")))
    check_folder(project, "Mira+Kana")
    with pytest.raises(UserError, match="too much alike"):
        check_folder(project, "mira+kana")


def test_a_characters_name_never_leads_out_of_the_images(place):
    for name in ("../../evil", "..", "/etc"):
        assert folder_of(place, name).parent == place.images


def test_a_caption_that_a_crash_left_without_its_image_is_taken_up_by_it(place, tmp_path):
    folder = place.images / "Mira"
    folder.mkdir()
    (folder / "a.txt").write_text("mira, first\n")
    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert Shelf(place).keep(picture, "a.png", "Mira", "mira, other").name == "a-2.png"
    assert Shelf(place).keep(picture, "a.png", "Mira", "mira, first").name == "a.png"
    assert Shelf(place).keep(picture, "a.png", "Mira", "mira, first").name == "a-3.png"
