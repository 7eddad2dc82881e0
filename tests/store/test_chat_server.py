"""A server that is asked for sentences: good, slow, broken or hostile."""

import threading

import pytest

from studio.core.describing import Describer, UnusableAnswer
from studio.core.errors import UserError
from studio.store.chat_server import LARGEST, ChatServer, is_near
from tests.chat_stand_in import ChatStandIn, Reply, chat_stand_in

AT_ONCE = (("Retry-After", "0"),)
REQUEST = {"model": "m", "messages": []}


def answer(*replies: Reply, key: str = "", timeout_s: float = 20.0) -> tuple[str | None, ChatStandIn]:
    with chat_stand_in(*replies) as stand_in, ChatServer(Describer(stand_in.url, "m", timeout_s=timeout_s), key) as server:
        return server.answer(REQUEST, threading.Event()), stand_in


def refusal(*replies: Reply, key: str = "", timeout_s: float = 20.0) -> UserError:
    with pytest.raises(UserError) as refused:
        answer(*replies, key=key, timeout_s=timeout_s)
    return refused.value


def test_the_text_of_an_answer_comes_back_and_the_request_went_to_the_chat() -> None:
    text, stand_in = answer(Reply("She waves."))
    assert text == "She waves." and stand_in.asked == [REQUEST | {"path": "/v1/chat/completions"}]


def test_a_key_goes_along_and_without_one_nothing_does() -> None:
    assert answer(key="secret")[1].keys == ["Bearer secret"]
    assert answer()[1].keys == [None]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(status: int) -> None:
    text, stand_in = answer(Reply(status=status, headers=AT_ONCE), Reply(status=status, headers=AT_ONCE), Reply("She waves."))
    assert text == "She waves." and len(stand_in.asked) == 3


@pytest.mark.parametrize("status, problem", [(429, "has had enough requests"), (500, "cannot answer now (500)"),
                                             (503, "cannot answer now (503)")])
def test_a_server_that_stays_busy_is_named(status: int, problem: str) -> None:
    assert problem in refusal(Reply(status=status, headers=AT_ONCE)).what


@pytest.mark.parametrize("status, key, problem", [
    (401, "", "wants a key"), (401, "secret", "does not accept the key"), (403, "secret", "does not accept the key"),
    (404, "", "has no such model or no chat there"), (400, "", "refuses the request (400)"),
    (302, "", "refuses the request (302)"), (418, "", "refuses the request (418)"),
])  # fmt: skip
def test_a_refusal_is_told_in_a_sentence(status: int, key: str, problem: str) -> None:
    error = refusal(Reply(status=status, body=b"{}", headers=(("Location", "http://127.0.0.1:1/v1"),)), key=key)
    assert problem in error.what and error.remedy


def test_a_server_may_say_why_but_not_repeat_the_key() -> None:
    said = b'{"error": {"message": "model m of secret-key is not loaded"}}'
    assert "model m of \N{HORIZONTAL ELLIPSIS} is not loaded" in refusal(Reply(status=400, body=said), key="secret-key").what


@pytest.mark.parametrize("body, problem", [
    (b"<html>hello</html>", "is not JSON"), (b"", "is not JSON"), (b"\xff\xfe", "is not JSON"), (b"[" * 100_000, "is not JSON"),
    (b"{}", "holds no text"), (b'{"choices": []}', "holds no text"), (b"null", "holds no text"),
    (b" " * (LARGEST + 1), "is larger than any caption"),
])  # fmt: skip
def test_an_answer_that_makes_no_sense_is_unusable(body: bytes, problem: str) -> None:
    error = refusal(Reply(body=body))
    assert isinstance(error, UnusableAnswer) and problem in error.what


@pytest.mark.parametrize("reply", [Reply(holds=True), Reply(body=b"{", drips=True)])
def test_a_server_that_does_not_come_to_an_end_is_left(reply: Reply) -> None:
    assert "gave no answer within 0.2 s" in refusal(reply, timeout_s=0.2).what


def test_a_server_that_breaks_off_is_named() -> None:
    assert "broke off" in refusal(Reply(breaks=True)).what


def test_a_server_that_is_not_there_is_named() -> None:
    with chat_stand_in() as stand_in:
        gone = stand_in.url
    with pytest.raises(UserError, match="cannot be reached"), ChatServer(Describer(gone, "m")) as server:
        server.answer(REQUEST, threading.Event())


def test_stopping_while_a_busy_server_is_waited_for_ends_the_waiting() -> None:
    stop = threading.Event()
    stop.set()
    busy = Reply(status=429, headers=(("Retry-After", "3000"),))
    with chat_stand_in(busy) as stand_in, ChatServer(Describer(stand_in.url, "m")) as server:
        assert server.answer(REQUEST, stop) is None


def test_no_key_goes_over_an_open_network_unencrypted() -> None:
    with pytest.raises(UserError, match="in the open"):
        ChatServer(Describer("http://example.com/v1", "m"), "secret")
    ChatServer(Describer("https://example.com/v1", "m"), "secret")
    ChatServer(Describer("http://example.com/v1", "m"))


@pytest.mark.parametrize("address, near", [
    ("http://localhost:1/v1", True), ("http://127.0.0.1/v1", True), ("http://[::1]:8/v1", True), ("http://192.168.1.5/v1", True),
    ("http://box.local/v1", True), ("http://8.8.8.8/v1", False), ("http://localhost.example.com/v1", False),
])  # fmt: skip
def test_what_is_near(address: str, near: bool) -> None:
    assert is_near(address) is near
