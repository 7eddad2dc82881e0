"""D07, D08, D09, D19, D20: sizes, origins, copies and counts."""

from dataclasses import replace

from tests.core.lint.sets import found, image, names, one, several, subject

from studio.core.buckets import bucket_of, upscale
from studio.core.recipe import load_recipe
from studio.core.record import Provenance

OFFICIAL = load_recipe("official")


def of_origin(kind, count):
    return [replace(each, provenance=Provenance(kind)) for each in several(count, kind.replace(" ", "-"))]


def test_a_square_of_495_px_is_enlarged_more_than_twice():
    assert round(upscale((495, 495), bucket_of(495, 495, OFFICIAL)), 2) == 2.07


def test_small_images_are_named_with_their_factor():
    small = several(26, "bust", size=(495, 495))
    finding = one("D07", subject(*small, *several(44, "body", size=(832, 1216)), recipe=OFFICIAL))
    assert len(finding.images) == 26 and finding.images[0].path.stem == "bust-000"
    assert finding.message == (
        "26 images are only 495 px on the short side and enlarged up to 2.07 times, which blurs detail: export them"
        " larger.")


def test_the_short_side_is_held_against_that_of_the_images_own_bucket():
    tall = image("tall", size=(540, 1080))  # bucket 704x1472 or so: 540 are enough for three quarters of it
    assert found("D07", subject(tall, image("enough", size=(768, 768)), recipe=OFFICIAL)) == ()
    assert names(one("D07", subject(tall, image("small", size=(767, 767)), recipe=OFFICIAL))) == ["small"]


def test_without_a_recipe_nothing_is_too_small():
    assert found("D07", subject(image("small", size=(10, 10)))) == ()


def test_a_set_made_by_the_base_itself_finds_another_face():
    own = *of_origin("same base", 3), *of_origin("same family", 3)
    finding = one("D08", subject(*own, *of_origin("other generator", 5)))
    assert len(finding.images) == 6
    assert finding.message.startswith("54.5 % of the images come from the base's own family")
    assert found("D08", subject(*of_origin("same base", 5), *of_origin("other generator", 5))) == ()


def test_an_origin_that_nobody_knows_is_asked_for():
    finding = one("D08", subject(*several(9), *of_origin("same base", 1)))
    assert finding.severity == "note" and len(finding.images) == 9
    assert finding.message == "9 images are of unknown origin: say where they come from, by folder."


def test_several_origins_are_worth_a_note():
    finding = one("D09", subject(*of_origin("same base", 1), *of_origin("other generator", 2), *several(3)))
    assert (len(finding.images), finding.severity) == (3, "note")
    assert "2 other generator and 1 same base" in finding.evidence
    assert found("D09", subject(*of_origin("same base", 2), *several(3))) == ()


def test_copies_go_to_the_trash_and_the_first_stays():
    original = image("original")
    copy = replace(original, image=replace(original.image, path=original.image.path.with_name("copy.png")))
    finding = one("D19", subject(original, copy, image("other")))
    assert names(finding) == ["copy"] and finding.remedy.images == (copy.image,)


def test_of_the_same_bytes_what_is_named_as_a_copy_goes():
    copy, original = image("copy of mira"), image("mira")
    copy = replace(copy, image=replace(copy.image, id=original.id))
    assert names(one("D19", subject(copy, original))) == ["copy of mira"]


def test_images_that_look_the_same_are_compared():
    images = several(4)
    finding = one("D19", subject(*images, alike=((images[0].id, images[2].id), (images[3].id, "gone"))))
    assert names(finding) == ["image-000", "image-002"]
    assert finding.message.startswith("2 images look almost like another")


def test_a_set_of_an_unusual_size_is_worth_a_note():
    assert "Mira has 12 images, usual are 13 to 100: add some." == one("D20", subject(*several(12))).message
    assert found("D20", subject(*several(13))) == found("D20", subject(*several(100))) == ()
    assert one("D20", subject(*several(101))).severity == "note"
