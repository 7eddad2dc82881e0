"""How is a value of an axis called in the window's language?"""

from __future__ import annotations

from studio.core.axes import BASE, EPOCH, STRENGTH, Axis, Value, is_text
from studio.core.compared_epochs import NO_TRIGGER
from studio.core.reference import telling_words
from ui.i18n import tr


def names_of(axis: Axis) -> dict[Value, str]:
    """How each value is called; of texts only what tells them from each other."""
    if is_text(axis.name) and not axis.sets and len(axis.values) > 1:
        told = telling_words(map(str, axis.values))
        return {value: told[str(value)] for value in axis.values}
    return {value: value_name(axis, value) for value in axis.values}


def value_name(axis: Axis, value: Value) -> str:
    """As it stands beside a row or over a column; words of the artist's own stay as they are."""
    if axis.name == EPOCH and value == BASE:
        return tr("step 0")
    if axis.name == EPOCH and value == NO_TRIGGER:
        return tr("no trigger")
    if axis.name == EPOCH:
        return tr("epoch {n}", n=value)
    if axis.name == "seed":
        return tr("seed {seed}", seed=value)
    if axis.name == STRENGTH and not axis.sets:
        return tr("strength {n}", n=f"{value:g}" if isinstance(value, float) else value)
    return axis.label(value)
