"""What do the rules look at? A run as it is meant, with all that is known of the machine and of the run before."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.dataset import Dataset
from studio.core.lint.finding import Severity
from studio.core.planner import Forecast
from studio.core.priors import Prior
from studio.core.recipe import Recipe
from studio.core.run_diff import RunFacts


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card and the torch that shall use it.

    `capability` is the generation as CUDA counts it, (8, 9) for Ada and (12, 0) for Blackwell. `cuda` is what torch was
    built for, such as "13.0", and `kinds` are the generations it has code for, such as "sm_90".
    """

    name: str
    capability: tuple[int, int]
    cuda: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """What is installed and what should be, by package; `locked` is the lock file. Without a card the CPU computes."""

    installed: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    card: Card | None = None
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """How pictures are made in the end, by which a run is judged."""

    name: str
    steps: int
    cfg: float
    sampler: str
    scheduler: str


TURBO = Profile("Turbo", 8, 1.0, "er_sde", "simple")


@dataclass(frozen=True, slots=True)
class Intent:
    """A run before it starts. What is not known stays empty, and the rules that need it stay silent.

    `planned` and `parent` are compared; `use_base` is the base that the pictures are made with in the end. `left_out`
    holds settings of another trainer that the recipe was read from and that have no place here, by their names there.
    `foreign_latents` are files that another trainer left beside the images.
    """

    recipe: Recipe
    dataset: Dataset
    forecast: Forecast | None = None
    priors: tuple[Prior, ...] = ()
    planned: RunFacts | None = None
    parent: RunFacts | None = None
    use_base: str = ""
    profile: Profile | None = None
    machine: Machine = Machine()
    left_out: Mapping[str, object] = field(default_factory=dict)
    foreign_latents: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule has to say, in one sentence a person can act on.

    `remedy` says what to do; `settings` are assignments to the recipe, "flip=no", that do it at once, if there are any.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str
    settings: tuple[str, ...] = ()
    known: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a look found. Without a severity of its own it has that of its rule."""

    message: str
    remedy: str
    settings: tuple[str, ...] = ()
    severity: Severity | None = None


Cases = Iterator[Case]
Look = Callable[[Intent], Cases]
