"""What was measured at full size, as a page to read and as a file for a machine."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

HEAD = ("case", "s a step", "pictures/s", "peak GiB", "share of ceiling", "step / bare loop's", "first step, s", "note")
JSON, PAGE = "full-size.json", "full-size.md"


@dataclass(frozen=True, slots=True)
class Result:
    """What a case took; None where it was not measured, memory also where there is no card.

    `ceiling_share` counts the arithmetic that a step must do, `bare` is the step over that of a bare loop.
    """

    case: str
    step_s: float | None = None
    first_step_s: float | None = None
    pictures_per_s: float | None = None
    peak_gib: float | None = None
    ceiling_share: float | None = None
    bare: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is written."""

    machine: dict[str, object]
    picture: dict[str, object] | None = None
    steps: tuple[Result, ...] = ()


def write(told: Told, folder: Path) -> None:
    (folder / JSON).write_text(json.dumps(asdict(told), indent=1), encoding="utf-8")
    (folder / PAGE).write_text(page_of(told), encoding="utf-8")


def page_of(told: Told) -> str:
    return "\n".join((_machine(told.machine), *_picture(told.picture), *_steps(told.steps), ""))


def _machine(facts: dict[str, object]) -> str:
    return ("{device}, torch {torch}, {dtype}. A training picture of {side} x {side} at rank {rank} takes "
            "{tflop_per_picture:.4g} TFLOP; the ceiling, a large bf16 product, is {ceiling_tflop_per_s:.4g} TFLOP/s."
            ).format(**facts)  # fmt: skip


def _picture(facts: dict[str, object] | None) -> tuple[str, ...]:
    line = ("A drawn picture of {width} x {height}, {steps} steps, CFG {cfg:g}, {sampler}: {alone_s:.3g} s alone, "
            "{in_company_s:.3g} s in a batch of {company}.")  # fmt: skip
    return ("", line.format(**facts)) if facts else ()


def _steps(results: tuple[Result, ...]) -> tuple[str, ...]:
    rows = (HEAD, ("---",) * len(HEAD), *map(_cells, results))
    return ("", *(f"| {' | '.join(cells)} |" for cells in rows)) if results else ()


def _cells(result: Result) -> tuple[str, ...]:
    share = "-" if result.ceiling_share is None else f"{100 * result.ceiling_share:.3g} %"
    bare = "-" if result.bare is None else f"{result.bare:.2f}x"
    step, pictures, peak, first = map(
        _figure, (result.step_s, result.pictures_per_s, result.peak_gib, result.first_step_s))
    return result.case, step, pictures, peak, share, bare, first, result.note.replace("|", "/")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
