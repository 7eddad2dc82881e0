"""What does a caption file hold, byte for byte, and what becomes of it when its text changes?

The content of a file is a `str` that any bytes fit into and come out of again: what is not UTF-8 is kept as escapes
(PEP 383). So a journal of texts can give back the very bytes.
"""

import codecs
from functools import lru_cache
from os.path import commonprefix

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what Windows' editor calls "Unicode"
_SAYS_NOTHING = " \t\n,"


def content_of(raw: bytes) -> str:
    """The content that these bytes are."""
    return raw.decode("utf-8", "surrogateescape")


def bytes_of(content: str) -> bytes:
    """The bytes that this content was."""
    return content.encode("utf-8", "surrogateescape")


@lru_cache(maxsize=50_000)
def text_of(content: str | None) -> str:
    """The caption in a file: line ends as `\\n`, no white space around it; empty if the file says nothing.

    Bytes of another encoding become replacement characters, see `is_readable`.
    """
    text = _decoded(content or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if text.strip(_SAYS_NOTHING) else ""


def is_readable(content: str | None) -> bool:
    """Whether the file is text as far as anybody can tell, so that writing it anew loses nothing."""
    is_text = _is_whole_utf_16 if content and _is_utf_16(content) else _is_utf_8
    return not content or is_text(content) and "\0" not in _decoded(content)


def with_text(content: str | None, text: str) -> str | None:
    """The content of the file once it holds this text, in UTF-8; line ends and the end of the file stay as they were.

    None, which is no file at all, for a text that says nothing.
    """
    if not text.strip(_SAYS_NOTHING):
        return None
    if text_of(content) == text.strip():
        return content
    before = _decoded(content or "")
    end = before[len(before.rstrip()):] if before.strip() else "\n"
    return text.strip().replace("\n", "\r\n" if "\r\n" in before else "\n") + end


def written_over(before: str, after: str) -> bytes:
    """What to write over the one content, in one go, so that the other is left once the file is cut to its length.

    Whoever reads the file in between sees the new text with empty lines behind it, which no reader minds.
    """
    old, new = bytes_of(before), bytes_of(after)
    return new + b"\n" * (len(old) - len(new))


def is_torn(present: str, before: str, after: str) -> bool:
    """Whether a crash left the file so while the one content was written over the other."""
    old, new, found = bytes_of(before), written_over(before, after), bytes_of(present)
    same = len(commonprefix([found, new]))
    return len(old) <= len(found) <= len(new) and found[same:] == old[same:]


def _is_utf_8(content: str) -> bool:
    try:
        content.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_utf_16(content: str) -> bool:
    return bytes_of(content[:2]).startswith(_UTF_16)


def _is_whole_utf_16(content: str) -> bool:
    """Whether all of it is text; the mark alone may stand at the front of anything."""
    try:
        bytes_of(content).decode("utf-16")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(content: str) -> str:
    if _is_utf_16(content):
        return bytes_of(content).decode("utf-16", "replace")
    if _is_utf_8(content):
        return content.lstrip("\ufeff")  # some editors put a second mark before the first
    return bytes_of(content).decode("utf-8-sig", "replace")
