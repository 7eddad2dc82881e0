"""Looks through files, folders and archives before anything of them is taken in, and says what is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.dataset import ImageItem
from studio.core.events import Ending, Facts, Finished, Note, Progress, Started, Stopped
from studio.core.likeness import Likeness
from studio.core.project import Project
from studio.core.record import Provenance
from studio.core.survey import Found, Survey, assignments, copies, elected
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.jobs.target import target_of
from studio.store import workspace
from studio.store.exchange.caption_files import CaptionFiles
from studio.store.exchange.looking import Looker
from studio.store.exchange.sources import Sources, require_some
from studio.store.exchange.survey import survey
from studio.store.image_index import ImageIndex
from studio.store.likenesses import Likenesses

_LISTED = 12  # sentences on single files that are told; all are in the facts


@dataclass(frozen=True, slots=True)
class SurveyImages:
    """What an import of these paths and `clips` would find, without or with the project that it is for.

    `hear` is given each picture's facts as soon as they are known; the job's own facts sum them up.
    """

    paths: tuple[Path, ...]
    project: Path | None = None
    clips: Mapping[str, bytes] = field(default_factory=dict)
    rules: Mapping[str, Provenance] = field(default_factory=dict)
    hear: Callable[[Found], None] = lambda found: None
    kind = "survey"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        place = workspace.read_project(self.project) if self.project else None
        there = ImageIndex(place).items() if place else ()
        project = place.project if place else Project("")
        with Sources(self.paths, self.clips) as sources:
            require_some(sources, self.paths)
            emit(Started(project.name, self.kind, len(sources.all)))
            looker = Looker(CaptionFiles(sources.loose), target_of(project), self.rules)
            found, pace = [], Pace(len(sources.all), time.monotonic)
            with closing(survey(sources, looker, there)) as looks:
                for each in looks:
                    found.append(each)
                    self.hear(each)
                    emit(Progress(len(found), len(sources.all), pace.seconds_left(len(found)), "image"))
                    if stop.is_set() and len(found) < len(sources.all):
                        return Stopped({"found": len(found)})
            result = Survey(elected(found), sources.left)
        alike = copies(result.new, _known(Likenesses(place), there) if place else {})
        for sentence in told(result, alike, project):
            emit(Note(sentence))
        return Finished(facts(result, alike, project))


def facts(survey: Survey, alike: tuple[tuple[str, ...], ...], project: Project) -> Facts:
    """The survey in numbers and lists."""
    return {
        "found": len(survey.found), "new": len(survey.new), "captions": dict(survey.captions),
        "duplicates": {each.where: each.twin for each in survey.twins}, "alike": alike,
        "damaged": {each.where: each.trouble for each in survey.damaged},
        "tiny": [each.where for each in survey.tiny], "left": dict(survey.left),
        "folders": [{"folder": each.folder, "characters": each.characters, "trigger": each.trigger,
                     "repeats": each.repeats} for each in assignments(survey.found, project)],
        "provenance": _provenances(survey),
    }  # fmt: skip


def told(survey: Survey, alike: tuple[tuple[str, ...], ...], project: Project) -> Iterator[str]:
    """The survey in sentences."""
    captions = ", ".join(f"{count} {kind}" for kind, count in survey.captions.items())
    yield f"{len(survey.new)} of {len(survey.found)} images are new; captions: {captions or 'none'}"
    for each in assignments(survey.found, project):
        repeats = f", {each.repeats}x an epoch" if each.repeats else ""
        yield f"{each.folder} shows {' and '.join(each.characters)}{repeats}"
    yield from _some([f"{each.where} cannot be read: {each.trouble}" for each in survey.damaged])
    yield from _some([f"{each.where} is the same file as {each.twin}" for each in survey.twins])
    yield from _some([f"{', '.join(others)} look like {first}" for first, *others in alike])
    yield from _some([f"{each.where} is tiny: {each.width} x {each.height} px" for each in survey.tiny])
    yield from (f"{count} images: {kind}" for kind, count in _provenances(survey).items())
    yield from _some([f"{where} {why}" for where, why in survey.left.items() if why != "is not an image"])


def _some(sentences: list[str]) -> Iterator[str]:
    yield from sentences[:_LISTED]
    if len(sentences) > _LISTED:
        yield f"... and {len(sentences) - _LISTED} more of this kind"


def _provenances(survey: Survey) -> dict[str, int]:
    kinds = [each.provenance.kind for each in survey.new if each.provenance]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def _known(likenesses: Likenesses, there: tuple[ImageItem, ...]) -> Mapping[str, Likeness]:
    """Those of the project's images by their paths, as far as they were looked at before."""
    known = likenesses.known()
    return {image.path.as_posix(): known[image.id] for image in there if image.id in known}
