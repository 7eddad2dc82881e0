"""The sentences of a verdict in the window's language. They come as patterns, and these are all there are."""

from __future__ import annotations

from collections.abc import Iterable

from studio.core.rubric import AS_ASKED
from studio.core.said import Said
from ui.i18n import tr
from ui.viewstate import sayings


def told(said: Said) -> str:
    """One of them, with its gaps filled."""
    return sayings.told(said, _words())


def sentence(clauses: Iterable[Said]) -> str:
    """All clauses as one sentence."""
    return tr("{clauses}.", clauses=tr("; ").join(map(told, clauses)))


def patterns() -> tuple[str, ...]:
    """Every pattern of a verdict, its reasons and its remedy, in the language in force."""
    return (
        tr("Nothing is marked yet"), tr("take {pick}"), tr("{arm}: nothing to compare it with yet"),
        tr("{arms}: better than {reference} ({traits})"), tr("{arms}: worse than {reference} ({traits})"),
        tr("{arms}: no difference shown"), tr("{seeds} fresh seeds would confirm {pick}"),
        tr("{seeds} more seeds on each of {prompts} prompts allow a verdict"),
        tr("{seeds} more seeds on each of {prompts} prompts would settle {arm}, {trait}, if it goes on like this"),
        tr("cells of one prompt and seed in pairs, against {reference}; exact sign test, error rate {alpha}, Holm's "
           "correction ({tested} of {count} comparisons have pairs enough to speak); worse takes {seeds} seeds on each "
           "of {prompts} prompts"),
        tr("{arm} against {reference}, {trait}: {word}; {better} better, {worse} worse, {same} the same of {pairs} "
           "pairs, p {p}, corrected {adjusted}{alone}"),
        tr("{arm}, {trait}: {remark}"), tr("none of {of} bad, which leaves {span}"),
        tr("{bad} of {of} bad, which leaves {span}: too few seeds to say anything"),
        tr("suspect: {bad} of {of} bad, {span}, against {other} of {others}, p {p}"),
        tr("a one-off: {bad} of {of} bad, {span}"), tr("not shown ({bad} of {of}): {span}"),
    )


def _words() -> dict[str, str]:
    return {"better": tr("better"), "worse": tr("worse"), "not shown": tr("not shown"), AS_ASKED: tr("as asked")}
