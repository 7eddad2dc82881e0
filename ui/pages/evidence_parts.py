"""The parts of the page of evidence, from the sentence down to the journal: each question with its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from studio.core.agreement import Agreement
from studio.core.axes import EPOCH, Value
from studio.core.blind import Steadiness
from studio.core.evidence import INTERACTION, Question, role_of, strengths_in
from studio.core.hit_table import HitRow
from studio.core.interaction import CLASSES, Count
from studio.core.marks import Mark
from studio.core.paired import PROMPTS, arm_name
from studio.core.stats import Hits
from studio.core.strength import Response
from studio.core.suppression import BASE, TRIGGER, WEAK, Suppression
from studio.jobs.evidence import kappa_text
from ui.i18n import tr, trn
from ui.session import Session
from ui.viewstate.evidence_report import Answer, Report
from ui.viewstate.evidence_words import asked, class_name, comparison_name, name_of, told, trait_name, wanting
from ui.viewstate.verdict_words import sentence as sentence_of
from ui.widgets.basics import action_button, caption, muted, push
from ui.widgets.evidence_bars import HitLine, interval_name
from ui.widgets.evidence_curve import Point, TraitCurve
from ui.widgets.evidence_matrix import BleedMatrix
from ui.widgets.evidence_section import Columns, Section, several, stated
from ui.widgets.evidence_strength import StrengthChart
from ui.widgets.evidence_swatches import Swatches
from ui.widgets.evidence_swatches import told as told_colour
from ui.widgets.evidence_table import HitTableView

SIGNS = {"better": ("good", "good"), "worse": ("warning", "bad"), "not shown": ("question", "muted")}

_ROLES = (BASE, TRIGGER, WEAK)
_MOST_WARNED = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What parts may ask for: cells under a name, a sheet to be made, a sheet to be marked."""

    session: Session
    show: Callable[[str, Sequence[str]], object]
    make: Callable[[Question], object]
    mark: Callable[[Question], object]


def parts(report: Report, desk: Desk) -> Iterator[Section]:
    """All that a run is asked, in the order of the page; the journal stands below them."""
    made: Mapping[Question, Callable[[Answer, Report, Desk], Section]] = {
        "epoch": _epoch, "suppression": _suppression, "strength": _strength, "bleed": _bleed,
        "interaction": _interaction,
    }  # fmt: skip
    for question in report.questions:
        answer = report.answers.get(question)
        yield made[question](answer, report, desk) if answer else _open(question, report, desk)
        if question == "epoch" and answer:
            yield _curves(answer, desk)
            yield _table(answer, desk)
    if report.colours:
        yield _colour(report, desk)
    if len(report.judges) > 1:
        yield _agreement(report, desk)


def source_of(answer: Answer) -> str:
    """Which sheet, whose marks, and how many of them."""
    marked = answer.marked
    return tr("{sheet} · {title} · {judge} marked {n} of {all} cells", sheet=", ".join(marked.ids),
              title=tr(marked.sheet.title), judge=answer.judge, n=f"{answer.judged:,}", all=f"{len(marked.home):,}")


def _open(question: Question, report: Report, desk: Desk) -> Section:
    """A question without an answer: the sheet that would answer it, or that its cells have to be marked."""
    made = Section(question, name_of(question))
    if question in report.open:
        marked = report.open[question]
        made.source.setText(f"{', '.join(marked.ids)} · {tr(marked.sheet.title)}")
        made.source.show()
        made.add(muted(asked(question), wrap=True))
        made.add_row(push(tr("Mark its cells"), lambda: desk.mark(question), icon="check"))
        return made
    made.add(muted(wanting(question), wrap=True))
    made.add_row(push(tr("Make this sheet"), lambda: desk.make(question), icon="grids"))
    return made


# Which epoch

