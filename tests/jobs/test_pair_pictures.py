import pytest
from exchange_drawings import drawing, write
from job_runs import run

from studio.core.events import Failed, Finished
from studio.core.record import Box
from studio.jobs.import_images import ImportImages
from studio.jobs.pair_pictures import PairPictures, Side
from studio.store.images import open_rgb
from studio.store.records import records
from studio.store.workspace import create, read_project


@pytest.fixture
def project(tmp_path):
    create(tmp_path / "p", "Book").close()
    for number, (name, caption) in enumerate((("Mira", "safe, 1girl, mirasol, standing, smile"),
                                              ("Kana", "safe, 1girl, kanakana, standing, frown"))):
        path = tmp_path / name / "x.png"
        path.parent.mkdir()
        drawing(number, (300, 400)).save(path)
        path.with_suffix(".txt").write_text(caption)
        run(ImportImages(tmp_path / "p", (path,), name, caption.split(", ")[2]))
    return tmp_path / "p"


def known(project):
    return {record.image.characters: record for record in records(read_project(project))}


def sides(project, **more):
    found = known(project)
    return Side(found[("Mira",)].id, Box(0.1, 0.1, 0.9, 0.9)), Side(found[("Kana",)].id, **more)


def pairs(project):
    found = [each for each in records(read_project(project)) if len(each.image.characters) == 2]
    return sorted(found, key=lambda record: "mirasol on the viewer's left" not in record.caption)


def test_two_images_become_two_of_both_with_captions_and_figures(project):
    assert isinstance(run(PairPictures(project, *sides(project)))[-1], Finished)
    first, second = pairs(project)
    assert first.image.characters == ("Mira", "Kana") == second.image.characters
    assert "mirasol on the viewer's left and kanakana on the viewer's right" in first.caption
    assert "kanakana on the viewer's left and mirasol on the viewer's right" in second.caption
    assert first.tags[:4] == ("safe", "2girls", "mirasol", "kanakana")
    assert first.figures["Mira"].box.right < first.figures["Kana"].box.left
    assert second.figures["Kana"].box.right < second.figures["Mira"].box.left


def test_the_pictures_are_as_large_as_the_smaller_figure_allows(project):
    run(PairPictures(project, *sides(project)))
    first, second = pairs(project)
    image = open_rgb(project / first.image.path)
    box = first.figures["Mira"].box
    assert round((box.bottom - box.top) * image.height) == 320
    assert open_rgb(project / second.image.path).size == image.size


def test_one_picture_and_captions_of_ones_own_are_enough(project):
    run(PairPictures(project, *sides(project), swap=False, captions=("2girls, mirasol, kanakana, hug",)))
    [only] = pairs(project)
    assert only.caption == "2girls, mirasol, kanakana, hug"


def test_doing_it_again_makes_no_second_pair(project):
    run(PairPictures(project, *sides(project)))
    run(PairPictures(project, *sides(project)))
    assert len(pairs(project)) == 2


def test_two_images_of_one_character_are_no_pair(project, tmp_path):
    run(ImportImages(project, (write(tmp_path / "y.png", 7),), "Mira"))
    mira = [record.id for record in records(read_project(project)) if record.image.characters == ("Mira",)]
    ending = run(PairPictures(project, Side(mira[0]), Side(mira[1])))[-1]
    assert isinstance(ending, Failed) and "Both images show Mira" in ending.what


@pytest.mark.parametrize("image, what", [("00", "has no image 00"), ("pair", "shows several characters")])
def test_an_image_that_will_not_do_is_named(project, image, what):
    run(PairPictures(project, *sides(project), swap=False))
    image = pairs(project)[0].id if image == "pair" else image
    ending = run(PairPictures(project, sides(project)[0], Side(image)))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and what in ending.what
