"""What is sent to a language model, and what of its answer is kept."""

import json
import random

import pytest

from studio.core.caption import join_caption, split_caption
from studio.core.describing import Describer, UnusableAnswer, chat_address, request_of, sentences_of, text_of_answer
from studio.core.errors import UserError

DESCRIBER = Describer("http://localhost:1234", "llava", sentences=2)


@pytest.mark.parametrize("typed, address", [
    ("http://localhost:1234", "http://localhost:1234/v1/chat/completions"),
    ("http://localhost:1234/", "http://localhost:1234/v1/chat/completions"),
    ("https://host/v1/", "https://host/v1/chat/completions"),
    ("https://host/api/openai", "https://host/api/openai/chat/completions"),
    (" https://host/v1/chat/completions ", "https://host/v1/chat/completions"),
])
def test_an_address_is_completed(typed: str, address: str) -> None:
    assert chat_address(typed) == address


@pytest.mark.parametrize("typed", ["", "localhost:1234", "ftp://host", "http://", "file:///etc", "http://me:key@host/v1"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="is not the address of a server"):
        chat_address(typed)


def test_without_a_picture_only_words_are_sent() -> None:
    request = request_of(DESCRIBER, ("1girl", "mira", "smile"), ("mira",), ("glasses",))
    asked = request["messages"][-1]["content"]
    assert isinstance(asked, str) and "image_url" not in json.dumps(request) and request["model"] == "llava"
    assert "2 short sentences" in asked and "1girl, mira, smile" in asked and "Do not mention: glasses" in asked
    assert "called mira" in asked


def test_with_a_picture_it_goes_along_as_an_address_of_its_bytes() -> None:
    words, picture = request_of(DESCRIBER, (), ("mira", "kaix"), picture="data:image/jpeg;base64,AA")["messages"][-1]["content"]
    assert picture == {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AA"}}
    assert "mira and kaix" in words["text"] and "which side" in words["text"] and "Tags" not in words["text"]


@pytest.mark.parametrize("answer, kept", [
    ("She waves at the viewer. Her head is tilted.", "She waves at the viewer. Her head is tilted."),
    ("  She waves\n\nat the viewer.  ", "She waves at the viewer."),
    ("One waves. Two sits. Three runs. Four sleeps.", "One waves. Two sits. Three runs."),
    ("she waves at the viewer", "She waves at the viewer."),
    ('"She waves at the viewer."', "She waves at the viewer."),
    ("Sure! Here is a caption: She waves at the viewer.", "She waves at the viewer."),
    ("Caption: She waves at the viewer.", "She waves at the viewer."),
    ("**She** waves at the _viewer_.", "She waves at the viewer."),
    ("```\nShe waves at the viewer.\n```", "She waves at the viewer."),
    ("- She waves at the viewer.\n- She smiles widely.", "She waves at the viewer. She smiles widely."),
    ("1. She waves at the viewer.\n2. She smiles widely.", "She waves at the viewer. She smiles widely."),
    ("<think>What is that?\nA girl.</think>She waves at the viewer.", "She waves at the viewer."),
    ("She waves at the viewer. Her other hand is", "She waves at the viewer."),
    ("She waves\x00\x1b[31m at the viewer.", "She waves [31m at the viewer."),
    ("She holds a sign at 1.5 metres, smiling.", "She holds a sign at 1.5 metres, smiling."),
])  # fmt: skip
def test_of_an_answer_plain_sentences_are_kept(answer: str, kept: str) -> None:
    assert sentences_of(answer) == kept


def test_no_more_sentences_are_kept_than_wanted() -> None:
    assert sentences_of("She waves at us. She smiles at us.", 1) == "She waves at us."


@pytest.mark.parametrize("answer", [
    "", "   ", "...", "I'm sorry, but I can't help with that.", "As an AI, I do not see.", "<think>hm, hm", "!?", "a" * 5000,
    "smile", "，", "123 456.",
])  # fmt: skip
def test_an_answer_without_a_description_is_refused(answer: str) -> None:
    with pytest.raises(UnusableAnswer):
        sentences_of(answer)


def test_whatever_a_model_answers_a_caption_reads_as_it_was_written() -> None:
    rng, kept = random.Random(4), 0
    pieces = ["She waves at us", ".", " ", "\n", ", ", "Her ", "hair", "!", "**", "1. ", '"', "é", "。", "…", "\t", "(a:1.3)", "e.g."]
    for _ in range(3000):
        answer = "".join(rng.choices(pieces, k=rng.randint(1, 14)))
        try:
            sentences = sentences_of(answer)
        except UnusableAnswer:
            continue
        kept += 1
        assert split_caption(join_caption(("1girl", "mira"), sentences)) == (("1girl", "mira"), sentences), answer
    assert kept > 500


@pytest.mark.parametrize("answer, text", [
    ({"choices": [{"message": {"content": "She waves."}}]}, "She waves."),
    ({"choices": [{"message": {"content": [{"type": "text", "text": "She "}, {"text": "waves."}]}}]}, "She waves."),
])
def test_the_text_is_found_in_an_answer(answer: object, text: str) -> None:
    assert text_of_answer(answer) == text


@pytest.mark.parametrize("answer", [None, [], {}, {"choices": []}, {"choices": [{"message": {"content": None}}]}, "text", 3,
                                    {"choices": [{"message": {"content": [1]}}]}, {"choices": {"0": 1}}])
def test_an_answer_of_another_shape_is_unusable(answer: object) -> None:
    with pytest.raises(UnusableAnswer):
        text_of_answer(answer)