def _epoch(answer: Answer, report: Report, desk: Desk) -> Section:
    verdict, actions = answer.found.verdict, desk.session.actions
    made = Section("epoch", comparison_name(answer.found.axis), source_of(answer))
    made.add(stated(sentence_of(verdict.clauses), *SIGNS[verdict.word], is_main=True))
    if verdict.more:
        made.add(caption(told(verdict.more.text), wrap=True))
    if rest := len(dict.fromkeys(answer.unjudged)):
        told_rest = trn("{n} picture of it is not marked yet and may change the sentence.",
                        "{n} pictures of it are not marked yet and may change the sentence.", rest)
        made.add_row(caption(told_rest), push(tr("Mark them"), lambda: desk.mark("epoch"), quiet=True))
    prompts = {tally.prompt for each in verdict.comparisons for tally in each.tallies}
    if len(prompts) == 1:
        made.add(caption(tr("All of it is one prompt; to call anything worse takes {n}.", n=PROMPTS), wrap=True))
    if answer.found.steady:
        made.add(caption(_steady(answer.judge, answer.found.steady), wrap=True))
    made.add_row(*(_pushed(actions[f"evidence.{id}"]) for id in ("more", "why", "write")))
    for each in report.watched.warned[:_MOST_WARNED]:
        made.add(_warning(f"{told(each.message)}. {told(each.remedy)}.", each.keys, each.rule, desk))
    return made


def _steady(judge: str, steady: Steadiness) -> str:
    """How far a judge can be trusted to say the same again."""
    return tr("{judge} said the same again in {same} blind repeats; the noise is {noise} % of the scale", judge=judge,
              same=steady.same, noise=f"{100 * steady.noise:.0f}")


def _pushed(action: QAction) -> QToolButton:
    """A button that stands out, and says by itself why it cannot be pressed."""
    made = action_button(action, text=True)
    made.setProperty("kind", "push")
    return made


def _warning(text: str, keys: Sequence[str], rule: str, desk: Desk) -> QWidget:
    made = stated(text, "warning", "doubtful")
    if not keys:
        return made
    layout = made.layout()
    layout.addWidget(push(tr("Show"), lambda: desk.show(rule, keys), quiet=True))
    return made


def _curves(answer: Answer, desk: Desk) -> Section:
    """A plot for each trait that was judged at several epochs; the shade begins where its plateau does."""
    found = answer.found
    made = Section("curves", tr("When does each trait come?") if found.axis == EPOCH else tr("How often is it there?"))
    plateau = found.verdict.plateau
    if plateau:
        made.add(stated(_capital(told(plateau.text)) + tr("."), "info", "muted"))
    firsts = {each.trait: each.epoch for each in plateau.plateaus} if plateau else {}
    rows: dict[str, list[HitRow]] = {}
    for row in found.curves.rows:
        rows.setdefault(row.trait, []).append(row)
    plots = []
    for trait, of in rows.items():
        points = [Point(row.group[0], row.hits, row.keys) for row in of if row.group]
        curve = TraitCurve(trait, points, firsts.get(trait), found.verdict.pick)
        curve.asked.connect(lambda keys, trait=trait: desk.show(trait, keys))
        plots.append(several([caption(_curve_name(trait, firsts)), curve]))
    made.add(Columns(plots))
    made.add(caption(tr("Points are k/n, whiskers the exact 95 % interval (Clopper-Pearson), the dashes the base; "
                        "shaded from the first epoch on that comes within the judge's noise of the best."), wrap=True))
    return made


def _curve_name(trait: str, firsts: Mapping[str, Value]) -> str:
    name = trait_name(trait)
    if trait not in firsts:
        return name
    return tr("{trait}: on its plateau from {epoch} on", trait=name, epoch=arm_name(firsts[trait]))


def _table(answer: Answer, desk: Desk) -> Section:
    made = Section("table", tr("Hits"), tr("k/n with the exact interval, as the file has it."))
    view = HitTableView(answer.found.table)
    view.asked.connect(lambda keys: desk.show(tr("Hits"), keys))
    made.add(view)
    made.add_row(action_button(desk.session.actions["evidence.csv"], text=True))
    return made


# The other questions

