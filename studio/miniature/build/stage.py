"""One long training stage of the miniature: seeded, resumable after a kill, with progress and time left."""

import json
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import torch

T = TypeVar("T")

SAVE_EVERY_S = 60.0
REPORT_EVERY_S = 15.0


def cache_folder() -> Path:
    """Where half-trained stages rest between kills; never inside the repository."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root) / "character-lora-studio" / "miniature"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept(name: str, make: Callable[[], T]) -> T:
    """Tensors in the cache under this name, made on first use; a kill while they are made leaves nothing."""
    path = cache_folder() / f"{name}.pt"
    if not path.exists():
        half = path.with_suffix(".part")
        torch.save(make(), half)
        half.replace(path)
    return torch.load(path, weights_only=True)


@dataclass
class Stage:
    """A named sequence of optimiser steps whose whole state is the `parts` (anything with a state dict)."""

    name: str
    steps: int
    parts: dict[str, object]
    seed: int = 0
    done: int = 0
    seconds: float = 0.0  # of all sittings before this one
    fresh: bool = False  # forget an earlier, half-trained state
    continues: bool = False  # the weights were trained before: the record adds up
    started: float = field(default_factory=time.monotonic)

    @property
    def path(self) -> Path:
        return cache_folder() / f"{self.name}.pt"

    def run(self, step: Callable[[int], dict[str, float]]) -> None:
        """Calls `step(index)` for every step that is left, saving about once a minute."""
        self.resume()
        first, saved, told = self.done, time.monotonic(), 0.0
        for index in self._indices():
            facts = step(index)
            self.done = index + 1
            now = time.monotonic()
            if now - told > REPORT_EVERY_S or self.done == self.steps:
                told = now
                print(self._line(first, facts), flush=True)
            if now - saved > SAVE_EVERY_S:
                self.save()
                saved = time.monotonic()
        self.save()

    def resume(self) -> None:
        if self.fresh:
            self.path.unlink(missing_ok=True)
        if not self.path.exists():
            return
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(state["parts"][name])
        self.done, self.seconds = state["done"], state.get("seconds", 0.0)
        print(f"{self.name}: resumed at step {self.done}", flush=True)

    def save(self) -> None:
        """Written beside and renamed over, so that a kill leaves the old state or the new one."""
        half = self.path.with_suffix(".part")
        parts = {name: part.state_dict() for name, part in self.parts.items()}
        seconds = self.seconds + time.monotonic() - self.started
        torch.save({"done": self.done, "seconds": seconds, "parts": parts}, half)
        half.replace(self.path)

    def record(self, folder: Path, batch: int) -> None:
        """Notes in `folder/build.json` what this stage took, for the card to tell."""
        path = folder / "build.json"
        rows = {row["stage"]: row for row in json.loads(path.read_text("utf-8"))} if path.exists() else {}
        seconds = round(self.seconds + time.monotonic() - self.started)
        row = {"stage": self.name, "steps": self.done, "pictures": self.done * batch, "seconds": seconds}
        if self.continues and self.name in rows:
            row |= {what: row[what] + rows[self.name][what] for what in ("steps", "pictures", "seconds")}
        path.write_text(json.dumps([*(rows | {self.name: row}).values()], indent=2) + "\n", "utf-8")

    def _indices(self) -> Iterator[int]:
        for index in range(self.done, self.steps):
            torch.manual_seed(self.seed * 1_000_003 + index)
            yield index

    def _line(self, first: int, facts: dict[str, float]) -> str:
        speed = (self.done - first) / max(time.monotonic() - self.started, 1e-6)
        left = (self.steps - self.done) / max(speed, 1e-6)
        shown = "  ".join(f"{name} {value:.4f}" for name, value in facts.items())
        return f"{self.name}: step {self.done}/{self.steps}  {shown}  {speed:.2f} steps/s  {left / 60:.1f} min left"


class Ema:
    """An exponential moving average of a module's parameters; `copy_to` writes it into another module."""

    def __init__(self, module: torch.nn.Module, decay: float) -> None:
        self.decay = decay
        self.shadow = {name: value.detach().clone() for name, value in module.named_parameters()}

    @torch.no_grad()
    def update(self, module: torch.nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        values = [value.detach() for _, value in module.named_parameters()]
        torch._foreach_lerp_(list(self.shadow.values()), values, 1 - decay)

    @torch.no_grad()
    def copy_to(self, module: torch.nn.Module) -> None:
        for name, value in module.named_parameters():
            value.copy_(self.shadow[name])

    def state_dict(self) -> dict[str, torch.Tensor]:
        return self.shadow

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        for name, value in state.items():
            self.shadow[name].copy_(value)


def warm_cosine(steps: int, warm: int, floor: float) -> Callable[[int], float]:
    """A learning rate's factor at each step: a linear rise over `warm` steps, times a cosine from 1 down to `floor`."""

    def factor(step: int) -> float:
        fall = 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
        return min(1.0, (step + 1) / warm) * (floor + (1 - floor) * fall)

    return factor
