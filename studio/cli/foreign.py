"""`show` of a folder of LoRA files that another trainer filled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from studio.core.foreign_run import ForeignRun
from studio.store.foreign_runs import holds_loras, log_of, run_in, runs_in
from studio.store.workspace import NAME as PROJECT


def is_foreign(path: Path) -> bool:
    """Whether a path is no project, and no run or sheet of one, but a folder with LoRA files or one run of it."""
    if path.is_dir():
        return not any((folder / PROJECT).exists() for folder in (path, path.parent.parent)) and holds_loras(path)
    return not path.exists() and path.parent.is_dir() and holds_loras(path.parent)


def show_foreign(folder: Path, *, as_json: bool = False) -> int:
    """Prints the runs in a folder, or the one that `folder / name` means; with `as_json`, one object a line."""
    for run in runs_in(folder) if folder.is_dir() else (run_in(folder),):
        for line in [json.dumps(_facts(run), ensure_ascii=False)] if as_json else _lines(run):
            print(line)
    return 0


def _lines(run: ForeignRun) -> Iterator[str]:
    yield f"run {run.name}   {run.trainer or 'trainer unknown'}   {run.folder}"
    yield f"  LoRA        {_described(run)}"
    if run.facts.base_name or run.facts.base_sha256:
        yield f"  base        {run.facts.base_name} {run.facts.base_sha256[:12]}".rstrip()
    if run.facts.trigger:
        yield f"  trigger     {run.facts.trigger}, as its captions suggest"
    if steps := log_of(run):
        yield f"  log         {len(steps):,} steps, the last {steps[-1].step:,} with loss {steps[-1].loss:.4f}"
    for each in run.checkpoints:
        step = f"   step {each.step}" if each.step else ""
        yield f"  epoch {each.epoch:<5} {each.path.relative_to(run.folder)}{step}   {each.size / 2**20:.1f} MiB"
    if run.previews:
        yield f"  previews    {len(run.previews)}, of {len({each.epoch for each in run.previews})} epochs"
    for path in run.waiting:
        yield f"  left out    {path.relative_to(run.folder)}: not whole, or no LoRA"


def _described(run: ForeignRun) -> str:
    facts = run.facts
    parts = (f"{facts.format} names" if facts.format else "", f"rank {facts.rank}" if facts.rank else "",
             f"alpha {facts.alpha:g}" if facts.alpha else "")
    return ", ".join(part for part in parts if part) or "says nothing of itself"


def _facts(run: ForeignRun) -> dict[str, object]:
    return {
        "name": run.name, "trainer": run.trainer, "rank": run.facts.rank, "alpha": run.facts.alpha,
        "base": run.facts.base_name, "trigger": run.facts.trigger,
        "checkpoints": [{"epoch": each.epoch, "step": each.step, "path": str(each.path), "size": each.size}
                        for each in run.checkpoints],
        "previews": [{"epoch": each.epoch, "path": str(each.path)} for each in run.previews],
        "waiting": [str(path) for path in run.waiting],
    }
