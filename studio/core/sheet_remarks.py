"""What should be known of a sheet before it is rendered? Sentences; none of them keeps anybody from it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from studio.core.axes import BEST, EPOCH, LAST, LORA, MODEL, THIS
from studio.core.caption import is_heading, split_caption
from studio.core.formats import STRANGER
from studio.core.lint.phrases import listed
from studio.core.prompt import parse_weights
from studio.core.said import Said, said
from studio.core.sheet_ground import Ground
from studio.core.sheet_plan import SheetPlan
from studio.core.sweep import Cell, Sheet, set_by, words_of
from studio.core.tag_names import folded

_SEVERAL = re.compile(r"(\d+|multiple )(girls|boys?|others?)")  # headings that a base of single girls never saw


def remarks(plan: SheetPlan, ground: Ground, sheet: Sheet, cells: Sequence[Cell],
            known: Mapping[str, Collection[str]]) -> tuple[Said, ...]:
    """All there is to say. `known` are, by their titles, bases that know few tags and which: those of a small model."""
    return (*_unknown_words(ground, cells, known), *_alone(sheet), *_best(plan, ground), *_fewer(plan, sheet),
            *_one_version(plan), *_alike(cells))


def unknown_words(prompt: str, known: Collection[str], triggers: Collection[str]) -> tuple[str, ...]:
    """The tags of a prompt that a base which knows only these has never seen; headings and triggers are known."""
    tags = split_caption("".join(part.text for part in parse_weights(prompt)))[0]
    familiar = {folded(each) for each in (*known, *triggers)}
    strange = (tag for tag in tags if folded(tag) not in familiar)
    return tuple(tag for tag in strange if not is_heading(tag) or _SEVERAL.fullmatch(tag))


def _unknown_words(ground: Ground, cells: Sequence[Cell], known: Mapping[str, Collection[str]]) -> Iterator[Said]:
    triggers = [each.trigger for each in ground.characters]
    for title, tags in known.items():
        prompts = dict.fromkeys(cell.spec.prompt for cell in cells)
        found = dict.fromkeys(word for prompt in prompts for word in unknown_words(prompt, tags, triggers))
        if found:
            yield said("The {base} does not know {words}: their cells show what it makes of the rest.", base=title,
                       words=listed(tuple(found)))


def _alone(sheet: Sheet) -> Iterator[Said]:
    if len(sheet.characters) == 1 and {"second", "third"} & words_of(sheet):
        yield said("The run knows one character; whoever else is asked for is {stranger}.", stranger=STRANGER)


def _best(plan: SheetPlan, ground: Ground) -> Iterator[Said]:
    if BEST in set_by(plan.axes, EPOCH) and ground.best not in ground.checkpoints and ground.checkpoints:
        yield said("No epoch was chosen yet: the last one, {epoch}, stands for the best.",
                   epoch=str(max(ground.checkpoints)))


def _fewer(plan: SheetPlan, sheet: Sheet) -> Iterator[Said]:
    """Shares of a run with fewer checkpoints than they ask for."""
    asked = next((axis for axis in plan.axes if axis.name == EPOCH), None)
    found = next((axis for axis in sheet.axes if axis.name == EPOCH), None)
    if asked and found and not asked.sets and len(found.values) < len(asked.values) and LAST not in asked.values:
        yield said("The run has {there} of the {asked} epochs that the sheet asks for.", there=len(found.values),
                   asked=len(asked.values))


def _one_version(plan: SheetPlan) -> Iterator[Said]:
    for axis in plan.axes:
        if axis.name in (LORA, MODEL) and axis.values == (THIS,):
            yield said("There is nothing to compare with yet: name another {what} with --axis '{name}=this | FILE'.",
                       what={LORA: "LoRA", MODEL: "base"}[axis.name], name=axis.name)


def _alike(cells: Sequence[Cell]) -> Iterator[Said]:
    pictures = len({cell.key for cell in cells})
    if pictures < len(cells):
        yield said("{cells} cells show {pictures} different pictures: some of them come to the same prompt.",
                   cells=len(cells), pictures=pictures)
