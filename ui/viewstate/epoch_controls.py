"""Who keeps a prompt from being drawn, the base or the trigger? Told from the marks of the base and the pick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from studio.core.axes import BASE, Value
from studio.core.compared_epochs import NO_TRIGGER
from studio.core.said import Said
from studio.core.suppression import BASE as THE_BASE
from studio.core.suppression import TRIGGER, ArmMark, Suppression, suppressions
from ui.i18n import tr
from ui.viewstate.epoch_series import Series, Shot

_ROLES = {BASE: THE_BASE, NO_TRIGGER: THE_BASE}
_FAILS = 0.5   # the share of cells from which on the pick can


def controls(series: Series, is_hit: Callable[[Shot], bool | None], pick: Value | None) -> tuple[Suppression, ...]:
    """What the marks of each prompt come to, for the epoch to take; `is_hit` is None for a cell that nobody judged."""
    return suppressions(_marks(series, is_hit, pick)) if pick is not None else ()


def shown(found: Iterable[Suppression]) -> str:
    """Why the pick fails where it does, once chance is ruled out: sentences to stand behind the verdict's own."""
    failed = (each for each in found if each.trigger.tries and each.trigger.rate < _FAILS)
    told = (_told(each.text) for each in failed if each.is_shown and each.state in ("lacking", "suppressed"))
    return " ".join(tr("{sentence}.", sentence=each[:1].upper() + each[1:]) for each in told)


def counted(found: Iterable[Suppression]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was counted of every prompt of which both arms were judged, each with its cells."""
    return tuple((_told(each.text), each.keys) for each in found if each.base.tries and each.trigger.tries)


def _marks(series: Series, is_hit: Callable[[Shot], bool | None], pick: Value) -> Iterator[ArmMark]:
    roles = _ROLES | {pick: TRIGGER}
    for (look, arm), shot in series.shots.items():
        hit = is_hit(shot) if arm in roles else None
        if hit is not None:
            yield ArmMark(look.name, roles[arm], look.seed, hit, key=shot.cell.key)


def _told(text: Said) -> str:
    return tr(text.pattern, **dict(text.fills))


def patterns() -> tuple[str, ...]:
    """Every pattern of a suppression, in the language in force."""
    return (
        tr("{composition}: the base cannot"), tr("{composition}: the base can, the trigger blocks it"),
        tr("{composition}: the base can, the trigger blocks it, strength {strength} releases it"),
        tr("{composition}: the base can, the trigger blocks it, strength {strength} releases it and loses her"),
        tr("{composition}: base {base}, trigger {trigger}: a control is missing"),
        tr("{composition}: base {base}, trigger {trigger}: base lacks it"),
        tr("{composition}: base {base}, trigger {trigger}: base lacks it (not shown)"),
        tr("{composition}: base {base}, trigger {trigger}: trigger suppresses; add data"),
        tr("{composition}: base {base}, trigger {trigger}: trigger suppresses; add data (not shown)"),
        tr("{composition}: base {base}, trigger {trigger}: the trigger leaves it alone"),
    )
