"""What did a tagger see in images that it looked at before?

One file of JSON lines in the project's cache for each version of a tagger, by the ids of images: a preview and the
writing that follows it, or another threshold, need one look only. Whoever deletes it loses time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from studio.store.lines import lines_after, remove_empty, write_line
from studio.store.workspace import Workspace

FOLDER = "tagged"
LEAST = 0.05  # tags less likely than this are forgotten; nobody sets a threshold below

Chances = Mapping[str, float]


class TaggerAnswers:
    """The chances of the tags of each image, as the tagger of this digest sees them."""

    def __init__(self, place: Workspace, digest: str) -> None:
        self._path, self._writes = place.cache / FOLDER / f"{digest}.jsonl", place.is_owner
        self._known = _load(self._path)

    def __contains__(self, image: str) -> bool:
        return image in self._known

    def __getitem__(self, image: str) -> Chances:
        return self._known[image]

    def learn(self, image: str, chances: Chances) -> Chances:
        """Keeps an answer, and returns what will be known of it from here on."""
        likely = {tag: round(chance, 4) for tag, chance in chances.items() if chance >= LEAST}
        self._known[image] = likely
        if self._writes:
            self._keep(json.dumps({"image": image, "tags": likely}, ensure_ascii=False, separators=(",", ":")))
        return likely

    def _keep(self, line: str) -> None:
        """A cache that cannot be written costs time, not the work: what has to be kept says so itself."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as file:
                write_line(file, line.encode(), sync=False)
        except OSError:
            self._writes = False
            remove_empty(self._path)


def _load(path: Path) -> dict[str, Chances]:
    """What the file says; a line that means nothing, as a crash leaves one, is as if it were not there."""
    known: dict[str, Chances] = {}
    for _, line in lines_after(path)[0]:
        try:
            answer = json.loads(line)
            known[str(answer["image"])] = {str(tag): float(chance) for tag, chance in answer["tags"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
    return known
