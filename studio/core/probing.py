"""What does the base draw by itself? Told by marks on its own cells in sheets: were they as their prompts asked?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from studio.core.axes import BASE, EPOCH
from studio.core.caption import split_caption
from studio.core.coverage import Probed
from studio.core.marks import Mark
from studio.core.prompt import parse_weights
from studio.core.rubric import AS_ASKED
from studio.core.showing import facts_of
from studio.core.sweep import Cell

_CAN = 0.5  # the share of cells from which on the base can


def probed(cells: Iterable[Cell], marks: Iterable[Mark]) -> Probed:
    """For each word of a label that the base was asked for, whether it came; what was never asked is not there.

    A cell that failed speaks against every word of its prompt: which of them it was nobody said.
    """
    obtained = {mark.key: mark.is_hit for mark in marks if mark.trait == AS_ASKED and mark.is_of_trait}
    found: defaultdict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for cell in cells:
        if cell.value(EPOCH) == BASE and cell.key in obtained:
            for word in asked_words(cell.spec.prompt):
                found[word][cell.key] = obtained[cell.key]
    return {word: _can(came) for word, came in found.items()}


def asked_words(prompt: str) -> frozenset[tuple[str, str]]:
    """The (label, word) pairs that the tags of a prompt ask for."""
    tags = split_caption("".join(part.text for part in parse_weights(prompt)))[0]
    return frozenset(pair for tag in tags for pair in facts_of(tag).labels)


def _can(came: Mapping[str, bool]) -> bool:
    return sum(came.values()) >= _CAN * len(came)
