"""What does a ComfyUI server say? Its messages and tables, taken apart; all of it is a stranger's text.

What is missing or of another kind than it should be counts as not said, so that a newer server does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from studio.core.errors import shown

Json = Mapping[str, object]
Kind = Literal["queue", "cached", "node", "step", "end", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `prompt` is the id of what it is about, empty for the whole server.

    `done` of `total` are steps; of a queue `done` is how many wait. `why` says what went wrong, in one sentence.
    """

    kind: Kind
    prompt: str = ""
    node: str = ""
    done: int = 0
    total: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A picture on the server, as /view wants it named."""

    filename: str
    subfolder: str = ""
    type: str = "output"


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a prompt: its pictures, or why there are none; `is_over` is False while it is still at it."""

    is_over: bool = False
    outputs: tuple[Output, ...] = ()
    why: str = ""
    was_interrupted: bool = False


def said(message: str | bytes) -> Said | None:
    """A message of the websocket; None for previews, which are bytes, and for what is of no use here."""
    if isinstance(message, bytes):
        return None
    table = table_of(message)
    kind, told = str(table.get("type", "")), _table(table.get("data"))
    prompt = _text(told.get("prompt_id"))
    match kind:
        case "status":
            queue = _table(_table(told.get("status")).get("exec_info"))
            return Said("queue", done=_count(queue.get("queue_remaining")))
        case "execution_cached":
            return Said("cached", prompt, total=len(_list(told.get("nodes"))))
        case "executing":
            node = told.get("node")
            return Said("end", prompt) if node is None else Said("node", prompt, _text(node))
        case "progress":
            return Said("step", prompt, _text(told.get("node")), _count(told.get("value")), _count(told.get("max")))
        case "execution_error":
            return Said("failed", prompt, _text(told.get("node_id")), why=_failure(told))
        case "execution_interrupted":
            return Said("interrupted", prompt)
        case _:
            return None


def past_of(table: Json, prompt: str) -> Past:
    """What the history says of a prompt."""
    entry = _table(table.get(prompt))
    if not entry:
        return Past()
    status = _table(entry.get("status"))
    outputs = tuple(_outputs(_table(entry.get("outputs"))))
    messages = [each for each in _list(status.get("messages")) if isinstance(each, list) and len(each) == 2]
    told = {str(kind): _table(facts) for kind, facts in messages}
    if "execution_interrupted" in told:
        return Past(True, (), "", was_interrupted=True)
    if status.get("status_str") == "error":
        return Past(True, (), _failure(told.get("execution_error", {})))
    return Past(True, outputs)


def place_in(table: Json, prompt: str) -> int | None:
    """How many are before this prompt in the queue, 0 if it is at work; None if it is not there."""
    running = [_id(each) for each in _list(table.get("queue_running"))]
    if prompt in running:
        return 0
    waiting = [each for each in _list(table.get("queue_pending")) if isinstance(each, list) and each]
    order = [_id(each) for each in sorted(waiting, key=lambda each: each[0] if isinstance(each[0], int | float) else 0)]
    return len(running) + order.index(prompt) if prompt in order else None


def is_running(table: Json, prompt: str) -> bool:
    return prompt in [_id(each) for each in _list(table.get("queue_running"))]


def choices_of(info: Json, kind: str, name: str) -> tuple[str, ...] | None:
    """What an input of a node may be, from /object_info; None where it may be anything."""
    inputs = _table(_table(info.get(kind)).get("input"))
    known = _table(inputs.get("required")) | _table(inputs.get("optional"))
    form = _list(known.get(name))
    listed: object = form[0] if form else None
    if listed == "COMBO" and len(form) > 1:  # as newer nodes write it
        listed = _table(form[1]).get("options")
    return tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else None


def refusal_of(table: Json) -> str:
    """Why a prompt was not taken, in one sentence without its stop."""
    for node in _table(table.get("node_errors")).values():
        for error in _list(_table(node).get("errors")):
            message, details = (_text(_table(error).get(name)) for name in ("message", "details"))
            return shown(f"{_text(_table(node).get('class_type'))}: {message} {details}".strip())
    error = table.get("error")
    return shown(_text(error) or _text(_table(error).get("message")))


def table_of(text: str | bytes) -> dict[str, object]:
    """The JSON object in a text; an empty one where there is none."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _outputs(by_node: Json) -> Iterator[Output]:
    for node in by_node.values():
        for each in _list(_table(node).get("images")):
            facts = _table(each)
            if name := _text(facts.get("filename")):
                yield Output(name, _text(facts.get("subfolder")), _text(facts.get("type")) or "output")


def _failure(told: Json) -> str:
    reason = " ".join(_text(told.get("exception_message")).split())
    return f"{_text(told.get('node_type')) or 'a node'} said: {shown(reason) or 'nothing'}"


def _id(entry: object) -> str:
    """Entries of the queue are [number, id, ...]."""
    return _text(entry[1]) if isinstance(entry, list) and len(entry) > 1 else ""


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 10**9 else 0