def _suppression(answer: Answer, report: Report, desk: Desk) -> Section:
    made = Section("suppression", name_of("suppression"), source_of(answer))
    for each in answer.found.suppressions:
        made.add(stated(_capital(told(each.text)) + tr("."), *_suppression_sign(each)), _arms(each, answer, desk))
    made.add(interval_name())
    return made


def _suppression_sign(each: Suppression) -> tuple[str, str]:
    if each.state == "suppressed":
        return ("warning", "bad" if each.is_shown else "doubtful")
    return {"kept": ("good", "good"), "lacking": ("info", "muted")}.get(each.state, ("question", "muted"))


def _arms(each: Suppression, answer: Answer, desk: Desk) -> QWidget:
    """What the base can, what the trigger does, and what a low strength gives back."""
    arms = [(tr("base alone"), each.base, ""), (tr("trigger"), each.trigger, "")]
    if each.weak.tries:
        lost = trn("{n} lost her", "{n} lost her", each.lost.hits) if each.lost.hits else ""
        arms.append((tr("trigger at {strength}", strength=f"{each.strength:g}"), each.weak, lost))
    lines = []
    for place, (name, hits, more) in enumerate(arms):
        keys = _keys_of_arm(answer, each, place)
        line = HitLine(name, hits, keys, more)
        line.asked.connect(lambda keys, name=name: desk.show(f"{each.composition}: {name}", keys))
        lines.append(line)
    return several(lines)


def _keys_of_arm(answer: Answer, each: Suppression, place: int) -> tuple[str, ...]:
    cells = {cell.key: cell for cell in answer.marked.cells}
    return tuple(key for key in each.keys if _ROLES.index(role_of(cells[key])) == place)


def _strength(answer: Answer, report: Report, desk: Desk) -> Section:
    made = Section("strength", name_of("strength"), source_of(answer))
    for each in answer.found.responses:
        made.add(stated(_capital(told(each.text)) + tr("."), *_strength_sign(each)))
        chart = StrengthChart(each)
        chart.asked.connect(lambda trait, strength, layout=each.layout: desk.show(
            f"{trait or layout}, {strength:g}", _keys_at(answer, layout, trait, strength)))
        made.add(chart)
    made.add(caption(tr("Filled as far as the trait shows in the cells of a strength; bright from its onset on."),
                     wrap=True))
    return made


def _strength_sign(each: Response) -> tuple[str, str]:
    return ("good", "good") if each.band else ("warning", "bad")


def _keys_at(answer: Answer, layout: str, trait: str, strength: float) -> tuple[str, ...]:
    own = [mark for mark in answer.marked.marks if mark.judge == answer.judge]
    return tuple(dict.fromkeys(each.key for each in strengths_in(answer.marked.cells, own)
                               if each.layout == layout and each.strength == strength and trait in ("", each.trait)))


def _bleed(answer: Answer, report: Report, desk: Desk) -> Section:
    made = Section("bleed", name_of("bleed"), source_of(answer))
    found = answer.found.bleeds
    gone = sorted((each for each in found if each.slot), key=lambda each: -each.hits.rate)
    if not gone:
        made.add(stated(tr("Every trait stayed with its owner."), "good", "good"))
    for each in gone[:_MOST_WARNED]:
        made.add(stated(f"{each.text} {_interval(each.hits)}", "warning", "bad"))
    matrix = BleedMatrix(found)
    matrix.asked.connect(lambda keys: desk.show(name_of("bleed"), keys))
    made.add(matrix)
    made.add_row(push(tr("Mark more cells"), lambda: desk.mark("bleed"), icon="check"))
    return made


def _interval(hits: Hits) -> str:
    return str(hits).partition(" ")[2]


def _interaction(answer: Answer, report: Report, desk: Desk) -> Section:
    made = Section("interaction", name_of("interaction"), source_of(answer))
    found = answer.found.interactions
    made.add(stated(_capital(told(found.total.text)) + tr("."), "info", "muted"))
    for of in found.classes:
        made.add(several(list(_class_lines(of, found.each, answer, desk))))
    for each in (each.advice for each in found.each if each.advice):
        made.add(stated(_capital(told(each)) + tr("."), "wand", "doubtful"))
    made.add(interval_name())
    return made


