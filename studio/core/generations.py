"""Which build of torch fits which NVIDIA card, and what has gone wrong with the others?

A row for each generation, and a row for each way to lose an evening, each with the id of its check. Builds: those of
PyTorch's index for the torch of the lock file; CUDA 13 has left out what is older than Turing (its release notes), CUDA
12.6 has no code for what is newer than Hopper. Drivers: NVIDIA's table of minor version compatibility.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from studio.core.dataset import Dataset
from studio.core.errors import unknown
from studio.core.recipe import Recipe
from studio.core.rules.intent import Case, Intent, Machine
from studio.core.rules.machine import replaced_torch, unknown_card, wrong_versions

WHEELS = "https://download.pytorch.org/whl"

Capability = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Build:
    """A build of torch: for cards from `oldest` to `newest`, on drivers from the major version `driver` on."""

    name: str
    cuda: str
    driver: int
    oldest: Capability
    newest: Capability

    @property
    def index(self) -> str:
        return f"{WHEELS}/{self.name}"

    def has_code_for(self, capability: Capability) -> bool:
        return self.oldest <= capability <= self.newest


BUILDS = (Build("cu130", "13.0", 580, (7, 5), (12, 9)), Build("cu126", "12.6", 525, (5, 0), (9, 9)))  # best first


@dataclass(frozen=True, slots=True)
class Generation:
    """Cards that CUDA counts from `since` on; `cards` are some that people have."""

    name: str
    since: Capability
    cards: str


GENERATIONS = (
    Generation("Maxwell", (5, 0), "GTX 900"),
    Generation("Pascal", (6, 0), "GTX 10, P100"),
    Generation("Volta", (7, 0), "V100"),
    Generation("Turing", (7, 5), "RTX 20, GTX 16, T4"),
    Generation("Ampere", (8, 0), "RTX 30, A100, A40"),
    Generation("Ada", (8, 9), "RTX 40, L4, L40"),
    Generation("Hopper", (9, 0), "H100, H200"),
    Generation("Blackwell", (10, 0), "RTX 50, B200, RTX PRO 6000"),
)


@dataclass(frozen=True, slots=True)
class Here:
    """A machine with an NVIDIA card. `name`, `capability` and `driver` are what the driver says, the rest is ours."""

    name: str
    capability: Capability
    driver: int | None = None
    machine: Machine = Machine()
    others: Mapping[str, str] = field(default_factory=dict)  # installed, beside what a rule looks at


Check = Callable[[Here], Iterator[Case]]


@dataclass(frozen=True, slots=True)
class Landmine:
    """One row: what goes wrong, in short, and the check that finds it."""

    id: str
    what: str
    check: Check


def generation_of(capability: Capability) -> Generation | None:
    """None for a card older than any row."""
    return next((each for each in reversed(GENERATIONS) if each.since <= capability), None)


def find_generation(name: str) -> Generation:
    """By its name, in any case. Raises UserError naming those there are."""
    found = next((each for each in GENERATIONS if each.name.casefold() == name.strip().casefold()), None)
    if found is None:
        raise unknown("generation", name.strip().capitalize(), (each.name for each in GENERATIONS))
    return found


def build_for(capability: Capability, driver: int | None = None) -> Build | None:
    """The best build that has code for the card and runs on the driver, whichever it is without one; None if none."""
    fitting = (each for each in BUILDS if each.has_code_for(capability))
    return next((each for each in fitting if driver is None or driver >= each.driver), None)


def found_in(here: Here) -> Iterator[tuple[str, Case]]:
    """(id, case) of every landmine that a machine stands on."""
    for row in LANDMINES:
        yield from ((row.id, case) for case in row.check(here))


def _no_build(here: Here) -> Iterator[Case]:
    if not any(build.has_code_for(here.capability) for build in BUILDS):
        yield Case(f"No torch of this version has code for the {here.name} (compute {_dotted(here.capability)}).",
                   "Use another card, or --device cpu.")


def _old_driver(here: Here) -> Iterator[Case]:
    fitting = [build for build in BUILDS if build.has_code_for(here.capability)]
    if here.driver is not None and fitting and build_for(here.capability, here.driver) is None:
        oldest = min(build.driver for build in fitting)
        yield Case(f"The driver is {here.driver}, and the {here.name} needs {oldest} or newer for any torch that has "
                   "code for it.", "Install a newer driver, or rent a machine that has one.")


def _other_build(here: Here) -> Iterator[Case]:
    """A build for the processor trains on it, at a hundredth of the speed, and says nothing."""
    card, build = here.machine.card, build_for(here.capability, here.driver)
    if build is not None and card is None and here.machine.installed.get("torch"):
        yield Case(f"torch does not see the {here.name}: it is a build without CUDA, or one that the driver is too old "
                   "for.", f"Install torch from {build.index}, or run packaging/start.py.")


def _beside_torch(here: Here) -> Iterator[Case]:
    for package in ("torchvision", "torchaudio"):
        if found := here.others.get(package):
            yield Case(f"{package} {found} is installed; built for another torch it breaks transformers, and nothing "
                       "here uses it.", f"Remove it: pip uninstall {package}.")


def _ruled(rule: Callable[[Intent], Iterator[Case]]) -> Check:
    """A rule of a run, asked of the machine alone."""
    return lambda here: rule(Intent(Recipe(), Dataset((), ()), machine=here.machine))


LANDMINES = (
    Landmine("E01", "no build of torch has code for the card", _no_build),
    Landmine("E02", "the driver is older than the build needs: torch sees no card", _old_driver),
    Landmine("E03", "a build without CUDA came in: the processor trains, which takes a hundred times as long",
             _other_build),
    Landmine("R11", "another torch or transformers than the locked one: the text encoder dies after the long load",
             _ruled(wrong_versions)),
    Landmine("R12", "a card that the build has no code for: \"no kernel image\"", _ruled(unknown_card)),
    Landmine("R13", "xformers or flash-attn replace torch when they are updated", _ruled(replaced_torch)),
    Landmine("E04", "a torchvision of another torch breaks transformers", _beside_torch),
)


def _dotted(capability: Capability) -> str:
    return f"{capability[0]}.{capability[1]}"
