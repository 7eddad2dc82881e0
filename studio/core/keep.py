"""Which checkpoints of a run stay on the disk?"""

from collections.abc import Iterable, Iterator

from studio.core.recipe import Recipe
from studio.core.schedule import Plan


def saved_epochs(recipe: Recipe, plan: Plan) -> Iterator[int]:
    """The epochs that a run saves a checkpoint of, in their order; the last is always one of them."""
    last = plan.epoch_of(plan.steps)
    yield from range(recipe.save_every, last, recipe.save_every)
    yield last


def outdated_epochs(recipe: Recipe, there: Iterable[int], newest: int) -> list[int]:
    """Of the epochs whose checkpoints are on the disk those that go once that of `newest` is, in their order.

    The newest few stay, and every so many-th; all if the recipe names no number. Ones later than `newest`, which a
    crash left, count for nothing: they are going to be made again.
    """
    if not recipe.keep_last:
        return []
    older = sorted(epoch for epoch in there if epoch <= newest)[:-recipe.keep_last]
    return [epoch for epoch in older if not recipe.keep_every or epoch % recipe.keep_every]


def most_kept(recipe: Recipe, plan: Plan, there: Iterable[int] = ()) -> int:
    """How many checkpoints a run holds at its largest, `there` being those it has already; a new one is written before
    an old one goes.
    """
    kept = set(there)
    most = len(kept)
    for epoch in saved_epochs(recipe, plan):
        kept.add(epoch)
        most = max(most, len(kept))
        kept.difference_update(outdated_epochs(recipe, kept, epoch))
    return most
