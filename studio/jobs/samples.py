"""The characters that ship with the studio: images with captions, and `character.toml`, which says what she shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core import toml
from studio.core.errors import UserError, unknown

NAME = "character.toml"
SCORED = ("core", "structure", "composition")
KINDS = ("framing", "angle", "pose")

_KIND_OF = {
    **dict.fromkeys(("portrait", "upper body", "cowboy shot", "full body", "close-up"), "framing"),
    **dict.fromkeys(("front view", "three-quarter view", "from side", "from behind"), "angle"),
    **dict.fromkeys(("from above", "from below"), "angle"),
    **dict.fromkeys(("standing", "sitting", "walking", "running", "arms up", "kneeling", "lying"), "pose"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedPrompt:
    """A prompt for a {trigger}, what its composition asks for, and which group of traits it is scored for."""

    name: str
    text: str
    asked: tuple[str, ...]
    scores: str

    @property
    def composition(self) -> tuple[tuple[str, str], ...]:
        """What is asked of framing, angle and pose, as (kind, tag)."""
        return tuple((_KIND_OF[tag], tag) for tag in self.asked if tag in _KIND_OF)


@dataclass(frozen=True, slots=True)
class SampleCharacter:
    """What the trigger should bring by itself is `core`; `structure` is asked for with its tag."""

    folder: Path
    name: str
    trigger: str
    repeats: int
    asymmetric: bool
    core: tuple[str, ...]
    structure: tuple[str, ...]
    prompts: tuple[AskedPrompt, ...]

    def scored(self, group: str) -> tuple[AskedPrompt, ...]:
        """The prompts that are scored for a group of traits."""
        return tuple(prompt for prompt in self.prompts if prompt.scores == group)

    def traits(self, group: str) -> tuple[str, ...]:
        """The tags that a group of prompts is scored for, besides what it asks for."""
        return {"core": self.core, "structure": self.structure}.get(group, ())


def read_sample(folder: Path) -> SampleCharacter:
    """The character of a folder. Raises UserError naming the file and what it lacks."""
    path = folder / NAME
    table = toml.load(path)
    try:
        return _sample(folder, table, table["traits"])
    except KeyError as missing:
        raise UserError(f"{path} does not say {missing.args[0]}", "Add it, or take another sample.") from None


def _sample(folder: Path, table: Mapping[str, object], traits: Mapping[str, object]) -> SampleCharacter:
    return SampleCharacter(
        folder=folder, name=str(table["name"]), trigger=str(table["trigger"]), repeats=int(table.get("repeats", 1)),
        asymmetric=bool(table.get("asymmetric", False)),
        core=tuple(traits["core"]), structure=tuple(traits.get("structure", ())),
        prompts=tuple(_prompt(each) for each in table["prompt"]),
    )  # fmt: skip


def _prompt(table: Mapping[str, object]) -> AskedPrompt:
    if table["scores"] not in SCORED:
        raise unknown("group of traits", str(table["scores"]), SCORED, NAME)
    return AskedPrompt(str(table["name"]), str(table["text"]), tuple(table["asked"]), str(table["scores"]))
