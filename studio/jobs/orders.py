"""Jobs as orders that can be written down, and orders as jobs again.

An order holds only what was chosen. Everything else is looked at when its turn comes: images, checkpoints, the base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from studio.core.axes import parse_axis
from studio.core.cell_source import HERE, Source
from studio.core.errors import reading, unknown
from studio.core.knobs import build, to_mapping
from studio.core.orders import Order
from studio.core.origin import Refusal
from studio.core.recipe import Recipe
from studio.core.retag import Mode
from studio.core.sheet_plan import SheetPlan, plan_from_toml, plan_to_toml
from studio.jobs.bases import BaseChoice, base_from_facts
from studio.jobs.execute import Job
from studio.jobs.render_sheet import start_sheet
from studio.jobs.tag import Tag
from studio.jobs.tagger_looks import THRESHOLD
from studio.jobs.train import resume_training, start_training
from studio.store.cell_sources import name_source, named_source
from studio.store.workspace import Workspace

Start = Callable[[Workspace], Job]


def train_order(recipe: Recipe, base: BaseChoice | None = None, characters: Iterable[str] = (), parent: str = "",
                refused: Iterable[Refusal] = ()) -> Order:
    """A new run of these characters, of all without any; `refused` are rules that a person overruled."""
    facts = {"recipe": to_mapping(recipe), "base": _base_facts(base), "characters": list(characters), "parent": parent,
             "refused": [asdict(each) for each in refused]}
    return Order("train", facts)


def resume_order(run: str, base: BaseChoice | None = None, epochs: int = 0) -> Order:
    """The rest of a run; `epochs` makes it longer or shorter."""
    return Order("resume", {"run": run, "base": _base_facts(base), "epochs": epochs})


def sheet_order(plan: str | Path | SheetPlan, run: str = "", base: BaseChoice | None = None, axes: Iterable[str] = (),
                loras: Iterable[tuple[Path, float]] = (), source: Source = HERE) -> Order:
    """The sheet of a plan, a file, one by its name or as it was just put together, with axes as they are typed
    (`epoch=all`, `cfg=1,4`).

    Without a run it is that of the order it comes after. Of the `source` of its pictures the order holds a name only:
    what stands in a project, which somebody may send, must not say which address is asked or which folder is read.
    """
    worn = [[str(Path(path).absolute()), strength] for path, strength in loras]
    named = {"text": plan_to_toml(plan)} if isinstance(plan, SheetPlan) else str(plan)
    facts = {"plan": named, "run": run, "base": _base_facts(base), "axes": list(axes), "loras": worn,
             "source": name_source(source)}
    return Order("sheet", facts)


def tag_order(tagger: Path, threshold: float = THRESHOLD, mode: Mode = "skip", images: Iterable[str] = ()) -> Order:
    """Captions for these images, for all without any."""
    facts = {"tagger": str(tagger.absolute()), "threshold": threshold, "mode": mode, "images": list(images)}
    return Order("tag", facts)


def job_of(order: Order, place: Workspace) -> Job:
    """The job that was ordered, in this project. Raises UserError for what cannot be done, or is no order."""
    read = _READERS.get(order.kind)
    if read is None:
        raise unknown("order", order.kind, _READERS)
    with reading("The order"):
        start = read(order.facts)
    return start(place)


def _train(facts: Mapping[str, object]) -> Start:
    recipe = build(Recipe, facts["recipe"], "the recipe that was ordered")
    base, characters, parent = _base(facts), tuple(facts["characters"]), str(facts["parent"])
    refused = tuple(Refusal(**each) for each in facts["refused"])
    return lambda place: start_training(place, recipe, base, characters, parent, refused)


def _resume(facts: Mapping[str, object]) -> Start:
    run, base, epochs = str(facts["run"]), _base(facts), int(facts.get("epochs", 0))
    return lambda place: resume_training(place, run, base, epochs)


def _sheet(facts: Mapping[str, object]) -> Start:
    asked, run, base = facts["plan"], str(facts["run"]), _base(facts)
    plan = plan_from_toml(asked["text"], "the sheet that was ordered") if isinstance(asked, Mapping) else str(asked)
    axes = [parse_axis(each) for each in facts["axes"]]
    loras = [(Path(path), float(strength)) for path, strength in facts["loras"]]
    source = str(facts.get("source", ""))
    return lambda place: start_sheet(place, plan, run, base, axes, loras, named_source(source))


def _tag(facts: Mapping[str, object]) -> Start:
    tagger, threshold, mode = Path(facts["tagger"]), float(facts["threshold"]), facts["mode"]
    images = tuple(facts["images"])
    return lambda place: Tag(place.folder, tagger, threshold, mode, images=images)


def _base_facts(base: BaseChoice | None) -> dict[str, str]:
    return base.facts() if base else {}


def _base(facts: Mapping[str, object]) -> BaseChoice | None:
    return base_from_facts(facts["base"]) if facts["base"] else None


_READERS: Mapping[str, Callable[[Mapping[str, object]], Start]] = {
    "train": _train, "resume": _resume, "sheet": _sheet, "tag": _tag,
}  # fmt: skip
