"""Runs the verb that was typed, tells what happens, and answers with an exit code."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from studio.cli.environment import environment
from studio.cli.evidence import evidence
from studio.cli.lint import lint
from studio.cli.live import Failures, JsonLines, LiveLine, mute
from studio.cli.plan import plan
from studio.cli.prompt import prompt
from studio.cli.sheet import dry_run
from studio.cli.show import show
from studio.cli.verbs import base_of, job_of
from studio.cli.wish import wish
from studio.cli.writing import scene, thin_dry_run
from studio.core.events import Facts, Finished
from studio.core.seats import seat_in
from studio.jobs.awake import awake_for
from studio.jobs.execute import Emit, Stop, Ticket, answered, execute, exit_code
from studio.jobs.gpu import Gpu
from studio.jobs.rehearsal_page import lines_of
from studio.jobs.report import report
from studio.jobs.several import LENT, lends

PERSON, INTERRUPTED = 2, 130

Page = Callable[[Facts], Iterable[str]]
_PAGES: Mapping[str, Page] = {"demo": report, "rehearse": lines_of}  # what jobs of a kind print when they are done

_ASKED = b"\nStopping after this step; press Ctrl-C again to stop at once.\n"


def answer(chosen: argparse.Namespace) -> int:
    """Runs one command and returns its exit code: 0 done, 2 the person's, 1 ours, 130 stopped."""
    _speak_utf8()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what libraries say to programmers
    try:
        code = _run(chosen)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        mute(sys.stdout)
        return 0
    except OSError as error:
        mute(sys.stdout)
        print(f"error: The output could not be written: {error.strerror}.", file=sys.stderr)
        return PERSON


def _run(chosen: argparse.Namespace) -> int:
    lends_a_hand = chosen.verb in LENT and lends()
    listen = Failures() if lends_a_hand else JsonLines() if chosen.json else LiveLine()
    return answered(lambda: _answer(chosen, listen), listen)


def _answer(chosen: argparse.Namespace, listen: Emit) -> int:
    if chosen.verb == "lint":
        return lint(chosen)
    if chosen.verb == "plan":
        return plan(chosen)
    if chosen.verb == "show":
        return show(chosen.dir, chosen.what, as_json=chosen.json)
    if chosen.verb == "evidence":
        return evidence(chosen)
    if chosen.verb == "environment":
        return environment(chosen)
    if chosen.verb == "wish":
        return wish(chosen)
    if chosen.verb == "render" and chosen.dry_run:
        return dry_run(chosen)
    if chosen.verb == "thin" and chosen.dry_run:
        return thin_dry_run(chosen)
    if chosen.verb == "scene":
        return scene(chosen)
    if chosen.verb == "prompt":
        return prompt(chosen.text, base_of(chosen), as_json=chosen.json)
    with job_of(chosen) as job:
        return _executed(Ticket(job), Gpu(getattr(chosen, "device", "auto")), listen)


def _executed(ticket: Ticket, gpu: Gpu, listen: Emit) -> int:
    kind = ticket.job.kind
    with _stopping(ticket.stop), awake_for(kind, f"charstudio {kind}", _nobody):
        ending = execute(ticket, gpu, listen)
    if isinstance(ending, Finished) and ticket.job.kind in _PAGES:
        _tell(ending.facts, _PAGES[ticket.job.kind], as_json=isinstance(listen, JsonLines))
    return exit_code(ending)


def _nobody(line: str) -> None:
    """Where a machine cannot be kept awake it is a server most of the time, which does not sleep."""


def _tell(facts: Facts, page: Page, as_json: bool) -> None:
    """What a job has to say when it is done: one object for scripts, tables for people."""
    if as_json:
        print(json.dumps(facts, ensure_ascii=False), flush=True)
        return
    for line in page(facts):
        print(line)


def _speak_utf8() -> None:
    """Captions and names are written in every script; a console that cannot show one shows a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


@contextmanager
def _stopping(stop: Stop) -> Iterator[None]:
    """The first Ctrl-C asks the job to stop, the second interrupts it; being told to terminate is being asked.

    Whoever started several processes passes on the Ctrl-C that the terminal has sent them already: there it counts
    once. Those that lend a hand leave it to the first.
    """
    seat = seat_in(os.environ)

    def ask(number: int, frame: object) -> None:
        if seat.lends:
            return
        if stop.is_set() and number == signal.SIGINT and seat.is_alone:
            raise KeyboardInterrupt
        stop.set()
        os.write(sys.stderr.fileno(), _ASKED)  # a signal may come in the middle of a print, which cannot be re-entered

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
