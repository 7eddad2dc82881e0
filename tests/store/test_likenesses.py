import pytest
from exchange_drawings import drawing

from studio.core.likeness import is_copy, is_like
from studio.store.image_index import ImageIndex
from studio.store.images import open_rgb
from studio.store.likenesses import NAME, Likenesses, likeness
from studio.store.workspace import open_project, read_project
from tests.store.desk import write_set


@pytest.fixture
def project(tmp_path):
    folder = write_set(tmp_path / "project", {"a": None, "b": None})
    for number, name in enumerate("ab"):
        drawing(number).save(folder / f"images/Mira/{name}.png")
    return folder


def test_likenesses_are_found_once_and_known_at_the_next_opening(project):
    with open_project(project) as place:
        found = dict(Likenesses(place).of(ImageIndex(place).items()))
        assert len(found) == 2 and Likenesses(place).known() == found
    again = Likenesses(read_project(project))
    for item in ImageIndex(read_project(project)).items():
        (project / item.path).unlink()
    assert again.known() == found


def test_whoever_only_looks_writes_nothing(project):
    place = read_project(project)
    assert len(dict(Likenesses(place).of(ImageIndex(place).items()))) == 2
    assert not (place.cache / NAME).exists()


def test_what_a_crash_cut_off_is_found_anew(project):
    with open_project(project) as place:
        items = ImageIndex(place).items()
        found = dict(Likenesses(place).of(items))
        path = place.cache / NAME
        path.write_bytes(path.read_bytes()[:-100])
        assert len(Likenesses(place).known()) == 1
        assert dict(Likenesses(place).of(items)) == found == Likenesses(place).known()


def test_an_image_that_cannot_be_read_is_left_out(project):
    with open_project(project) as place:
        items = ImageIndex(place).items()
        (project / items[0].path).write_bytes(b"rubbish")
        assert [id for id, _ in Likenesses(place).of(items)] == [items[1].id]


def test_a_scaled_jpeg_is_a_copy_and_another_drawing_is_not(tmp_path):
    drawing(1, (320, 400)).save(tmp_path / "a.png")
    drawing(1, (320, 400)).resize((240, 300)).save(tmp_path / "b.jpg", quality=70)
    drawing(2, (320, 400)).save(tmp_path / "c.png")
    one, same, other = (likeness(open_rgb(tmp_path / name)) for name in ("a.png", "b.jpg", "c.png"))
    assert is_copy(one, same) and not is_like(one, other)
