"""Will the run teach what it should, and will one know why? R01, R04 to R07, R14 and R16."""

from collections.abc import Sequence

from studio.core.lint.phrases import counted, listed
from studio.core.planner import about
from studio.core.priors import span
from studio.core.rules.intent import Case, Cases, Intent
from studio.core.run_diff import axes, is_confounded, splits

RANK_EACH = 64      # two characters at 32 each ran into each other, at 64 each they did not
SURPLUS = 1.25      # ours: how far beyond the reported best a run may end

_ADAPTER_SETTINGS = ("train_llm_adapter", "llm_adapter_lr")
_OFF = ("", "0", "0.0", "false", "none", "no")


def mirrored(intent: Intent) -> Cases:
    """R01: flipped images teach an asymmetric character's mirror image."""
    uneven = [each.name for each in intent.dataset.characters if each.asymmetric]
    if intent.recipe.flip and uneven:
        yield Case(f"Every other exposure is mirrored, and {listed(uneven)} would come out mirrored too.",
                   "Switch flip off, or say that she is symmetric.", ("flip=no",))


def thin_rank(intent: Intent) -> Cases:
    """R04: characters that share too small a rank run into each other."""
    people, recipe = len(intent.dataset.characters), intent.recipe
    if people > 1 and recipe.adapter != "lokr" and recipe.rank < people * RANK_EACH:
        enough = people * RANK_EACH
        alpha = f"alpha={recipe.alpha * enough / recipe.rank:g}"
        yield Case(f"Rank {recipe.rank} leaves {recipe.rank / people:.3g} to each of {people} characters,"
                   f" {RANK_EACH} each were needed.", f"Raise the rank to {enough}.", (f"rank={enough}", alpha))


def unusual_exposures(intent: Intent) -> Cases:
    """R05: the plan lies outside of everything that was reported for runs like it."""
    band, forecast = span(intent.priors), intent.forecast
    if band is None or forecast is None or forecast.exposures_per_image > SURPLUS * band[1]:
        return  # where the night is too long, R06 speaks
    shown, epochs = forecast.exposures_per_image, [_epochs_for(intent, exposures) for exposures in band]
    if not band[0] <= shown <= band[1]:
        side = "fewer" if shown < band[0] else "more"
        yield Case(f"{counted(shown, 'exposure')} of an image are {side} than the {_range(band)} that were best in"
                   f" {counted(len(intent.priors), 'report')} of such runs.",
                   f"Change the repeats, or the epochs to {_range(epochs)}.")


def surplus(intent: Intent) -> Cases:
    """R06: the part of the night beyond the reported best is mostly wasted."""
    band, forecast = span(intent.priors), intent.forecast
    if band is None or forecast is None or forecast.exposures_per_image <= SURPLUS * band[1]:
        return
    epochs = _epochs_for(intent, band[1])
    wasted = forecast.seconds.get("steps", 0.0) * (1 - band[1] / forecast.exposures_per_image)
    yield Case(f"Runs like it were best by {band[1]} exposures, this one ends at {forecast.exposures_per_image}:"
               f" {about(wasted)} beyond.", f"End it at epoch {epochs}.", (f"epochs={epochs}",))


def confounded(intent: Intent) -> Cases:
    """R07: with several things changed at once, nobody knows which one did it."""
    if intent.parent is None or intent.planned is None:
        return
    found = axes(intent.parent, intent.planned)
    if is_confounded(found):
        between = splits(intent.parent, intent.planned)
        first = f"First the parent with {listed(between[0].takes)} changed"
        more = f", then {len(between) - 1} more" if len(between) > 1 else ""
        names = listed([axis.name for axis in found], len(found)).capitalize()
        yield Case(f"{names} differ from {intent.parent.id}, so its result could come from any of them.",
                   f"{first}{more}; or take it for a run that proves less.")


def trained_adapter(intent: Intent) -> Cases:
    """R14: a text adapter that learns too lets the trigger drag the composition along."""
    asked = {name: value for name, value in intent.left_out.items() if name in _ADAPTER_SETTINGS and _is_on(value)}
    if asked:
        told = listed([f"{name} = {value}" for name, value in asked.items()])
        yield Case(f"The recipe comes with {told}, and here the text adapter always stays frozen: rate 0.",
                   "Nothing has to be done; expect the trigger to leave the composition alone.")


def steps_without_exposures(intent: Intent) -> Cases:
    """R16: a limit in steps means something else with every accumulation."""
    recipe, forecast = intent.recipe, intent.forecast
    if forecast is None or not recipe.max_steps or forecast.steps == recipe.epochs * forecast.steps_per_epoch:
        return
    each = recipe.batch_size * recipe.accumulation
    yield Case(f"{forecast.steps:,} steps of {counted(each, 'image')} are {forecast.exposures_per_image} exposures of"
               f" an image: the run ends in epoch {forecast.epochs} of {recipe.epochs}.",
               f"Set epochs to {forecast.epochs} and no limit of steps, or mean it so.",
               (f"epochs={forecast.epochs}", "max_steps=0"))


def _epochs_for(intent: Intent, exposures: int) -> int:
    """The epochs after which the image that is shown most often was shown that often."""
    repeats = max((each.repeats for each in intent.forecast.pictures), default=1)
    return max(1, round(exposures / repeats))


def _range(ends: Sequence[int]) -> str:
    return f"{ends[0]} to {ends[1]}" if ends[0] < ends[1] else str(ends[0])


def _is_on(value: object) -> bool:
    return str(value).strip().casefold() not in _OFF
