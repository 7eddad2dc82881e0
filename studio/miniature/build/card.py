"""Writes `CARD.md`: what the practice model is, how it was built, and what it was measured to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from studio.miniature.build.measure import (
    CFG, NEGATIVE, SAMPLER, SIDE, STEPS, THRESHOLD, TURBO_CFG, TURBO_SAMPLER, TURBO_STEPS, UNKNOWN, WEIGHTS, Hits,
    Measurement, Pull, Reading, measure,
)
from studio.store.atomic import write_atomic

CARD = "CARD.md"
BUILD = "build.json"  # written by the build: a list of {"stage", "steps", "pictures", "seconds"}
FLOORS = {"framing": 0.9, "hair colour": 0.8, "pose": 0.7, "angle": 0.7}
KEPT_FLOOR = 0.95
TURBO_POINTS = 15  # how far its rates may stray from the base's, in points of a hundred

_INTRODUCTION = """\
# The practice model

A small Anima, trained from nothing by `python -m studio.miniature.build` on drawings of an invented, procedurally drawn
world. It has the public release's layout and key names and goes through the same loader, pipeline and trainer; only its
dimensions are small.

It is for the sample project, the tutorial and the tests. It knows {tags} tags and nothing else. What is learnt on it,
recipes and learning rates included, does not transfer to the real model, and it never stands in for a base that is
missing.

Base `{base}`, tagger `{tagger}`{turbo} (digests of the files measured here)."""

_METHOD = """\
Every rate is hits/tries, percent, and the exact 95 % interval (Clopper and Pearson). The judge is the tagger in this
folder, at a threshold of {threshold}; its own errors are in the last table and are not corrected for. Scenes and seeds
were used for no training. Renders: {side}x{side} px, {steps} steps, {sampler}, simple schedule, CFG {cfg}, negative
"{negative}"."""


def write_card(folder: Path) -> None:
    """Measures the model in `folder` and writes its card there; some minutes on two cores."""
    write_atomic(folder / CARD, card_text(measure(folder), _build_record(folder / BUILD)))


def card_text(measured: Measurement, record: Sequence[dict[str, object]] = ()) -> str:
    """The whole page, in Markdown."""
    turbo = f", Turbo LoRA `{measured.turbo[:16]}`" if measured.turbo else ""
    introduction = _INTRODUCTION.format(tags=len(measured.readings), base=measured.base[:16],
                                        tagger=measured.tagger[:16], turbo=turbo)
    method = _METHOD.format(threshold=THRESHOLD, side=SIDE, steps=STEPS, sampler=SAMPLER, cfg=CFG, negative=NEGATIVE)
    sections = (introduction, _built(record), "## What it was measured to do", method, _following(measured),
                *_turbo(measured), _weights(measured.pulls), _unknown(measured), _round_trips(measured),
                _reading_table(measured.readings))
    return "\n\n".join(sections) + "\n"


def _built(record: Sequence[dict[str, object]]) -> str:
    if not record:
        return "## How it was built\n\nNo record of the build lies beside the weights."
    rows = [(str(each["stage"]), f"{each['steps']:,}", f"{each['pictures']:,}", f"{each['seconds']:,.0f}")
            for each in record]
    told = "Seconds are those of the machine it was built on; another one needs more or less."
    return f"## How it was built\n\n{_table(('stage', 'steps', 'pictures shown', 'seconds'), rows)}\n\n{told}"


def _following(measured: Measurement) -> str:
    """Each group beside the floor it should reach; a floor is met by the rate, the interval says how surely."""
    rows = [(name, str(count), _against(count, FLOORS.get(name)))
            for name, count in measured.followed.items() if count.tries]
    told = "A hit: among the tags of its group the one asked for is the most probable. All tags asked for, no name."
    return f"### It follows the prompt\n\n{told}\n\n{_table(('asked for', 'met', 'floor'), rows)}"


def _turbo(measured: Measurement) -> Iterator[str]:
    """The Turbo LoRA beside the base on the same prompts and seeds; nothing where there is none."""
    if not measured.turbo:
        return
    pairs = [(name, full, measured.turbo_followed[name]) for name, full in measured.followed.items() if full.tries]
    rows = [(name, str(full), str(fast), f"{_points(full, fast):+.0f}") for name, full, fast in pairs]
    far = [name for name, full, fast in pairs if abs(_points(full, fast)) > TURBO_POINTS]
    verdict = f"More than {TURBO_POINTS} points apart: {', '.join(far)}." if far else "None is further apart than that."
    told = (f"`loras/turbo-practice.safetensors` at {TURBO_STEPS} steps, CFG {TURBO_CFG}, {TURBO_SAMPLER}, on the "
            f"prompts and seeds of the table above. The rates should lie within {TURBO_POINTS} points of each other. "
            f"{verdict}")
    heads = ("asked for", f"{STEPS} steps, CFG {CFG}", f"{TURBO_STEPS} steps, CFG {TURBO_CFG}", "points")
    yield f"### The Turbo LoRA\n\n{told}\n\n{_table(heads, rows)}"


def _points(full: Hits, fast: Hits) -> float:
    return 100 * (fast.rate - full.rate)


def _weights(pulls: Sequence[Pull]) -> str:
    heads = ("tag", *(f"weight {weight}" for weight in WEIGHTS), *(f"mean p at {weight}" for weight in WEIGHTS), "rose")
    rows = [(f"`{pull.tag}`", *map(str, pull.rates), *(f"{mean:.2f}" for mean in pull.means), str(pull.rose))
            for pull in pulls]
    told = f"The same prompts and seeds at each weight. Rose: the tag is more probable at {WEIGHTS[-1]} than at 1.0."
    return f"### Weights move tags\n\n{told}\n\n{_table(heads, rows)}"


def _unknown(measured: Measurement) -> str:
    rows = [("not asked for, face in sight", str(measured.unasked)), ("asked for by name", str(measured.asked))]
    told = f"`{UNKNOWN}` never occurs in its training set: this is what a LoRA has to teach it."
    return f"### What it does not know\n\n{told}\n\n{_table((UNKNOWN, 'drawn'), rows)}"


def _round_trips(measured: Measurement) -> str:
    mean, worst = measured.psnr_db
    lost = [f"`{each.tag}` {each.kept:.1%}" for each in measured.readings if each.kept < KEPT_FLOOR]
    verdict = "Below that: " + "; ".join(lost) + "." if lost else "Every tag reaches it."
    return (f"### The VAE\n\nRound trips of held-out drawings: PSNR {mean:.1f} dB on average, {worst:.1f} dB at worst. "
            f"Of the tagger's recall at least {KEPT_FLOOR:.0%} should be left after it, tag by tag. {verdict}")


def _reading_table(readings: Sequence[Reading]) -> str:
    rows = [(f"`{each.tag}`", str(each.recall), str(each.precision), str(each.after), f"{each.kept:.1%}")
            for each in readings]
    table = _table(("tag", "recall", "precision", "recall after the VAE", "left"), rows)
    return f"### The tagger, and what the VAE keeps\n\nOn held-out drawings of the whole world.\n\n{table}"


def _against(count: Hits, floor: float | None) -> str:
    if floor is None:
        return ""
    return f"{floor:.0%}, {'met' if count.rate >= floor else 'missed'}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _build_record(path: Path) -> list[dict[str, object]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
