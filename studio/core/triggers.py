"""Is a word fit to call a character: does it mean nothing yet, and will it never call somebody else?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.core.caption import is_heading
from studio.core.project import Character, Project, trigger_clash
from studio.core.tag_names import folded
from studio.core.tag_table import OTHER, category_of

SHORTEST = 4  # letters; ours: shorter ones are pieces of many words

_PLAIN = frozenset("""
    angel baby blue boy cat character child cute dark doll dragon dream elf fairy fox ghost girl girlfriend goddess hero
    idol kid knight lady lily luna lunar mage magic maid man master miss moon mother night oc person pink prince
    princess queen red rose sakura sister sky snow star style sun warrior white witch wolf woman
""".split())  # words that people like to give and that the base draws already


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know of a trigger: it cannot be ("bad"), had better not be ("doubtful"), or is "good"."""

    kind: Literal["bad", "doubtful", "good"]
    text: str


def remarks(trigger: str, name: str, project: Project,
            is_tag: Callable[[str], bool] = lambda word: False) -> tuple[Remark, ...]:
    """What there is to say of a trigger for the character of that name; `is_tag` knows more tags than the studio does.

    Only a "good" one comes alone.
    """
    word = " ".join(trigger.split())
    others = tuple(each for each in project.characters if each.name != name and each.trigger)
    found = [*_impossible(word, others), *_doubtful(word, others, is_tag)] if word else [
        Remark("bad", "A character needs a trigger: the word that calls her.")]
    return tuple(found) or (Remark("good", "Means nothing yet, and is like no other trigger."),)


def is_possible(found: tuple[Remark, ...]) -> bool:
    """Whether nothing speaks against it that cannot be."""
    return all(each.kind != "bad" for each in found)


def _impossible(word: str, others: tuple[Character, ...]) -> list[Remark]:
    if any(mark in word for mark in ",\n.!?"):
        return [Remark("bad", "Commas and full stops end a tag, so the trigger would fall apart.")]
    if is_heading(folded(word)):
        return [Remark("bad", f"“{word}” says how many people or how good a picture is.")]
    asked = Character(name="", trigger=word)
    return [Remark("bad", f"It would call {each.name} as well, whose trigger is “{each.trigger}”.")
            for each in others if trigger_clash(asked, each)]


def _doubtful(word: str, others: tuple[Character, ...], is_tag: Callable[[str], bool]) -> list[Remark]:
    plain = folded(word)
    found = [Remark("doubtful", f"“{each.trigger}” of {each.name} and this one share their letters, and so perhaps "
                    "what the model makes of them.") for each in others if _is_inside(plain, folded(each.trigger))]
    if category_of(plain) != OTHER or is_tag(plain):
        found.append(Remark("doubtful", "It is a tag, so the base draws something for it already."))
    elif plain in _PLAIN:
        found.append(Remark("doubtful", "It is a word that means something to the base already."))
    if len(plain.replace(" ", "")) < SHORTEST:
        found.append(Remark("doubtful", f"With fewer than {SHORTEST} letters it is a piece of many words."))
    return found


def _is_inside(one: str, other: str) -> bool:
    return one != other and (one in other or other in one)
