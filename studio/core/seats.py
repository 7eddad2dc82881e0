"""Which one is this process, among those that train one run together?

Whoever starts several processes, `accelerate launch` or the studio itself, says so in the environment, in the words
that torch's own launcher uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.errors import UserError
from studio.core.recipe import Recipe

PLACE, COUNT, LOCAL, ADDRESS, PORT = "RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"
LOCAL_COUNT = "LOCAL_WORLD_SIZE"


@dataclass(frozen=True, slots=True)
class Seat:
    """`place` of `count`, from 0; `local` is the place among those on the same machine. The first leads."""

    place: int = 0
    count: int = 1
    local: int = 0

    @property
    def is_alone(self) -> bool:
        return self.count == 1

    @property
    def lends(self) -> bool:
        """Whether it only computes what the first asks for."""
        return self.place > 0


def seat_in(environment: Mapping[str, str]) -> Seat:
    """The seat that an environment gives; alone where it says nothing that makes sense."""
    place, count, local = (_number(environment.get(name, "")) for name in (PLACE, COUNT, LOCAL))
    return Seat(place, count, local) if 0 <= place < count else Seat()


def environment_of(seat: Seat, address: str, port: int) -> dict[str, str]:
    """What a process of this machine is told of its seat, and where the first one is met."""
    return {PLACE: str(seat.place), COUNT: str(seat.count), LOCAL: str(seat.local), LOCAL_COUNT: str(seat.count),
            ADDRESS: address, PORT: str(port)}


def require_parts(recipe: Recipe, count: int) -> None:
    """Raises UserError for a recipe whose steps have fewer batches than there are processes to compute them."""
    if recipe.accumulation < count:
        raise UserError(
            f"A step of this recipe is {recipe.accumulation} batches of {recipe.batch_size}, too few for {count} "
            "processes: they share the batches of a step, so that the LoRA is the same whoever computes it",
            f"Write --set accumulation={count}, and a smaller batch_size for steps of the same size.")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1
