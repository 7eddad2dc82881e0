"""Makes a project of a sample character: her pictures with their captions, and her identity ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.core import toml
from studio.core.events import Ending
from studio.core.ledger import Ledger, Trait
from studio.jobs.bases import PRACTICE
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
from studio.jobs.samples import NAME, read_sample
from studio.store import workspace
from studio.store.ledgers import write_ledger


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A new project in `where` for the practice model, with the character of the folder `sample`."""

    where: Path
    sample: Path
    kind = "import"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        who = read_sample(self.sample)
        with workspace.create(self.where, who.name, PRACTICE):
            wish = ImportImages(self.where, (self.sample,), who.name, who.trigger, who.repeats, who.asymmetric)
            ending = wish.run(gpu, emit, stop)
        with workspace.open_project(self.where) as place:  # which knows the character by now
            write_ledger(place, sample_ledger(self.sample))
        return ending


def sample_ledger(folder: Path) -> Ledger:
    """What `character.toml` says of her traits, as a person would write it into a ledger."""
    table = toml.load(folder / NAME)
    traits, weak = table["traits"], table["traits"].get("base_weak", ())
    absorbed = (Trait(tag, "absorb", giveaway=tag in weak) for tag in traits["core"])
    varying = (Trait(tag, "vary", giveaway=tag in weak, structure=True) for tag in traits.get("structure", ()))
    never = (Trait(tag, "forbid") for tag in traits.get("never", ()))
    return Ledger(str(table["name"]), (*absorbed, *varying, *never))
