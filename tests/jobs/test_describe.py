"""Sentences from a server of one's choice, which sees no more than it is shown."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import keyring
import pytest
from job_runs import run
from keyring.backends.fail import Keyring as NoKeyring
from PIL import Image
from tiny_project import write_pair_project, write_project

from studio.core.describing import Describer
from studio.core.events import CaptionWritten, Event, Failed, Finished, Note, Progress, Stopped
from studio.core.ledger import Ledger, Trait
from studio.jobs.describe import Describe
from studio.store.edits import Desk
from studio.store.ledgers import write_ledger
from studio.store.workspace import open_project
from tests.chat_stand_in import ChatStandIn, Reply, chat_stand_in

SENTENCES = "She waves at the viewer. Her hair is loose."
AT_ONCE = (("Retry-After", "0"),)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "p", "")


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """No test finds a key of the person who runs it."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


def job(project: Path, stand_in: ChatStandIn, timeout_s: float = 20.0, **chosen: object) -> Describe:
    return Describe(project, Describer(stand_in.url, "llava", timeout_s=timeout_s, image_side=64), **chosen)


def told(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


def captions(project: Path) -> list[str]:
    return [path.read_text("utf-8").strip() for path in sorted((project / "images" / "Mira").glob("*.txt"))]


def test_every_caption_without_sentences_gets_some_behind_its_tags(project: Path) -> None:
    (project / "images" / "Mira" / "2.txt").write_text("mira. She stands there. Nothing moves.", encoding="utf-8")
    with chat_stand_in() as stand_in:
        events = run(job(project, stand_in))
    assert captions(project)[0] == f"1girl, mira, standing, number 0. {SENTENCES}"
    assert captions(project)[2] == "mira. She stands there. Nothing moves."
    assert events[-1].facts == {"captions": 3, "left": 0} and len(stand_in.asked) == 3


def test_without_being_asked_no_picture_leaves_the_machine(project: Path) -> None:
    with chat_stand_in() as stand_in:
        events = run(job(project, stand_in))
    assert all(isinstance(asked["messages"][-1]["content"], str) for asked in stand_in.asked)
    assert told(events)[0].startswith("Only tags are sent to 127.0.0.1")


def test_a_picture_is_sent_small_and_without_its_metadata(project: Path) -> None:
    with chat_stand_in() as stand_in:
        events = run(job(project, stand_in, send_images=True, images=("0.png",)))
    [asked] = stand_in.asked
    words, picture = asked["messages"][-1]["content"]
    head, _, content = picture["image_url"]["url"].partition(",")
    with Image.open(BytesIO(base64.b64decode(content))) as image:
        assert head == "data:image/jpeg;base64" and max(image.size) <= 64 and not image.getexif()
    assert "number 0" in words["text"] and told(events)[0].startswith("One picture is sent to 127.0.0.1")


def test_what_the_ledger_forbids_the_model_is_asked_not_to_mention(project: Path) -> None:
    with open_project(project) as place:
        write_ledger(place, Ledger("Mira", (Trait("glasses", "forbid"), Trait("blue hair", "absorb"))))
    with chat_stand_in() as stand_in:
        run(job(project, stand_in, images=("0.png",)))
    assert "Do not mention: glasses." in stand_in.asked[0]["messages"][-1]["content"]


def test_of_a_pair_both_are_named(tmp_path: Path) -> None:
    project = write_pair_project(tmp_path / "pair", "")
    with chat_stand_in() as stand_in:
        run(job(project, stand_in, images=("both.png",)))
    assert "mira and kaix" in stand_in.asked[0]["messages"][-1]["content"]


def test_each_answer_is_an_edit_of_its_own_by_a_machine(project: Path) -> None:
    with chat_stand_in() as stand_in:
        run(job(project, stand_in, images=("0.png",)))
    with open_project(project) as place, Desk(place) as desk:
        assert desk.undo_text == "Describe 0.png" and desk.state.done[-1].by == "tagger"
        desk.undo()
    assert captions(project)[0] == "1girl, mira, standing, number 0"


def test_stopping_ends_between_two_pictures_and_keeps_what_is_there(project: Path) -> None:
    with chat_stand_in() as stand_in:
        events = run(job(project, stand_in), stop_at=lambda event: isinstance(event, Progress))
    assert isinstance(events[-1], Stopped) and events[-1].facts == {"captions": 1} and len(stand_in.asked) == 1
    assert sum(caption.endswith(SENTENCES) for caption in captions(project)) == 1


def test_an_answer_that_makes_no_sense_leaves_its_image_as_it_is(project: Path) -> None:
    with chat_stand_in(Reply(body=b"<html>"), Reply()) as stand_in:
        events = run(job(project, stand_in))
    assert events[-1].facts == {"captions": 3, "left": 1}
    assert any("was left as it is: The answer of 127.0.0.1" in text for text in told(events))


def test_a_server_that_only_answers_nonsense_is_given_up(project: Path) -> None:
    with chat_stand_in(Reply(text="...")) as stand_in:
        events = run(job(project, stand_in))
    assert isinstance(events[-1], Failed) and events[-1].kind == "person" and len(stand_in.asked) == 3


@pytest.mark.parametrize("reply, problem", [
    (Reply(status=401, body=b"{}"), "wants a key"), (Reply(status=429, headers=AT_ONCE), "has had enough requests"),
    (Reply(status=500, headers=AT_ONCE), "cannot answer now"), (Reply(holds=True), "gave no answer within 0.2 s"),
])  # fmt: skip
def test_a_server_that_gives_none_ends_the_job_and_what_was_written_stays(reply: Reply, problem: str,
                                                                          project: Path) -> None:
    with chat_stand_in(Reply(), reply) as stand_in:
        events = run(job(project, stand_in, timeout_s=0.2 if reply.holds else 20.0))
    assert isinstance(events[-1], Failed) and events[-1].kind == "person" and problem in events[-1].what
    assert sum(isinstance(event, CaptionWritten) for event in events) == 1
    assert sum(caption.endswith(SENTENCES) for caption in captions(project)) == 1


def test_the_key_of_the_environment_goes_along(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARSTUDIO_API_KEY", "secret")
    with chat_stand_in() as stand_in:
        events = run(job(project, stand_in, images=("0.png",)))
    assert stand_in.keys == ["Bearer secret"] and "secret" not in repr(events)


def test_an_image_without_a_caption_is_described_only_if_it_may_be_seen(project: Path) -> None:
    (project / "images" / "Mira" / "0.txt").unlink()
    with chat_stand_in() as stand_in:
        assert run(job(project, stand_in, images=("0.png",)))[-1].facts["captions"] == 0
        run(job(project, stand_in, send_images=True, images=("0.png",)))
    assert captions(project)[0] == f"mira. {SENTENCES}"


@pytest.mark.parametrize("describer, problem", [
    (Describer("", "llava"), "is not the address of a server"), (Describer("http://localhost:1"), "No model is named"),
])
def test_without_an_address_or_a_model_nothing_is_begun(describer: Describer, problem: str, project: Path) -> None:
    ending = run(Describe(project, describer))[-1]
    assert ending.kind == "person" and problem in ending.what


def test_where_every_caption_has_sentences_nobody_is_asked(project: Path) -> None:
    with chat_stand_in() as stand_in:
        run(job(project, stand_in))
        asked = len(stand_in.asked)
        events = run(job(project, stand_in))
    assert len(stand_in.asked) == asked and isinstance(events[-1], Finished)
    assert told(events) == ["There is no image without sentences of which something could be told."]
