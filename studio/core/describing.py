"""What is a language model asked for that describes an image, and what of its answer may stand in a caption?

It is asked over the chat interface that OpenAI's servers have and local ones imitate. Its answer is words from outside:
of it one to three plain sentences are kept, or nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from studio.core.caption import join_caption, split_caption
from studio.core.errors import UserError, shown
from studio.core.knobs import knob

MOST_SENTENCES = 3

_PATH, _VERSION = "/chat/completions", "/v1"
_LONGEST = 400  # characters of a sentence; what is longer is no description
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_LINE_MARKS = re.compile(r"^\s*(?:[-*•>]+|#+|\d+[.)])\s+|^\s*```\w*\s*$", re.MULTILINE)
_MARKS = re.compile(r"\*\*|__|`+|(?<!\w)[*_](?=\w)|(?<=[\w.!?])[*_](?!\w)")
_OPENING = re.compile(
    r"^(?:(?:sure|certainly|of course|okay)\b[^.!?:]*[.!?:]\s*)?"
    r"(?:(?:here(?:'s| is| are)|caption|description|answer)\b[^:.!?]*:\s*)?", re.IGNORECASE)
_REFUSAL = re.compile(r"(?:i(?:['’]| a)m (?:sorry|unable)|sorry,|i can(?:no|['’])t|as an ai)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|(?<=。)")
_STOPS = (".", "!", "?", "。")


@dataclass(frozen=True, slots=True)
class Describer:
    """Who describes, and how much."""

    endpoint: str = knob("", "Endpoint", "An OpenAI-compatible server, such as http://localhost:1234/v1.")
    model: str = knob("", "Model", "Which of its models writes; one that sees pictures, if they are sent.")
    sentences: int = knob(2, "Sentences", "How many it is asked for.", lo=1, hi=MOST_SENTENCES)
    timeout_s: float = knob(120.0, "Timeout", "How long one answer may take.", lo=0.1, hi=3600.0, unit="s")
    image_side: int = knob(1024, "Image side", "The longer side to which pictures are reduced before they are sent.",
                           lo=64, hi=4096, unit="px")
    answer_tokens: int = knob(400, "Answer", "How many tokens an answer may have.", lo=16, hi=8192)


class UnusableAnswer(UserError):
    """An answer without a description in it; the next image may have better luck."""


def chat_address(endpoint: str) -> str:
    """Where the server is asked: `http://host:1234`, with `/v1` or whole. Raises `UserError` for what is no address."""
    parts = urlsplit(endpoint.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise UserError(f"'{shown(endpoint)}' is not the address of a server",
                        "Write it as http://localhost:1234/v1 or https://host/v1.")
    path = parts.path if parts.path else _VERSION
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith(_PATH) else path + _PATH}"


def request_of(describer: Describer, tags: Iterable[str], names: Sequence[str], unsaid: Iterable[str] = (),
               picture: str = "") -> dict[str, object]:
    """What is sent: a system message and one with the tags, and with the picture as a `data:` address if it has one.

    `names` are the triggers of those who are shown, `unsaid` what is not to be mentioned.
    """
    asked = "\n".join(_asked(describer, tuple(tags), names, tuple(unsaid), bool(picture)))
    content: object = asked
    if picture:
        content = [{"type": "text", "text": asked}, {"type": "image_url", "image_url": {"url": picture}}]
    system = "You write captions from which an image model learns. Answer with plain sentences and nothing else."
    messages = [{"role": "system", "content": system}, {"role": "user", "content": content}]
    return {"model": describer.model, "messages": messages, "max_tokens": describer.answer_tokens, "temperature": 0.2}


def text_of_answer(answer: object) -> str:
    """The text in a server's answer. Raises `UnusableAnswer` for one of another shape."""
    try:
        content = answer["choices"][0]["message"]["content"]
        parts = [content] if isinstance(content, str) else [part.get("text", "") for part in content]
        return "".join(map(str, parts))
    except (KeyError, IndexError, TypeError, AttributeError):
        raise UnusableAnswer("The server's answer holds no text", "Check that the address is that of a chat.") from None


def sentences_of(answer: str, most: int = MOST_SENTENCES) -> str:
    """At most so many sentences of an answer, as a caption can have them. Raises `UnusableAnswer` if there are none."""
    text = _plain(answer)
    if not any(letter.isalpha() for letter in text) or _REFUSAL.match(text):
        raise UnusableAnswer(f"The model gave no description: '{shown(text)}'", "Try again, or another model.")
    found = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    whole = [part for part in found if part.endswith(_STOPS) and len(part) <= _LONGEST] or [f"{found[0]}."]
    kept = " ".join(whole[:most])
    kept = kept[0].upper() + kept[1:]
    if len(whole[0]) > _LONGEST or split_caption(join_caption(("1girl",), kept)) != (("1girl",), kept):
        raise UnusableAnswer(f"The model's words are no sentences: '{shown(kept)}'", "Try again, or another model.")
    return kept


def _asked(describer: Describer, tags: Sequence[str], names: Sequence[str], unsaid: Sequence[str],
           has_picture: bool) -> Iterable[str]:
    count = f"{describer.sentences} short sentence{'s' * (describer.sentences > 1)}"
    yield f"Describe this picture in {count}." if has_picture else f"Describe a picture with these tags in {count}."
    yield "Say what is done, how it is framed and from where it is seen. Add nothing that is not there."
    yield "If you name a side, say the viewer's left or the viewer's right."
    if len(names) == 1:
        yield f"The character is called {names[0]}; use that name or a pronoun."
    elif names:
        yield f"The characters are called {' and '.join(names)}; use these names, and say who stands on which side."
    if tags:
        yield f"Tags: {', '.join(tags)}."
    if unsaid:
        yield f"Do not mention: {', '.join(unsaid)}."


def _plain(answer: str) -> str:
    """An answer on one line without its markup, its thoughts and its politeness."""
    text = _MARKS.sub("", _LINE_MARKS.sub("", _THOUGHTS.sub("", answer[:20 * _LONGEST])))
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    line = _OPENING.sub("", " ".join(visible.split()))
    return line.strip("\"'“”‘’ ") if line[:1] in "\"'“‘" else line
