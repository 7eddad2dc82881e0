"""Which picture did a person choose as the target of a prompt? `targets.json` of the project remembers it."""

from __future__ import annotations

import json
from pathlib import Path

from studio.store.atomic import write_atomic

NAME = "targets.json"


def read_targets(project: Path) -> dict[str, str]:
    """The id of an image by the prompt it is the target of; none where the file is missing or makes no sense."""
    try:
        facts = json.loads((project / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    known = facts if isinstance(facts, dict) else {}
    return {prompt: image for prompt, image in known.items() if isinstance(image, str)}


def choose_target(project: Path, prompt: str, image: str) -> dict[str, str]:
    """Remembers a choice and returns all of them; an empty image takes a choice back."""
    targets = read_targets(project) | {prompt: image}
    kept = {prompt: image for prompt, image in targets.items() if image}
    write_atomic(project / NAME, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return kept
