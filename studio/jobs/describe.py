"""Writes sentences into the captions that have none, with a language model on a server of one's choice.

Pictures are sent only if that is asked for; without it the server sees nothing but tags. Each answer is kept before the
next is asked for: it may have cost money.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from studio.core.caption import join_caption, split_caption
from studio.core.dataset import Dataset, ImageItem
from studio.core.describing import Describer, UnusableAnswer, chat_address, request_of, sentences_of
from studio.core.errors import UserError
from studio.core.events import CaptionWritten, Ending, Finished, Note, Progress, Started, Stopped
from studio.core.ledger import Ledger
from studio.core.tag_edits import Preview
from studio.jobs.chosen_images import chosen_images
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store import dataset as datasets
from studio.store import workspace
from studio.store.api_keys import key_of
from studio.store.chat_server import ChatServer
from studio.store.edits import Desk
from studio.store.images import open_rgb
from studio.store.ledgers import read_ledgers

_MOST_UNUSABLE = 3  # in a row; then it is not the image's fault


@dataclass(frozen=True, slots=True)
class Describe:
    """Sentences for a project's images that have none. `images` are names or ids; without any, all are meant."""

    project: Path
    describer: Describer
    send_images: bool = False
    images: tuple[str, ...] = ()
    kind = "describe"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        if not self.describer.model:
            raise UserError("No model is named", "Name the one that is to write.")
        key = key_of(chat_address(self.describer.endpoint))
        with workspace.open_project(self.project) as place, Desk(place) as desk, \
                ChatServer(self.describer, key) as server:
            found = datasets.dataset(place)
            asking = _Asking(self, server, desk, found, read_ledgers(place))
            bare = [image for image in chosen_images(found.images, self.images) if asking.has_something_to_ask(image)]
            emit(Started(place.project.name, self.kind, len(bare)))
            emit(Note(self._announcement(len(bare), server.host)))
            return _describe(asking, bare, emit, stop)

    def _announcement(self, count: int, host: str) -> str:
        if not count:
            return "There is no image without sentences of which something could be told."
        if self.send_images:
            pictures = f"{count} pictures are" if count > 1 else "One picture is"
            return f"{pictures} sent to {host}, at most {self.describer.image_side} px large."
        return f"Only tags are sent to {host}; with --send-images it would see the pictures."


def _describe(asking: _Asking, bare: Sequence[ImageItem], emit: Emit, stop: Stop) -> Ending:
    pace, written, in_a_row = Pace(len(bare), time.monotonic), 0, 0
    for count, image in enumerate(bare, 1):
        try:
            caption = None if stop.is_set() else asking.caption(image, stop)
        except UnusableAnswer as error:
            in_a_row += 1
            if in_a_row == _MOST_UNUSABLE:
                raise
            emit(Note(f"{image.path.name} was left as it is: {error}"))
            continue
        if caption is None:
            return Stopped({"captions": written})
        in_a_row = 0
        written += 1
        emit(CaptionWritten(image.id, image.path.as_posix(), caption))
        emit(Progress(count, len(bare), pace.seconds_left(count), "image"))
    return Finished({"captions": written, "left": len(bare) - written})


@dataclass(frozen=True, slots=True)
class _Asking:
    """All that decides what is asked and what comes of it."""

    job: Describe
    server: ChatServer
    desk: Desk
    dataset: Dataset
    ledgers: tuple[Ledger, ...]

    def has_something_to_ask(self, image: ImageItem) -> bool:
        """No sentences yet, and something that a server may see."""
        tags, sentences = split_caption(image.caption or "")
        return not sentences and bool(tags or self.job.send_images)

    def caption(self, image: ImageItem, stop: Stop) -> str | None:
        """The caption with its new sentences, once it is written; None if it was stopped before."""
        describer, before = self.job.describer, image.caption or ""
        tags, _ = split_caption(before)
        triggers = self.dataset.triggers_of(image)
        unsaid = [tag for each in self.ledgers if each.character in image.characters for tag in each.tags("forbid")]
        request = request_of(describer, tags, triggers, unsaid, self._picture(image))
        answer = self.server.answer(request, stop)
        if answer is None:
            return None
        caption = join_caption(tags or triggers, sentences_of(answer))
        self.desk.write(f"Describe {image.path.name}", [Preview(image, before, caption)], by="tagger")
        return caption

    def _picture(self, image: ImageItem) -> str:
        """The picture as a `data:` address, reduced and without its metadata; empty if it stays here."""
        if not self.job.send_images:
            return ""
        picture, side = open_rgb(self.desk.place.folder / image.path), self.job.describer.image_side
        picture.thumbnail((side, side))
        content = BytesIO()
        picture.save(content, "JPEG", quality=90)
        return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode("ascii")
