"""How does the window tell of a cell, a sheet and what must not be concluded from it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio.core.axes import STRENGTH
from studio.core.evaluation_rules import Claim, Warned
from studio.core.grid_watch import TURBO, profile_of
from studio.core.prompt import parse_weights
from studio.core.stats import Hits, hit_text
from studio.core.sweep import Cell
from ui.i18n import tr, trn
from ui.viewstate.grid_arrangement import Order
from ui.viewstate.grid_sheets import GridSheet
from ui.viewstate.sayings import told

_WIDE = 110  # characters of a prompt in a line of a tooltip
_PLAIN = 1.0


def axis_name(axis: str) -> str:
    """An axis for people; words of the artist's own stay as they are."""
    names = {"epoch": tr("Epoch"), "seed": tr("Seed"), STRENGTH: tr("LoRA strength"), "format": tr("Format"),
             "composition": tr("Composition"), "prompt": tr("Prompt"), "character": tr("Character"),
             "base": tr("Base model"), "lora": tr("Version"), "interaction": tr("Interaction"), "arm": tr("Arm"),
             "size": tr("Size"), "steps": tr("Steps"), "cfg": tr("CFG"), "outfit": tr("Outfit")}
    return names.get(axis, axis)


def order_name(order: Order) -> str:
    return {"sheet": tr("as in the sheet"), "name": tr("by name"), "best": tr("most obtained"),
            "worst": tr("least obtained")}[order]


def subject_name(claim: Claim) -> str:
    """What cells are compared for."""
    return {"face": tr("Faces"), "accessory": tr("Size of an accessory"), "colour": tr("Colours")}[claim]


def title_of(sheet: GridSheet) -> str:
    """What a sheet is called; those that ship in the window's language."""
    return sheet.title.replace(sheet.sheet.title, tr(sheet.sheet.title))


def progress(sheet: GridSheet) -> str:
    """How much of it is drawn."""
    pictures, there = sheet.pictures, min(len(sheet.there), sheet.pictures)
    if there == pictures:
        return trn("{n} picture", "{n} pictures", pictures)
    return tr("{n} of {all} drawn", n=f"{there:,}", all=f"{pictures:,}")


def worn(cell: Cell, saved: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """The LoRAs of a cell with their strengths."""
    for sha256, strength in cell.spec.loras:
        run, epoch = saved.get(sha256, ("", 0))
        if run:
            name = tr("{run}, epoch {epoch}", run=run.rpartition("-")[0] or run, epoch=epoch)
        elif profile_of(cell.spec) == TURBO:
            name = tr("Turbo LoRA")
        else:
            name = tr("LoRA {digest}", digest=sha256[:8])
        yield tr("{name} × {strength}", name=name, strength=f"{strength:g}")
    if not cell.spec.loras:
        yield tr("no LoRA")


def way(cell: Cell) -> str:
    """How it was drawn: its profile and the settings that make it."""
    spec = cell.spec
    names = {"turbo": tr("Turbo"), "builtin": tr("as previews are drawn")}
    name = names.get(profile_of(spec), tr("own settings"))
    return tr("{profile}: {steps} steps, CFG {cfg}, {sampler} / {scheduler}, {width} × {height}", profile=name,
              steps=spec.steps, cfg=f"{spec.cfg:g}", sampler=spec.sampler, scheduler=spec.scheduler, width=spec.width,
              height=spec.height)


def weights(prompt: str) -> tuple[str, ...]:
    """The parts of a prompt that are weighed, as "from behind × 1.6"."""
    return tuple(tr("{words} × {weight}", words=part.text.strip(" ,"), weight=f"{part.weight:g}")
                 for part in parse_weights(prompt) if part.weight != _PLAIN and part.text.strip(" ,"))


def tip(name: str, cell: Cell, saved: Mapping[str, tuple[str, int]], mark: str) -> str:
    """All of it that one wants to know of a cell in passing."""
    found = weights(cell.spec.prompt)
    lines = [name, *_broken(cell.spec.prompt), tr("seed {seed}", seed=cell.spec.seed)]
    lines += [tr("weights: {weights}", weights=", ".join(found))] if found else []
    lines += [", ".join(worn(cell, saved)), way(cell)]
    return "\n".join([*lines, mark] if mark else lines)


def counted(hits: Hits) -> str:
    """"7/24 29 % [13, 51]", or that nobody marked any."""
    text = hit_text(hits.hits, hits.tries) if hits.tries else tr("nothing marked")
    return text.replace(" ", "\u00a0")  # it is never broken into lines


def warning(found: Warned) -> str:
    return tr("{rule}: {message}. {remedy}.", rule=found.rule, message=told(found.message),
              remedy=told(found.remedy))


def patterns() -> tuple[str, ...]:
    """Every pattern of the rules of evaluation, in the language in force."""
    return (
        tr("{arm} is called broken on {count} of the {wanted} seeds that make it as much as suspect"),
        tr("Render {more} more seeds"), tr("{count} of the faces are not asked to smile with an open mouth"),
        tr("Ask every face for '{words}'"), tr("The cells differ in {what} too"), tr("Render them all alike"),
        tr("{count} cells have no counterpart of their prompt and seed"), tr("Render the missing cells"),
        tr("{arm} is best in one {what} only"), tr("Run the sheet 'pose-angle-weak' on it"),
        tr("The accessory is compared across {framings}, and its size follows the framing"),
        tr("Compare cells of one framing"),
        tr("{count} failures may be the prompt's, which can be read in two ways"), tr("Reword it and render again"),
        tr("{count} of the fused faces are below a megapixel and may be blur"), tr("Render them larger"),
        tr("{count} cells of {steps} steps and more are judged for colour"), tr("Render them with Turbo"),
        tr("{arm} leads by less than the judge's noise: there is no difference"), tr("Choose the earlier epoch"),
        tr("Pictures of the profiles {profiles} stand side by side: what is drawn as a preview undersells"),
        tr("Rank within one profile, or say that it shall be ranked all the same"),
    )


def _broken(text: str) -> Iterator[str]:
    """In lines of a width that a tooltip bears."""
    line = ""
    for word in text.split(" "):
        if line and len(line) + len(word) >= _WIDE:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
