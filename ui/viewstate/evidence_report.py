"""What does the page of evidence have to show? For each question the newest sheet whose marks answer it.

Where none does, the newest that could is named, so that it can be marked, and else the sheet that would have to be
made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studio.core.agreement import Agreement
from studio.core.axes import EPOCH
from studio.core.evidence import QUESTIONS, Evidence, Question
from studio.core.grid_watch import PICKED, Watched, watched
from studio.core.verdict_journal import Held
from studio.jobs.evidence import Marked
from studio.jobs.evidence_colour import Coloured

# The sheet that answers a question, by the name it ships under.
PLANS: Mapping[Question, str] = {"epoch": "compare-epochs", "suppression": "suppression", "strength": "strength-bleed",
                                 "bleed": "side-by-side", "interaction": "interaction"}  # fmt: skip
OF_SEVERAL: frozenset[Question] = frozenset({"bleed", "interaction"})  # questions of runs with several characters


@dataclass(frozen=True, slots=True)
class Answer:
    """What one judge's marks of a sheet come to."""

    marked: Marked
    judge: str
    found: Evidence

    @property
    def judged(self) -> int:
        """How many pictures that judge marked."""
        return len(self._judged)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The pictures that judge has still to look at."""
        return tuple(cell.key for cell in self.marked.cells
                     if cell.key in self.marked.pictures and cell.key not in self._judged)

    @property
    def _judged(self) -> frozenset[str]:
        return frozenset(mark.key for mark in self.marked.marks if mark.judge == self.judge)


@dataclass(frozen=True, slots=True)
class Report:
    """`answers` are there for what was marked, `open` are sheets that could answer and are not marked for it.

    `agreements` are (sheet, names of two judges, agreement); `watched` is what speaks against ranking the first sheet.
    """

    run: str = ""
    names: tuple[str, ...] = ()
    sheets: tuple[Marked, ...] = ()
    judges: tuple[str, ...] = ()
    answers: Mapping[Question, Answer] = field(default_factory=dict)
    open: Mapping[Question, Marked] = field(default_factory=dict)
    agreements: tuple[tuple[Marked, tuple[str, str], Agreement], ...] = ()
    watched: Watched = Watched()
    colours: tuple[Coloured, ...] = ()
    journal: tuple[Held, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Those that are worth asking of this run."""
        return tuple(each for each in QUESTIONS
                     if each not in OF_SEVERAL or len(self.names) > 1 or each in self.answers or each in self.open)


def report(run: str, names: Sequence[str], sheets: Sequence[Marked], judge: str = "",
           journal: Sequence[Held] = ()) -> Report:
    """What the sheets of a run say by the marks of that judge, or of whoever marked most of each sheet."""
    judges = tuple(dict.fromkeys(name for each in sheets for name in each.judges))
    answers: dict[Question, Answer] = {}
    unmarked: dict[Question, Marked] = {}
    for each in reversed(sheets):
        of = judge if judge in each.judges else next(iter(each.judges), "")
        found = each.evidence(of)
        for question in found.questions:
            if says(found, question):
                answer = Answer(each, of, found)
                answers[question] = answer if _comes_first(question, answer, answers) else answers[question]
            else:
                unmarked.setdefault(question, each)
    agreed = tuple((each, pair, one) for each in reversed(sheets) for pair, of in each.agreements().items()
                   for one in of)
    return Report(run, tuple(names), tuple(sheets), judges, answers,
                  {question: each for question, each in unmarked.items() if question not in answers}, agreed,
                  _watched(answers["epoch"]) if "epoch" in answers else Watched(), journal=tuple(journal))


def _watched(answer: Answer) -> Watched:
    """What speaks against ranking by those marks; more seeds are a sheet of fewer epochs, so they are left out."""
    of = answer.marked
    cells = [cell for cell in of.cells if of.home[cell.key] == of.home[of.cells[0].key]]
    own = [mark for mark in of.marks if mark.judge == answer.judge]
    return watched(of.sheet, cells, own, ranked=PICKED, noise=answer.found.noise)


def _comes_first(question: Question, answer: Answer, there: Mapping[Question, Answer]) -> bool:
    """The newest sheet answers; of verdicts those on epochs come before those on versions, bases and formats."""
    return question not in there or question == "epoch" and answer.found.axis == EPOCH != there[question].found.axis


def says(found: Evidence, question: Question) -> bool:
    """Whether marks say anything of a question."""
    answered = {
        "epoch": found.verdict.pick is not None, "suppression": bool(found.suppressions),
        "strength": bool(found.responses), "bleed": bool(found.bleeds), "interaction": found.interactions is not None,
    }
    return answered[question]
