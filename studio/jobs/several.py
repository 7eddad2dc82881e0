"""How do several processes train one run? This one leads; the others are started here, or were started with it.

All of them see the project's folder. Only the first writes there, and only it hears what a person wants: the others
load the same base, compute what they are asked for, and end when they are let go.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.core.seats import Seat, environment_of, require_parts, seat_in
from studio.jobs.bases import BaseChoice
from studio.jobs.children import start
from studio.jobs.execute import LOG
from studio.store.runs import RunFolder

if TYPE_CHECKING:
    import torch

    from studio.engine.peers import Peers

MOST = 64
LENT = ("train", "resume")  # verbs that several processes are started with

_HERE = "127.0.0.1"
_DOOR = "CHARSTUDIO_DOOR"  # the port at which a process that was started here is awaited
_LOOK_S, _PARTING_S = 0.5, 20.0


def lends(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process was started to lend a hand to another one."""
    return seat_in(environment).lends


def how_many(asked: int, recipe: Recipe, environment: Mapping[str, str] = os.environ) -> int:
    """The processes that train: as many as were started with this one, or as are asked for.

    Raises UserError where both are said and differ, and for a recipe whose steps cannot be shared by so many.
    """
    started = seat_in(environment).count
    if not 1 <= asked <= MOST:
        raise UserError(f"A run cannot be trained by {asked} processes", f"Ask for 1 to {MOST}.")
    if started > 1 and asked not in (1, started):
        raise UserError(f"{started} processes were started, and --processes asks for {asked}", "Leave --processes out.")
    count = max(asked, started)
    require_parts(recipe, count)
    return count


@contextmanager
def led(project: Path, run: RunFolder, base: BaseChoice, count: int, device: torch.device) -> Iterator[Peers | None]:
    """The processes that train `run` together, this one the first; None where it is alone."""
    if count == 1:
        yield None
        return
    from studio.engine.peers import joined

    is_alone = seat_in(os.environ).is_alone
    with _started(project, run, count, device.type) if is_alone else nullcontext(), joined(device) as peers:
        peers.tell({"run": run.id, "base": base.facts()})
        yield peers


@contextmanager
def agreed(peers: Peers | None, fingerprint: str) -> Iterator[None]:
    """Inside, each process stands ready with the very same run; behind it they are let go.

    Raises UserError for one that is not ready, or looks at other files.
    """
    if peers is None:
        yield
        return
    for place, answer in enumerate(peers.collect({"fingerprint": fingerprint})):
        _require_same(place, answer, fingerprint)
    try:
        yield
    finally:
        peers.dismiss()


def _require_same(place: int, answer: Mapping[str, str], fingerprint: str) -> None:
    if "what" in answer:
        raise UserError(f"Process {place + 1}: {answer['what']}", answer["remedy"])
    if answer["fingerprint"] != fingerprint:
        raise UserError(f"Process {place + 1} sees other images, captions or another base model than the first",
                        "Give every machine the same files.")


@contextmanager
def _started(project: Path, run: RunFolder, count: int, device: str) -> Iterator[None]:
    """Starts all but the first, which this process becomes for as long as the `with` lasts."""
    from accelerate.utils import patch_environment

    port, log = _free_port(), run.folder / LOG
    arguments = ["resume", str(project.absolute()), run.id, "--device", device]
    with socket.create_server((_HERE, 0)) as door:
        told = {_DOOR: str(door.getsockname()[1])}
        others = [start(arguments, log, environment_of(Seat(place, count, place), _HERE, port) | told)
                  for place in range(1, count)]
        try:
            _let_in(door, others, log)
            with patch_environment(**environment_of(Seat(0, count), _HERE, port)):
                yield
        finally:
            for each in others:
                _part_from(each)


def knock(environment: Mapping[str, str] = os.environ) -> None:
    """Tells whoever started this process that it is there: without that the first would wait for one that is dead."""
    if door := environment.get(_DOOR):
        socket.create_connection((_HERE, int(door))).close()


def _let_in(door: socket.socket, others: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
    """Waits until each of them has knocked. Raises UserError where one has ended instead."""
    door.settimeout(_LOOK_S)
    waiting = len(others)
    while waiting:
        try:
            door.accept()[0].close()
            waiting -= 1
        except TimeoutError:
            if any(each.poll() is not None for each in others):
                raise UserError("Another process of the run could not be started", f"Why stands in {log}.") from None


def _part_from(process: subprocess.Popen[bytes]) -> None:
    """It has been let go, or has lost this one; where it hears neither it is ended."""
    try:
        process.wait(_PARTING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HERE, 0))
        return probe.getsockname()[1]
