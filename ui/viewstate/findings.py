"""What the lint found, turned as the window needs it: by image, the worst first, and each as one filter line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.core.lint.finding import SEVERITIES, Certainty, Finding
from studio.core.lint.rules import rule_of
from studio.core.query import written
from ui.i18n import tr
from ui.viewstate.sayings import told

ICONS = {"error": "error", "warning": "warning", "note": "info"}
TONES = {"error": "bad", "warning": "doubtful", "note": "muted"}


@dataclass(frozen=True, slots=True)
class Found:
    """All findings, ranked, with what they say of each image: its rules, and the severity of the worst.

    `own` are the rules that judged it and do not speak of the whole set, and `gravest` is the worst severity among
    them; `worst` is the same without notes.
    """

    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    worst: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gravest: Mapping[str, str] = field(default_factory=dict)

    def of(self, ids: Iterable[str]) -> tuple[Finding, ...]:
        """Those that speak of one of these images."""
        wanted = set(ids)
        return tuple(each for each in self.findings if any(image.id in wanted for image in each.images))


def found(findings: Sequence[Finding], total: int) -> Found:
    """The findings on so many images that take part. Notes and what is said of all are no badge: all would wear it."""
    rules: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    worst: dict[str, str] = {}
    gravest: dict[str, str] = {}
    for each in findings:
        ids = dict.fromkeys(image.id for image in each.images)
        for id in ids:
            rules.setdefault(id, []).append(each.rule)
            if len(each.images) < total and each.certainty is not Certainty.UNKNOWN:
                own.setdefault(id, []).append(each.rule)
                _worsen(gravest, id, each.severity)
            if each.severity != "note" and len(each.images) < total:
                _worsen(worst, id, each.severity)
    return Found(tuple(findings), {id: frozenset(names) for id, names in rules.items()}, worst,
                 {id: tuple(dict.fromkeys(names)) for id, names in own.items()}, gravest)


def _worsen(worst: dict[str, str], id: str, severity: str) -> None:
    worst[id] = min(worst.get(id, severity), severity, key=SEVERITIES.index)


def rule_name(id: str) -> str:
    """A rule in a few words."""
    return told(rule_of(id).name)


def evidence(finding: Finding) -> str:
    """What shows it, and from where one may know what becomes of it."""
    return "\n".join(map(told, finding.shown_by))


def standing(finding: Finding) -> str:
    """Why a finding stands where it does in the list."""
    return tr("Costs: {cost} · {certainty}", cost=told(finding.cost.said), certainty=told(finding.certainty.said))


def filter_for(finding: Finding) -> str:
    """The line that shows a finding's pictures."""
    return written("lint", finding.rule)


def severity_name(severity: str) -> str:
    """As people call it."""
    return {"error": tr("Must be mended"), "warning": tr("Should be mended"), "note": tr("To know")}[severity]
