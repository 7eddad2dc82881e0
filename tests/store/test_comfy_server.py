"""A ComfyUI that is asked: good, slow, broken or hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from studio.core.errors import UserError
from studio.core.spec import RenderSpec
from studio.store import comfy_server
from studio.store.comfy_graph import Graph, nodes_of
from studio.store.comfy_messages import Output, choices_of, past_of, place_in, refusal_of, said, table_of
from studio.store.comfy_server import ComfyServer, Unreachable, comfy_address
from tests.chat_stand_in import Reply, chat_stand_in
from tests.comfy_stand_in import ComfyStandIn, comfy_stand_in


@pytest.fixture
def server() -> Iterator[ComfyStandIn]:
    with comfy_stand_in() as server:
        yield server


@pytest.mark.parametrize("typed, meant", [
    ("127.0.0.1:8188", "http://127.0.0.1:8188"), (" http://localhost:8188/ ", "http://localhost:8188"),
    ("localhost:8188", "http://localhost:8188"), ("https://host/comfy/", "https://host/comfy"),
    ("[::1]:8188", "http://[::1]:8188"),
])  # fmt: skip
def test_an_address_is_read_as_people_write_it(typed: str, meant: str) -> None:
    assert comfy_address(typed) == meant


@pytest.mark.parametrize("typed", ["", "ftp://host", "http://", "http://me:secret@host", "http://host?x=1", "a b",
                                   "http://host:99999", "http://[::1", "javascript://alert"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="is not the address of a ComfyUI"):
        comfy_address(typed)


def test_it_says_what_it_is(server: ComfyStandIn) -> None:
    with ComfyServer(server.url) as comfy:
        facts = comfy.facts()
    assert (facts.version, facts.device, facts.torch) == ("0.3.60", "cuda:0 Test", "2.9")


def test_another_server_is_told_from_a_comfyui() -> None:
    with chat_stand_in() as other, ComfyServer(other.url) as comfy, pytest.raises(UserError, match="as no ComfyUI"):
        comfy.facts()


def test_a_redirect_is_not_followed(server: ComfyStandIn) -> None:
    server.redirects = True
    with ComfyServer(server.url) as comfy:
        for ask in (comfy.facts, lambda: comfy.place("p"), lambda: comfy.picture(Output("a.png"))):
            with pytest.raises(UserError, match="sends on to another address"):
                ask()


def test_an_answer_that_does_not_end_is_cut_off(server: ComfyStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfy_server, "LARGEST_PICTURE", 1000)
    server.pictures["a.png"] = b"x" * 5000
    with ComfyServer(server.url) as comfy, pytest.raises(UserError, match="larger than"):
        comfy.picture(Output("a.png"))


def test_a_server_that_drips_is_not_waited_for() -> None:
    with chat_stand_in(Reply(drips=True)) as slow, ComfyServer(slow.url, answer_s=0.3) as comfy:
        with pytest.raises(Unreachable, match="gave no answer within 0.3 s"):
            comfy.send({}, "p")


def test_a_server_that_breaks_off_may_be_asked_again() -> None:
    with chat_stand_in(Reply(breaks=True)) as broken, ComfyServer(broken.url) as comfy:
        with pytest.raises(Unreachable, match="broke off"):
            comfy.send({}, "p")


def test_nothing_but_the_given_address_is_asked(server: ComfyStandIn) -> None:
    """What a server calls its files leads nowhere else."""
    with ComfyServer(server.url) as comfy, pytest.raises(UserError):
        comfy.picture(Output("http://127.0.0.1:1/evil.png", "../../etc", "output"))
    assert server.paths == ["/view"]


# Its words


@pytest.mark.parametrize("message", ["", "null", "[]", "[" * 100_000, '{"type": 3}', '{"type": "progress", "data": []}',
                                     '{"type": "progress", "data": {"value": "many", "max": -1}}', b"\0\0\0\1preview",
                                     '{"type": "executing", "data": {"node": {"a": 1}, "prompt_id": []}}',
                                     '{"type": "status", "data": {"status": null}}'])
def test_no_message_does_any_harm(message: str | bytes) -> None:
    heard = said(message)
    assert heard is None or (heard.done >= 0 and heard.total >= 0 and isinstance(heard.prompt, str))


def test_the_end_of_a_prompt_is_an_executing_without_a_node() -> None:
    assert said(json.dumps({"type": "executing", "data": {"node": None, "prompt_id": "p"}})).kind == "end"
    assert said(json.dumps({"type": "executing", "data": {"node": "7", "prompt_id": "p"}})).kind == "node"


def test_the_history_tells_pictures_errors_and_interruptions() -> None:
    def told(**entry: object):
        return past_of({"p": entry}, "p")

    images = {"9": {"images": [{"filename": "a.png", "subfolder": "x", "type": "temp"}, {"no": "name"}, 7]}, "8": []}
    assert told(outputs=images).outputs == (Output("a.png", "x", "temp"),)
    assert not past_of({}, "p").is_over and told(outputs={}).is_over
    error = [["execution_error", {"node_type": "KSampler", "exception_message": "out\nof memory"}]]
    assert told(status={"status_str": "error", "messages": error}).why == "KSampler said: out of memory"
    assert told(status={"messages": [["execution_interrupted", {}], "odd", []]}).was_interrupted


def test_the_queue_tells_how_many_are_before() -> None:
    table = {"queue_running": [[1, "a", {}]], "queue_pending": [[5, "c"], [3, "b"], "odd", []]}
    assert [place_in(table, each) for each in "abcd"] == [0, 1, 2, None]
    assert place_in({"queue_running": 3, "queue_pending": None}, "a") is None


def test_choices_are_read_in_both_of_their_forms() -> None:
    info = {"A": {"input": {"required": {"name": [["x", "y"], {}]}}},
            "B": {"input": {"optional": {"name": ["COMBO", {"options": ["z", 3]}]}}},
            "C": {"input": {"required": {"name": ["STRING", {}]}}}, "D": {"input": []}}
    assert [choices_of(info, kind, "name") for kind in "ABCDE"] == [("x", "y"), ("z",), None, None, None]


def test_a_refusal_is_one_sentence() -> None:
    assert refusal_of({"error": {"message": "No outputs"}}) == "No outputs"
    assert refusal_of({"error": "bad"}) == "bad" and refusal_of({}) == ""
    assert table_of(b"\xff\xfe") == {}


def test_a_picture_that_is_only_fetched_is_not_left_in_the_output_folder() -> None:
    assert nodes_of(Graph(RenderSpec()), keep=False)["9"] == {
        "class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}


