"""What is known of each question, in a few words for a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.evidence import Question
from studio.core.paired import arm_name
from ui.i18n import tr, trn
from ui.viewstate.evidence_report import Answer, Report
from ui.viewstate.evidence_words import short_name, verdict_word


@dataclass(frozen=True, slots=True)
class Status:
    """A part of the page; `icon` and `tone` go with what is known, both empty for nothing."""

    id: str
    name: str
    text: str
    icon: str = ""
    tone: str = "muted"


def statuses(report: Report) -> tuple[Status, ...]:
    """All parts, in the order of the page."""
    return tuple(_statuses(report))


def _statuses(report: Report) -> Iterator[Status]:
    for question in report.questions:
        answer = report.answers.get(question)
        if answer:
            yield _answered(question, answer)
        else:
            text = tr("to be marked") if question in report.open else tr("no sheet yet")
            yield Status(question, short_name(question), text, "check" if question in report.open else "")
        if question == "epoch" and answer:
            yield Status("curves", tr("Traits"), _plateau(answer), "chart")
            rows = len(answer.found.table.rows)
            yield Status("table", tr("Hits"), trn("{n} row", "{n} rows", rows), "list")
    if report.colours:
        yield _colour(report)
    if len(report.judges) > 1:
        yield _agreement(report)
    yield _journal(report)


def _answered(question: Question, answer: Answer) -> Status:
    text, icon, tone = {"epoch": _epoch, "suppression": _suppression, "strength": _strength, "bleed": _bleed,
                        "interaction": _interaction}[question](answer)
    return Status(question, short_name(question), text, icon, tone)


def _epoch(answer: Answer) -> tuple[str, str, str]:
    verdict = answer.found.verdict
    icon, tone = {"better": ("good", "good"), "worse": ("warning", "bad")}.get(verdict.word, ("question", "muted"))
    return tr("{word}; take {pick}", word=verdict_word(verdict.word), pick=arm_name(verdict.pick)), icon, tone


def _suppression(answer: Answer) -> tuple[str, str, str]:
    blocked = [each for each in answer.found.suppressions if each.state == "suppressed"]
    if not blocked:
        return tr("nothing blocked"), "good", "good"
    shown = sum(each.is_shown for each in blocked)
    text = trn("{n} blocked", "{n} blocked", len(blocked)) if shown else \
        trn("{n} suspected", "{n} suspected", len(blocked))
    return text, "warning", "bad" if shown else "doubtful"


def _strength(answer: Answer) -> tuple[str, str, str]:
    bands = [each.band for each in answer.found.responses]
    if any(band is None for band in bands):
        return tr("no safe strength"), "warning", "bad"
    lo, hi = max(band[0] for band in bands), min(band[1] for band in bands)
    return (tr("{lo} to {hi}", lo=f"{lo:g}", hi=f"{hi:g}"), "good", "good") if lo <= hi else (
        tr("by layout"), "warning", "doubtful")


def _bleed(answer: Answer) -> tuple[str, str, str]:
    gone = sum(bool(each.slot) for each in answer.found.bleeds)
    return (trn("{n} trait bled", "{n} traits bled", gone), "warning", "bad") if gone else (
        tr("nothing bled"), "good", "good")


def _interaction(answer: Answer) -> tuple[str, str, str]:
    hits = answer.found.interactions.total.hits
    return tr("{k} of {n} kept", k=hits.hits, n=hits.tries), "info", "muted"


def _plateau(answer: Answer) -> str:
    plateau = answer.found.verdict.plateau
    return tr("plateau from {epoch}", epoch=arm_name(plateau.epoch)) if plateau and not plateau.shortfall else \
        tr("no common plateau")


def _colour(report: Report) -> Status:
    moved = sum(each.has_alarm for each in report.colours)
    text = trn("{n} colour drifts", "{n} colours drift", moved) if moved else tr("all colours stay")
    return Status("colour", tr("Colour"), text, "warning" if moved else "good", "bad" if moved else "good")


def _agreement(report: Report) -> Status:
    warned = any(each.warning for _, _, each in report.agreements)
    kappas = [each.kappa for _, _, each in report.agreements if each.kappa is not None]
    text = tr("kappa {least}", least=f"{min(kappas):.2f}") if kappas else tr("nothing in common")
    return Status("agreement", tr("Agreement"), text, "warning" if warned else "people", "doubtful" if warned else
                  "muted")


def _journal(report: Report) -> Status:
    standing = [each for each in report.journal if each.retraction is None]
    text = tr("stands: {pick}", pick=standing[-1].judgement.pick) if standing else tr("no verdict written")
    return Status("journal", tr("Journal"), text, "note")
