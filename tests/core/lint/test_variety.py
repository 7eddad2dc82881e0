"""D03, D10, D11: what is wanted and not there, and what never varies."""

from tests.core.lint.sets import found, image, names, one, several, subject, wanting

from studio.core.lint.settings import LintSettings

FACES = ("smile", "open mouth", "angry", "closed eyes")


def test_a_wanted_camera_that_no_image_has_will_be_suppressed():
    finding = one("D03", subject(*several(5, camera="level"), ledgers=[wanting(("camera", "from below"))]))
    assert finding.severity == "warning" and len(finding.images) == 5
    assert finding.message.startswith("No image shows 'from below', which is wanted")
    assert [shot.text for shot in finding.remedy.shots] == ["from below, plain background"]


def test_a_wanted_word_that_one_image_has_is_let_pass_be_it_by_its_caption():
    ledgers = [wanting(("camera", "from below"), ("outfit", "swimsuit"))]
    images = image("below", "from below", outfit="swimsuit"), *several(5, camera="level", outfit="dress")
    assert found("D03", subject(*images, ledgers=ledgers)) == ()


def test_a_wanted_label_that_nobody_gave_is_asked_for():
    finding = one("D03", subject(*several(5), ledgers=[wanting(("camera", "from below"))]))
    assert finding.severity == "note" and finding.message.startswith("5 images have no camera: label them")


def test_one_outfit_nearly_everywhere_will_stick():
    looked_at = subject(*several(7, "a", outfit="dress"), *several(3, "b", outfit="kimono"))
    finding = one("D10", looked_at)
    assert len(finding.images) == 7 and finding.message.startswith("70 % of what an epoch shows wears dress")
    assert [dict(shot.labels)["outfit"] for shot in finding.remedy.shots] == ["school uniform", "casual"]
    assert found("D10", looked_at, LintSettings(outfit_share=0.7)) == ()


def test_outfits_are_counted_by_how_often_they_are_shown():
    rare = several(7, "a", outfit="dress")
    assert found("D10", subject(*rare, *several(3, "b", outfit="kimono", repeats=3))) == ()


def test_outfits_that_nobody_knows_are_asked_for():
    assert one("D10", subject(*several(5))).message.startswith("5 images have no outfit: label them")


def test_few_expressions_and_a_closed_mouth_are_to_be_drawn():
    busts = [image(f"{number}", framing="portrait", expression=("smile", "angry")[number % 2]) for number in range(6)]
    finding = one("D11", subject(*busts))
    assert finding.message == "The busts show 2 expressions and no open mouth: add open mouth and sad."
    assert [shot.text for shot in finding.remedy.shots] == [
        "open mouth, front view, portrait, plain background", "sad, front view, portrait, plain background"]


def test_enough_expressions_are_enough_by_caption_too():
    assert found("D11", subject(*(image(face, face, "portrait") for face in FACES))) == ()
    assert found("D11", subject(image("one", "smile", "open mouth", "portrait"), image("two", "angry", "portrait"),
                                image("three", "closed eyes", "upper body"))) == ()


def test_faces_that_nobody_knows_are_asked_for_and_backs_have_none():
    images = [image("back", "from behind", "portrait"), image("face", "portrait"), image("body", "full body")]
    assert names(one("D11", subject(*images))) == ["face"]
