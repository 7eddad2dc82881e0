"""What may be asked of a run while it trains?

A wish is a line in the run's folder, written by whoever watches and answered by whoever trains, each once. The answer
is an event, so that a run which is taken up again knows what was granted.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from studio.core.errors import UserError, unknown
from studio.core.typed import typed

WishKind = Literal["stop", "pause", "stop after epoch", "go on", "save", "preview", "epochs"]
KINDS: tuple[str, ...] = get_args(WishKind)
OF_AN_ATTEMPT = ("stop", "pause", "stop after epoch", "go on")  # these mean nothing to a later attempt
MOST_EPOCHS = 10_000


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish; `value` is the number of epochs where another one is asked for.

    "stop" ends after the step at hand, "pause" does and frees the card; "stop after epoch" waits for the epoch's end
    and is taken back by "go on". "save" and "preview" ask for a LoRA or pictures of now. Raises UserError for what is
    none.
    """

    kind: str
    value: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("wish", self.kind, KINDS)
        if self.kind == "epochs" and not 1 <= self.value <= MOST_EPOCHS:
            raise UserError(f"A run cannot have {self.value} epochs", f"Ask for 1 to {MOST_EPOCHS:,}.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish and its number in the run's list, from 1."""

    number: int
    wish: Wish


def to_line(wish: Wish) -> bytes:
    """One line of JSON without its end."""
    return json.dumps(asdict(wish)).encode()


def from_line(line: bytes) -> Wish:
    """Raises UserError, ValueError, KeyError or TypeError for a line that holds no wish of this studio."""
    facts = json.loads(line)
    if not isinstance(facts, dict):
        raise ValueError("not a table")
    return typed(Wish, facts)
