"""Puts two characters side by side in new pictures of the project, and swaps them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL.Image import Image

from studio.core.edits import FIGURE, PROVENANCE
from studio.core.errors import UserError
from studio.core.events import Ending, Finished
from studio.core.pairs import GAP, Figure, Told, boxes, pair_caption, side_by_side, swapped
from studio.core.record import Box, Record
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.exchange.pair_pictures import Colour, background_of, paired
from studio.store.images import image_id
from studio.store.names import safe_name
from studio.store.records import records
from studio.store.workspace import Workspace

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: her image by its id, the box around her, and her height beside the other."""

    image: str
    box: Box = WHOLE
    height: float = 1.0


@dataclass(frozen=True, slots=True)
class PairPictures:
    """Two images of one character each become one of both, with a caption, and with `swap` a second one the other way.

    `captions` are those of the one and of the other; those that are missing are made of the two that there are.
    `gap` is a share of the taller one's height.
    """

    project: Path
    left: Side
    right: Side
    swap: bool = True
    background: Colour | None = None
    captions: tuple[str, ...] = ()
    gap: float = GAP
    kind = "pair"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with workspace.open_project(self.project) as place:
            made = _Making(place, self)
            clips, facts = made.clips(), made.names
            ending = ImportImages(self.project, (), facts[0], beside=facts[1:], clips=clips).run(gpu, emit, stop)
            if isinstance(ending, Finished):
                made.note_figures()
            return ending


class _Making:
    """The pictures of one pair, and who is where in each."""

    def __init__(self, place: Workspace, wish: PairPictures) -> None:
        self._place, self._wish = place, wish
        known = {record.id: record for record in records(place)}
        self._left, self._right = _alone(wish.left, known), _alone(wish.right, known)
        self.names = (*self._left.image.characters, *self._right.image.characters)
        if len(set(self.names)) < 2:
            raise UserError(f"Both images show {self.names[0]}", "Choose images of two characters.")
        layout = side_by_side(_figure(self._left, wish.left), _figure(self._right, wish.right), wish.gap)
        self._layouts = (layout, swapped(layout)) if wish.swap else (layout,)
        self._ids: list[str] = []

    def clips(self) -> dict[str, bytes]:
        """The pictures and their captions, by names for an import."""
        found = {}
        background = self._wish.background or background_of(self._file(self._left), self._file(self._right),
                                                            self._layouts[0])
        for number, layout in enumerate(self._layouts):
            left, right = self._in_order(number)
            name = safe_name(" + ".join(f"{each.image.characters[0]} {each.image.path.stem}" for each in (left, right)))
            content = _png(paired(self._file(left), self._file(right), layout, background))
            self._ids.append(image_id(content))
            found |= {f"{name}.png": content, f"{name}.txt": self._caption(number).encode("utf-8")}
        return found

    def note_figures(self) -> None:
        """Where each of the two is, and where the picture comes from if both say the same."""
        with Desk(self._place) as desk:
            for number, (id, layout) in enumerate(zip(self._ids, self._layouts)):
                for record, box in zip(self._in_order(number), boxes(layout)):
                    name = record.image.characters[0]
                    desk.set(f"Note where {name} is in a pair picture", f"{FIGURE}{name}", {id: box})
            origin = self._left.provenance
            if origin and origin == self._right.provenance:
                desk.set("Note where pair pictures come from", PROVENANCE, dict.fromkeys(self._ids, origin))

    def _in_order(self, number: int) -> tuple[Record, Record]:
        """The two from the viewer's left, in the first picture or in the swapped one."""
        return (self._left, self._right) if number == 0 else (self._right, self._left)

    def _caption(self, number: int) -> str:
        if number < len(self._wish.captions):
            return self._wish.captions[number]
        left, right = (Told(self._trigger(each), each.caption) for each in self._in_order(number))
        return pair_caption(left, right)

    def _trigger(self, record: Record) -> str:
        return self._place.project.character(record.image.characters[0]).trigger

    def _file(self, record: Record) -> Path:
        return self._place.folder / record.image.path


def _alone(side: Side, known: dict[str, Record]) -> Record:
    """The image of a side, which must show one character."""
    record = known.get(side.image)
    if record is None:
        raise UserError(f"The project has no image {side.image}", "Choose one of its images.")
    if len(record.image.characters) != 1:
        raise UserError(f"{record.image.path.name} shows several characters", "Choose an image that shows one.")
    return record


def _figure(record: Record, side: Side) -> Figure:
    return Figure(record.image.width, record.image.height, side.box, side.height)


def _png(image: Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
