"""Which base model is meant, and what to call it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from studio.core.errors import UserError
from studio.core.project import Project
from studio.store.home import fetched_tokenizers

if TYPE_CHECKING:
    from studio.engine.anima.files import BaseFiles

PRACTICE = "practice"
PRACTICE_TITLE = "practice model"
PARTS = ("text_encoder", "vae", "qwen_tokenizer", "t5_tokenizer")


@dataclass(frozen=True, slots=True)
class BaseChoice:
    """A base as a person names it: a file, a folder or `practice`, and the parts that do not lie beside it.

    Without a name it holds at most parts, for whichever base turns out to be meant.
    """

    name: str = ""
    text_encoder: Path | None = None
    vae: Path | None = None
    qwen_tokenizer: Path | None = None
    t5_tokenizer: Path | None = None

    @property
    def path(self) -> Path:
        return practice_folder() if self.name == PRACTICE else Path(self.name)

    @property
    def is_practice(self) -> bool:
        """Whether it is the small model that ships, by whatever name."""
        return self.path.absolute().is_relative_to(practice_folder())

    @property
    def title(self) -> str:
        """What sheets and titles call it."""
        return PRACTICE_TITLE if self.is_practice else self.path.stem

    @property
    def parts(self) -> dict[str, Path]:
        """The parts that are named."""
        return {name: path for name in PARTS if (path := getattr(self, name)) is not None}

    def facts(self) -> dict[str, str]:
        """What a journal remembers of it, absolute, so that a resumed run finds the same files."""
        return {"name": stored_name(self.name)} | {name: str(path.absolute()) for name, path in self.parts.items()}

    def otherwise(self, other: BaseChoice | None) -> BaseChoice:
        """This base, or where it has no name the other one, with the parts that this one names."""
        return self if self.name or other is None else dataclasses.replace(other, **self.parts)

    def files(self) -> BaseFiles:
        """The files it is made of. Raises UserError naming what is missing or found twice."""
        from studio.engine.anima.files import find_base

        return find_base(self.path, **self.parts, fetched=fetched_tokenizers())


def practice_folder() -> Path:
    """Where the practice model lies."""
    return resources.folder("miniature").absolute()


def practice_tagger() -> Path:
    """The tagger that knows the practice model's world."""
    return practice_folder() / "tagger"


def chosen_base(given: BaseChoice | None, project: Project | None = None) -> BaseChoice:
    """The base that was named, else the project's. Raises UserError naming the flag when there is neither."""
    chosen = (given or BaseChoice()).otherwise(BaseChoice(project.base) if project else None)
    if not chosen.name:
        raise UserError("No base model was chosen", "Name one with --base: a file, a folder, or practice.")
    return chosen


def stored_name(name: str) -> str:
    """How a project remembers a base: an absolute path, or the word `practice`, or nothing."""
    return name if name in ("", PRACTICE) else str(Path(name).absolute())


def base_from_facts(facts: object) -> BaseChoice | None:
    """The base that `BaseChoice.facts` wrote down; None where nothing was."""
    if not isinstance(facts, dict):
        return None
    parts = {name: Path(str(facts[name])) for name in PARTS if name in facts}
    return BaseChoice(str(facts.get("name", "")), **parts)
