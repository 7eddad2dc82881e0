"""C07, C08, D01, D02: whether she will be able to stand still."""

from dataclasses import replace

from tests.core.lint.sets import found, image, labelled, mended, names, one, several, subject

from studio.core.lint.settings import LintSettings
from studio.core.record import Figure
from studio.core.showing import showings

BODY = {"framing": "full body"}
POSED = BODY | {"stance": "posed"}
TURNED = tuple(image(f"upright-{number}", angle=angle, stance="upright", **BODY) for number, angle in enumerate(
    ("front view", "three-quarter view", "from side", "from side", "from behind")))  # fmt: skip


def test_bodies_that_are_all_posed_are_an_error():
    finding = one("D01", subject(*several(44, "body", **POSED), *several(26, "bust", framing="portrait")))
    assert finding.severity == "error" and names(finding) == [f"body-{number:03}" for number in range(44)]
    assert finding.message == (
        "All 44 full bodies are posed, so she will never stand straight: replace a few by upright ones.")
    assert [shot.text for shot in finding.remedy.shots][4] == "upright, back view, full body, plain background"


def test_bodies_without_a_stance_are_asked_for_instead():
    looked_at = subject(*several(44, "body", **BODY), *several(26, "bust", framing="portrait"))
    finding = one("D01", looked_at)
    assert finding.message == "44 full bodies have no stance: label them, about 2 minutes."
    assert finding.severity == "note"
    assert (finding.remedy.page, finding.remedy.field) == ("labels", "stance") and found("D02", looked_at) == ()


def test_nine_bodies_of_ten_are_enough_to_judge_and_eight_are_not():
    unknown = several(2, "unknown", **BODY)
    enough, too_few = (subject(*several(count, "body", **POSED), *unknown) for count in (18, 17))
    assert one("D01", enough).severity == "error"
    assert one("D01", too_few).message.startswith("2 full bodies have no stance")
    assert one("D01", too_few, LintSettings(posed_share=0.8)).severity == "error"


def test_one_upright_body_clears_the_error_and_leaves_a_note_on_the_views_that_lack():
    looked_at = subject(*several(44, "body", **POSED), TURNED[0])
    assert found("D01", looked_at) == ()
    finding = one("D02", looked_at)
    assert finding.severity == "note" and names(finding) == ["upright-0"]
    assert "lack three-quarter view, from side and from behind" in finding.message


def test_a_whole_turnaround_has_nothing_to_be_said_of():
    assert found("D01", subject(*several(4, "body", **POSED), *TURNED)) == ()
    assert found("D02", subject(*several(4, "body", **POSED), *TURNED)) == ()


def test_a_view_that_nobody_labelled_is_asked_for():
    looked_at = subject(*TURNED[:4], image("unknown", stance="upright", **BODY))
    assert one("D02", looked_at).message == "1 upright full body has no angle: label it, less than a minute."


def test_a_set_without_any_full_body_lacks_her_stance_too():
    looked_at = subject(*several(5, "bust", framing="portrait"))
    assert found("D01", looked_at) == () and one("D02", looked_at).severity == "warning"


def test_framings_that_nobody_knows_are_asked_for_first():
    looked_at = subject(*several(5, "unknown"), *several(5, "bust", framing="portrait"))
    assert one("D01", looked_at).message == "5 images have no framing: label them, less than a minute."
    assert found("D02", looked_at) == ()


def test_a_caption_tells_the_framing_and_never_the_stance():
    looked_at = subject(*several(3, "body", "standing", "full body"))
    assert one("D01", looked_at).message.startswith("3 full bodies have no stance")
    assert showings(looked_at.records)[0].words == {"framing": "full body", "pose": "standing"}


def test_each_character_is_judged_by_her_own_bodies_and_named():
    looked_at = subject(*several(3, "body", **POSED), *several(2, "hers", who="Suzu", stance="upright", **BODY))
    assert one("D01", looked_at).message.startswith("All 3 full bodies of Mira are posed")


def test_in_an_image_of_two_the_labels_of_the_figure_count():
    pair = image("pair", who="Mira+Suzu")
    hers, other = (Figure(None, labelled(stance=stance, **BODY)) for stance in ("upright", "posed"))
    looked_at = subject(*several(3, "body", **POSED), replace(pair, figures={"Mira": hers, "Suzu": other}))
    assert one("D01", looked_at).message.startswith("The only full body of Suzu is posed")


def test_standing_on_a_bent_body_is_taken_out():
    looked_at = subject(*several(12, "bent", "standing", **POSED),
                        *several(2, "straight", "standing", stance="upright", **BODY))
    finding = one("C08", looked_at)
    assert len(finding.images) == 12 and "12 of 14 images" in finding.evidence
    assert found("C08", mended(looked_at, finding)) == ()


def test_a_pose_that_somebody_labelled_is_not_standing_either():
    assert names(one("C08", subject(image("sits", "standing", pose="sitting", **BODY)))) == ["sits"]
    assert found("C08", subject(image("stands", "standing", pose="standing", **BODY))) == ()


def test_a_tag_that_goes_with_one_angle_is_about_to_mean_it():
    bound = several(12, "bound", "standing", angle="three-quarter view", stance="upright")
    looked_at = subject(*bound, *several(2, "free", "standing", angle="front view", stance="upright"),
                        *several(16, "a", angle="three-quarter view"), *several(40, "b", angle="front view"))
    finding = one("C07", looked_at)
    assert finding.message.startswith("'standing' is about to mean 'three-quarter view'") and len(finding.images) == 12
    assert "12 of 14 images with the tag are three-quarter view, 2.1 times the set's share" in finding.evidence
    assert found("C07", looked_at, LintSettings(shared_bits=1.0)) == ()


def test_a_tag_that_goes_with_all_angles_alike_is_let_pass():
    angles = ("front view", "three-quarter view", "from side", "from behind")
    tagged = [image(f"tagged-{number}", "standing", angle=angles[number % 4]) for number in range(40)]
    bare = [image(f"bare-{number}", angle=angles[number % 4]) for number in range(20)]
    assert found("C07", subject(*tagged, *bare)) == ()


def test_a_label_that_few_have_says_nothing_about_a_tag():
    looked_at = subject(*several(10, "above", "standing", camera="from above"), *several(30, "open", "standing"),
                        *several(10, "level", camera="level"))
    assert found("C07", looked_at) == ()


def test_a_word_for_a_pose_whose_bodies_disagree_is_split():
    looked_at = subject(*several(6, "bent", "standing", **POSED), *several(6, "straight", "standing", stance="upright"))
    finding = one("C07", looked_at)
    assert finding.message == "Images tagged 'standing' do not agree on the stance: align them, or split the tag."
    assert len(finding.images) == 12 and finding.remedy.field == "standing"
