"""Takes images with their captions into a project.

The originals are never touched. Each image goes in whole or not at all, after its caption, so a stop or a crash between
two of them leaves a project that is merely smaller; importing the same folder again goes on where it ended.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from studio.core.caption import weighted
from studio.core.dataset import ImageItem
from studio.core.edits import PROVENANCE
from studio.core.errors import UserError
from studio.core.events import Ending, Event, Facts, Finished, ImageImported, Note, Progress, Started, Stopped
from studio.core.project import Group
from studio.core.record import Provenance
from studio.core.survey import Assignment, Found, assigned, standing
from studio.jobs.casting import Cast, Shown, Wish, cast_by_folder, cast_of_all
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.jobs.target import target_of
from studio.store import workspace
from studio.store.captions import read_caption, write_caption
from studio.store.dataset import Shelf
from studio.store.edits import Desk
from studio.store.exchange.caption_files import CaptionFiles
from studio.store.exchange.looking import Looked, Looker, ahead
from studio.store.exchange.originals import keep_original
from studio.store.exchange.sources import Source, Sources, require_some
from studio.store.image_index import ImageIndex
from studio.store.likenesses import Likenesses
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ImportImages:
    """Images, folders and archives that show one character, or those `beside` her too, who are in the project already.

    What is None is taken from the project or the folders. Images of several have repeats of their own. Without a
    character, or `by_folder`, each folder shows whom `folders` assigns to it, else whom its name says; the character is
    then for images in no folder. `clips` are images in memory by their names, `rules` say of folders where their images
    come from, `surveyed` is what a survey found out already, and `leave_out` what of it is not wanted, by its `where`.
    With `link` files are not copied where the disk allows it.
    """

    project: Path
    paths: tuple[Path, ...]
    character: str = ""
    trigger: str | None = None
    repeats: int | None = None
    asymmetric: bool | None = None
    beside: tuple[str, ...] = ()
    by_folder: bool = False
    folders: tuple[Assignment, ...] = ()
    link: bool = False
    rules: Mapping[str, Provenance] = field(default_factory=dict)
    clips: Mapping[str, bytes] = field(default_factory=dict)
    surveyed: tuple[Found, ...] = ()
    leave_out: frozenset[str] = frozenset()
    kind = "import"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with workspace.open_project(self.project) as place, Sources(self.paths, self.clips) as sources:
            require_some(sources, self.paths)
            captions = CaptionFiles(sources.loose)
            wanted = self._ordered(source for source in sources.all if source.where not in self.leave_out)
            cast = self._cast(place, wanted, captions)
            emit(Started(", ".join(each.name for each in cast.shown), self.kind, len(wanted)))
            for each in cast.shown:
                emit(Note(f"Each image of {each.name} is shown {each.repeats}x an epoch"))
            place.save(cast.project)
            known = {found.id: found for found in self.surveyed if found.likeness and found.provenance}
            looker = Looker(captions, target_of(place.project), self.rules, known)
            return _Import(place, cast, looker, self.link).run(wanted, emit, stop)

    def _ordered(self, sources: Iterable[Source]) -> list[Source]:
        """Of files with the same bytes the first is kept: what a survey kept, then what is not named as a copy."""
        kept = {found.where for found in self.surveyed if not found.twin}
        return sorted(sources, key=lambda each: (bool(kept) and each.where not in kept,
                                                 standing(PurePosixPath(each.name), None)[0]))

    def _cast(self, place: Workspace, sources: Sequence[Source], captions: CaptionFiles) -> Cast:
        folders = tuple(dict.fromkeys(source.folder for source in sources))
        if self.character and not (self.by_folder or self.folders):
            wish = Wish(self.character, self.trigger, self.repeats, self.asymmetric, self.beside)
            return cast_of_all(place.project, wish, folders)
        given = {each.folder: each for each in self.folders}
        if self.character:
            given = {"": Assignment("", (self.character, *self.beside), self.trigger or "")} | given
        if "" in folders and "" not in given:
            raise UserError("Images that lie in no folder show nobody by their names", "Name the character.")
        told = (given.get(folder) or assigned(folder, place.project, _told(sources, folder, captions))
                for folder in folders)
        return cast_by_folder(place.project, tuple(told), self.repeats)


@dataclass(slots=True)
class _Tally:
    """What became of the images."""

    imported: int = 0
    captions: int = 0
    duplicates: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def facts(self) -> Facts:
        return dataclasses.asdict(self)


class _Import:
    """One run over the sources; what it learnt on the way is kept however it ends."""

    def __init__(self, place: Workspace, cast: Cast, looker: Looker, link: bool) -> None:
        self._place, self._cast, self._looker, self._link = place, cast, looker, link
        self._shelf, self._likenesses, self._tally = Shelf(place), Likenesses(place), _Tally()
        self._items: list[ImageItem] = []
        self._provenances: dict[str, Provenance] = {}
        self._copied = 0  # though links were asked for

    def run(self, sources: Sequence[Source], emit: Emit, stop: Stop) -> Ending:
        try:
            ending = self._all(sources, emit, stop)
        finally:
            ImageIndex(self._place).learn(each for each in self._items if (self._place.folder / each.path).is_file())
            self._note_provenances()
        if self._link and self._copied:
            emit(Note(f"{self._copied} of the images could not be linked and were copied"))
        if len(self._tally.refused) == len(sources):
            raise UserError(f"None of the {len(sources)} images could be imported", "The notes above say why.")
        return ending

    def _all(self, sources: Sequence[Source], emit: Emit, stop: Stop) -> Ending:
        pace = Pace(len(sources), time.monotonic)
        with closing(ahead(self._looker.look, sources)) as looks:
            for count, source in enumerate(sources, 1):
                if stop.is_set():
                    return Stopped(self._tally.facts())
                for event in self._taken(source, next(looks)):
                    emit(event)
                emit(Progress(count, len(sources), pace.seconds_left(count), "image"))
        return Finished(self._tally.facts())

    def _taken(self, source: Source, looked: Looked | UserError) -> Iterator[Event]:
        """Takes one image in, or says why not; then what of it training will see otherwise than one might think."""
        if isinstance(looked, UserError):
            self._tally.refused.append(source.where)
            yield Note(f"{source.where} was left out: {looked}")
            return
        self._provenances.setdefault(looked.picture.id, looked.provenance)
        if twin := self._shelf.twin(looked.picture):
            self._tally.duplicates.append(source.where)
            yield self._again(source, twin, looked.told.caption)
            return
        yield self._kept(source, looked)
        for note in looked.picture.notes:
            yield Note(f"{source.name} {note}")
        if weight := weighted(looked.told.caption or ""):
            yield Note(f"The caption of {source.name} holds {weight}: in a caption it is literal text and weighs "
                       "nothing.")

    def _kept(self, source: Source, looked: Looked) -> Event:
        picture, told, shown = looked.picture, looked.told, self._cast.by_folder[source.folder]
        if told.original:
            keep_original(self._place, picture.id, told.original)
        link = source.path if self._link else None
        path = self._shelf.keep(picture, source.name, shown.name, told.caption, link)
        self._copied += not (link and path.samefile(link))
        kept = self._shelf.relative(path)
        self._likenesses.learn(picture.id, looked.likeness)
        self._items.append(ImageItem(picture.id, Path(kept), picture.width, picture.height, _names(shown)))
        self._tally.imported += 1
        self._tally.captions += bool(told.caption)
        return ImageImported(picture.id, kept, shown.name)

    def _again(self, source: Source, twin: Path, caption: str | None) -> Event:
        """An image that is here already; a caption that somebody wrote for it meanwhile is still welcome."""
        here = f"{source.where} is here already as {self._shelf.relative(twin)}"
        if not caption or read_caption(twin):
            return Note(here)
        write_caption(twin, caption)
        self._tally.captions += 1
        return Note(f"{here}; its caption was new")

    def _note_provenances(self) -> None:
        """Where the images come from, as far as anything says so and nobody said it before."""
        with Desk(self._place) as desk:
            said = desk.state.values
            new = {image: provenance for image, provenance in self._provenances.items()
                   if provenance.kind != "unknown" and not said.get(image, {}).get(PROVENANCE)}
            desk.set(f"Note where {len(new)} image{'s' * (len(new) != 1)} come from", PROVENANCE, new, "rule")


def _told(sources: Sequence[Source], folder: str, captions: CaptionFiles) -> list[str]:
    """The captions of a folder; one that cannot be read is complained about with its image."""
    found = []
    for source in sources:
        if source.folder == folder:
            try:
                found.append(captions.of(source).caption or "")
            except UserError:
                continue
    return found


def _names(shown: Shown) -> tuple[str, ...]:
    return shown.characters if isinstance(shown, Group) else (shown.name,)
