"""How a caption reads: tags, then sentences. It is literal text, without weights and without escapes.

Sentences are atomic: their commas separate nothing, and they stay together behind the tags.
"""

import re
from collections.abc import Iterable, Mapping

_START = re.compile(r"^\s*|(?<=[.!?])\s+|\n\s*|,\s*|(?<=。)")
_STOP = re.compile(r"[.!?](?=[\s\"'”’)]|$)|。")
_SPOKEN_OF = frozenset({"she", "he", "they", "it", "her", "his", "their", "its"})  # no tag begins so
_INITIALS = re.compile(r"(\b(\w\.){2,}|(?<!\.)\.{3})$")  # "c.c.", and the tag "..."
_COUNT = re.compile(r"(\d+|multiple )(girl|boy|other)s?")
_WEIGHT = re.compile(r"\([^()\n]{1,80}:\s*\d+(?:\.\d+)?\s*\)")
_LONGEST_SENTENCE = 1000  # characters; looking to the end of a long text from each of its commas takes minutes
_QUALITY = re.compile(
    r"masterpiece|(best|good|normal|average|low|worst|high|amazing|great) quality|(very )?aesthetic|absurdres|highres"
    r"|score_\d|year \d{4}|newest|recent|mid|early|old|safe|sensitive|nsfw|explicit"
)


def split_caption(text: str) -> tuple[tuple[str, ...], str]:
    """The tags of a caption, and its sentences as one text; either may be empty."""
    start = _sentences_start(text)
    tags = (" ".join(part.split()) for part in re.split(r"[,\n]", _unended(text[:start].strip())))
    return tuple(tag for tag in tags if tag), text[start:].strip()


def join_caption(tags: Iterable[str], sentences: str = "") -> str:
    """The caption that `split_caption` takes apart again."""
    return ". ".join(part for part in (", ".join(tags), sentences.strip()) if part)


def ordered_tags(tags: Iterable[str], triggers: Iterable[str] = (), quality: str = "") -> tuple[str, ...]:
    """The tags in Anima's order: quality and safety, how many people, the triggers, everything else; none twice.

    `quality` is put before what the tags have of it themselves.
    """
    called = tuple(triggers)
    listed = dict.fromkeys([*split_caption(quality)[0], *(tag.strip() for tag in tags)])
    others = [tag for tag in listed if tag and tag not in called]
    first = [tag for tag in others if _QUALITY.fullmatch(tag)]
    counts = [tag for tag in others if _is_count(tag)]
    rest = [tag for tag in others if tag not in first and tag not in counts]
    return (*first, *counts, *called, *rest)


def is_heading(tag: str) -> bool:
    """Whether the tag stands before all that is drawn: quality, safety, or how many people there are."""
    return _QUALITY.fullmatch(tag) is not None or _is_count(tag)


def names_trigger(caption: str, trigger: str) -> bool:
    """Whether the caption holds the trigger as words of its own, be it as a tag or within a sentence."""
    return re.search(rf"(?<!\w){re.escape(trigger)}(?!\w)", caption, re.IGNORECASE) is not None


def weighted(caption: str) -> str:
    """The first thing in a caption that a prompt would read as a weight, such as `(smile:1.3)`; nothing without one."""
    found = _WEIGHT.search(caption)
    return found[0] if found else ""


def escaped(text: str) -> str:
    """The text as a prompt must have it to mean these very characters: its brackets weigh nothing."""
    return re.sub(r"(?<!\\)[()]", r"\\\g<0>", text)


def prompt_words(trigger: str, triggers: Iterable[str] = ()) -> dict[str, str]:
    """What {words} mean in a prompt for a character: {trigger} stands for these very letters, whatever they are.

    {triggers} stands for all those of a run, in its order; without any for the one.
    """
    every = tuple(triggers) or (trigger,)
    return {"trigger": escaped(trigger), "triggers": ", ".join(escaped(each) for each in every)}


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with each {word} that is known replaced; other braces are left as they are."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), text)


def _is_count(tag: str) -> bool:
    return _COUNT.fullmatch(tag) is not None or tag == "no humans"


def _sentences_start(text: str) -> int:
    """Where the sentences begin; the length of the text if it has none."""
    for border in _START.finditer(text):
        if _reads_as_sentence(text[border.end():border.end() + _LONGEST_SENTENCE], after=border[0]):
            return border.end()
    return len(text)


def _reads_as_sentence(rest: str, after: str) -> bool:
    """Whether a sentence starts here. After a comma or at the very start it takes more to tell it from a tag."""
    line = rest.split("\n", 1)[0]
    letter = line.lstrip("\"'“‘(")[:1]
    if not letter.isalpha() or letter.islower():
        return False
    stop = _STOP.search(line)
    sentence = line[:stop.start()] if stop else line
    if not letter.isupper():
        return stop is not None and stop[0] == "。"
    if after.startswith(",") or not after:
        return stop is not None and _opens_sentence(sentence)
    return len(sentence.split()) >= (2 if stop else 3)


def _opens_sentence(sentence: str) -> bool:
    """Whether what begins with a capital is no tag: three words before a comma, or somebody spoken of."""
    clause, _, rest = sentence.partition(",")
    words = clause.split()
    is_spoken = len(words) == 2 and words[0].lower() in _SPOKEN_OF
    return len(words) >= 3 or is_spoken or not _SPOKEN_OF.isdisjoint(rest.split()[:1])


def _unended(tags: str) -> str:
    """Without the full stop that ends the tags; that of initials ("c.c.") and of "..." is part of the last tag."""
    return tags if not tags.endswith(".") or _INITIALS.search(tags) else tags[:-1]