def _class_lines(of: Count, each: Sequence[Count], answer: Answer, desk: Desk) -> Iterator[QWidget]:
    """The subtotal of a class, and the interactions in it where there are several."""
    inside = [one for one in each if CLASSES.get(one.name, one.name) == of.name]
    yield _roll_line(class_name(of.name), of, [one.name for one in inside], answer, desk, is_head=True)
    for one in inside if inside[0].name != of.name else ():
        yield _roll_line(f"    {one.name}", one, [one.name], answer, desk)


def _roll_line(name: str, count: Count, interactions: Sequence[str], answer: Answer, desk: Desk,
               is_head: bool = False) -> HitLine:
    judged = {mark.key for mark in answer.marked.marks if mark.judge == answer.judge}
    keys = tuple(cell.key for cell in answer.marked.cells
                 if str(cell.value(INTERACTION)) in interactions and cell.key in judged)
    least, most = count.likely_rolls
    upto = tr("or never") if most is None else f"{most:,}"
    rolls = tr("{n} rolls ({least} to {most})", n=f"{count.rolls:,}", least=least, most=upto) if count.rolls else \
        tr("{n} rolls or more", n=least)
    line = HitLine(name, count.hits, keys, rolls, is_head)
    line.asked.connect(lambda keys: desk.show(name.strip(), keys))
    return line


def _colour(report: Report, desk: Desk) -> Section:
    made = Section("colour", tr("Does a colour drift?"))
    for each in report.colours:
        made.add(stated(told_colour(each), *(("warning", "bad") if each.has_alarm else ("good", "good"))))
        swatches = Swatches(each)
        swatches.asked.connect(lambda at, each=each: desk.show(each.name, each.keys[at]))
        made.add(swatches)
    made.add(caption(tr("ΔE of 1976 between the mean colour of a box and that of the target: below 2 nobody sees it, "
                        "from 10 on everybody does."), wrap=True))
    return made


def _agreement(report: Report, desk: Desk) -> Section:
    made = Section("agreement", tr("Do the judges agree?"))
    if not report.agreements:
        made.add(muted(tr("No two judges marked the same trait of the same cell yet."), wrap=True))
    for marked, (one, other), each in report.agreements:
        text = tr("{one} and {other}, {trait}: {word}; weighted kappa {kappa} over {cells} cells, {seeds} seeds",
                  one=one, other=other, trait=trait_name(each.trait), word=_agreed(each), kappa=kappa_text(each),
                  cells=each.cells, seeds=len(each.seeds))
        both = _both(marked.marks, one, other, each.trait)
        line = stated(text, *_agreement_sign(each))
        line.layout().addWidget(push(tr("Show"), lambda name=text, keys=both: desk.show(name, keys), quiet=True))
        made.add(line)
        if each.warning:
            made.add(stated(told(each.warning) + tr("."), "warning", "doubtful"))
    return made


def _agreed(each: Agreement) -> str:
    """In the words of Landis and Koch (Biometrics 33, 1977), for orientation."""
    if each.kappa is None:
        return tr("no choice was made")
    bounds = ((0.8, tr("almost perfect")), (0.6, tr("substantial")), (0.4, tr("moderate")), (0.2, tr("fair")),
              (0.0, tr("slight")))
    return next((word for least, word in bounds if each.kappa > least), tr("none"))


def _agreement_sign(each: Agreement) -> tuple[str, str]:
    if each.kappa is None:
        return "question", "muted"
    return ("good", "good") if each.kappa > 0.6 else ("warning", "doubtful")


def _both(marks: Sequence[Mark], one: str, other: str, trait: str) -> tuple[str, ...]:
    by = {judge: {mark.key for mark in marks if mark.judge == judge and mark.trait == trait} for judge in (one, other)}
    return tuple(dict.fromkeys(mark.key for mark in marks if mark.key in by[one] & by[other]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
