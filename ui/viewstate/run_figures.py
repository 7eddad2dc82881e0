"""What does a watched run tell in figures and sentences: how far, how fast, on what; what became of it, what next?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.core.fold import RunState
from ui.i18n import tr, trn
from ui.viewstate.live_run import LiveRun

GIB = 2**30
NextStep = Literal["resume", "fresh", "folder", "again", "epochs", "log"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run stands: one word, one or two sentences, and what can be done now, the likeliest first."""

    status: str
    what: str
    more: str = ""
    steps: tuple[NextStep, ...] = ()


def figures(live: LiveRun, epochs: int, is_running: bool = True) -> tuple[tuple[str, str], ...]:
    """(name, value) of all that is known by now; `epochs` is how many the recipe has.

    What only holds while it trains, such as the temperature, is left out once `is_running` is over.
    """
    state, a_step = live.state, live.seconds_a_step
    total = state.course.total
    found = [
        (tr("Step"), f"{live.step:,} / {total:,}" if total else ""),
        (tr("Epoch"), f"{live.epoch:,} / {state.epochs or epochs:,}" if live.step else ""),
        (tr("Exposures"), f"{live.exposures:,}" if live.step else ""),
        (tr("A step"), seconds(a_step) if a_step is not None else ""),
        (tr("Steps still take"), duration(live.seconds_left) if live.seconds_left else ""),
        (tr("Learning rate"), f"{float(live.curve.rates[-1]):.2g}" if live.step else ""),
        *_machine(state, is_running),
    ]
    return tuple((name, value) for name, value in found if value)


def speeds(live: LiveRun) -> tuple[tuple[str, str], ...]:
    """(bucket, seconds a step) where steps have one bucket each; none where all are the same."""
    named = [each for each in live.speeds if each.bucket]
    return tuple((each.bucket.replace("x", " × "), seconds(each.seconds)) for each in named) if len(named) > 1 else ()


def verdict(state: RunState, doing: str = "", waits: bool = False, is_ours: bool = False) -> Verdict:
    """How it stands. `doing` is what it is at beside steps; `waits` if it has a turn in the queue of this window.

    `is_ours` if it was last trained by this very process, which cannot use a card again that it has lost.
    """
    if waits:
        return Verdict("planned", tr("Waits for its turn"), tr("It begins when the card is free."))
    step = state.step
    where = tr("step {n} of {all}", n=f"{step:,}", all=f"{state.course.total:,}")
    match state.status:
        case "planned":
            return Verdict("planned", tr("Has not begun"), "", ("resume", "folder"))
        case "running":
            return Verdict("running", tr("Training"), doing or _asked(state))
        case "finished" | "stopped" if is_from_elsewhere(state):
            return _from_elsewhere(state)
        case "finished":
            return Verdict("finished", tr("Finished"), trn("{n} step in all", "{n} steps in all", step),
                           ("epochs", "folder", "again"))
        case "stopped" if state.course.result.get("why") == "paused":
            return Verdict("paused", tr("Paused at {where}", where=where),
                           tr("The card is free. Going on makes the same LoRA as if it had never stopped."),
                           ("resume", "folder"))
        case "stopped":
            return Verdict("stopped", tr("Stopped at {where}", where=where), tr("Everything is saved."),
                           ("resume", "folder", "again"))
        case "failed":
            return _failed(state, is_ours)
        case _:
            return Verdict("interrupted", tr("Interrupted at {where}", where=where), _lost(state), ("resume", "folder"))


def is_from_elsewhere(state: RunState) -> bool:
    """Whether it is a folder of files that another trainer made."""
    return "from" in state.course.result


def seconds(value: float) -> str:
    """A short time, with as many digits as matter."""
    return tr("{s} s", s=f"{value:.2f}" if value < 10 else f"{value:.0f}")


def duration(value: float) -> str:
    """A long time as people say it."""
    minutes = round(value / 60)
    if value < 60:
        return tr("{s} s", s=max(1, round(value)))
    return tr("{m} min", m=minutes) if minutes < 60 else tr("{h} h {m} min", h=minutes // 60, m=minutes % 60)


def _machine(state: RunState, is_running: bool) -> list[tuple[str, str]]:
    if not state.telemetry:
        return []
    last = state.telemetry[-1]
    peak = (tr("Memory, at most"), tr("{n} GiB", n=f"{max(last.peak, last.memory) / GIB:.1f}"))
    if not is_running:
        return [peak]
    memory = tr("{n} / {all} GiB", n=f"{last.memory / GIB:.1f}", all=f"{last.total / GIB:.0f}")
    return [(tr("Memory"), memory), peak,
            (tr("Temperature"), f"{last.temperature:.0f} °C" if last.temperature is not None else ""),
            (tr("Card busy"), f"{100 * last.busy:.0f} %" if last.busy is not None else "")]


def _asked(state: RunState) -> str:
    """A sentence on the number of epochs, where it is no longer that of the recipe."""
    return trn("It was asked for {n} epoch.", "It was asked for {n} epochs.", state.epochs) if state.epochs else ""


def _lost(state: RunState) -> str:
    saved = max((each.step for each in state.states), default=0)
    again = state.step - saved
    if not saved:
        return tr("No state was saved yet: it begins again, and makes the same steps.")
    if not again:
        return tr("Everything is saved.")
    return trn("Everything up to step {saved} is saved; {n} step after it is made again, bit for bit.",
               "Everything up to step {saved} is saved; {n} steps after it are made again, bit for bit.", again,
               saved=f"{saved:,}")


def _from_elsewhere(state: RunState) -> Verdict:
    """Nothing of it can be trained here; what has come can be looked at."""
    trainer = str(state.course.result["from"]) or tr("another trainer")
    count = len(state.checkpoints)
    more = trn("{n} epoch lies here, from {trainer}.", "{n} epochs lie here, from {trainer}.", count, trainer=trainer)
    if state.status == "finished":
        return Verdict("finished", tr("Finished"), more, ("epochs", "folder"))
    return Verdict("elsewhere", tr("Trained elsewhere, as far as it has come"), more, ("epochs", "folder"))


def _failed(state: RunState, is_ours: bool) -> Verdict:
    failure = state.course.failure
    more = f"{failure.what.rstrip('.')}. {failure.remedy}".strip()
    if failure.kind == "device":
        return Verdict("failed", tr("The card was lost"), more, ("fresh" if is_ours else "resume", "log", "folder"))
    if failure.kind == "bug":
        return Verdict("failed", tr("A mistake in the studio ended it"), more, ("resume", "log", "folder"))
    return Verdict("failed", tr("It could not go on"), more, ("resume", "folder", "again"))
