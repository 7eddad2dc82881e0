"""What the lint found, turned as the window needs it: by image, the worst first, and each as one filter line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.core.lint.finding import SEVERITIES, Finding
from studio.core.query import written
from ui.i18n import tr

ICONS = {"error": "error", "warning": "warning", "note": "info"}
TONES = {"error": "bad", "warning": "doubtful", "note": "muted"}


@dataclass(frozen=True, slots=True)
class Found:
    """All findings, ranked, with what they say of each image: its rules, and the severity of the worst.

    `own` are the rules of those findings that do not speak of the whole set.
    """

    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    worst: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, ids: Iterable[str]) -> tuple[Finding, ...]:
        """Those that speak of one of these images."""
        wanted = set(ids)
        return tuple(each for each in self.findings if any(image.id in wanted for image in each.images))


def found(findings: Sequence[Finding], total: int) -> Found:
    """The findings on a set of so many images with their turn. A note is no badge: every picture would carry one."""
    rules: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    worst: dict[str, str] = {}
    for each in findings:
        ids = dict.fromkeys(image.id for image in each.images)
        for id in ids:
            rules.setdefault(id, []).append(each.rule)
            if len(each.images) < total:
                own.setdefault(id, []).append(each.rule)
            if each.severity != "note":
                worst[id] = min(worst.get(id, each.severity), each.severity, key=SEVERITIES.index)
    return Found(tuple(findings), {id: frozenset(names) for id, names in rules.items()}, worst,
                 {id: tuple(dict.fromkeys(names)) for id, names in own.items()})


def filter_for(finding: Finding) -> str:
    """The line that shows a finding's pictures."""
    return written("lint", finding.rule)


def severity_name(severity: str) -> str:
    """As people call it."""
    return {"error": tr("Must be mended"), "warning": tr("Should be mended"), "note": tr("To know")}[severity]
