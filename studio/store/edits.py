"""How does an edit reach the disk, so that no crash, no restart and no other program loses a word of it?

One edit is one synced line in `captions/edits.jsonl`, written before any file is touched. The line holds every file
before and after, so the files themselves need no sync, which for ten thousand of them would take ten seconds: a crash
leaves each with the one content or the other, or after a power failure torn or empty, and opening the project carries
the edit out to its end. Once the files were synced, all at once, a line says so, and they are not looked at again.

What another program did to a caption is noticed before anything is done with that caption, becomes an edit of its own,
and is merged with what comes next. Only a write within the instant (some 50 µs) between the last look at a file and its
replacement goes unnoticed; no system offers more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from studio.core.caption_file import is_readable, text_of, with_text
from studio.core.dataset import ImageItem
from studio.core.edits import (
    CAPTION,
    LEDGER,
    PLACE,
    SIDECARS,
    By,
    Change,
    Edit,
    Settled,
    State,
    Value,
    fold,
    from_json,
    inverse,
    ledger_change,
    stem,
    to_json,
    value_change,
)
from studio.core.errors import UserError, shown
from studio.core.ledger import Ledger
from studio.core.merge import merged
from studio.core.tag_edits import Operation, Preview, previews
from studio.store.dataset import folder_of
from studio.store.image_index import ImageIndex
from studio.store.ledgers import ledger_path
from studio.store.lines import append_line, lines_after
from studio.store.moves import TRASH, free_path, has_image, move_image
from studio.store.settling import carry_to_end, sync
from studio.store.sidecars import Sidecars
from studio.store.workspace import Workspace

NAME = "edits.jsonl"

_LOCK = threading.RLock()  # one for all desks: a job may have one of its own on a project that a window has open
_NEVER = object()          # a file that nobody looked at yet
_REPLACED_AS_WHOLE = 64    # files; more are written over, see `Sidecars.replace`


class Desk:
    """Where a project's captions, labels and images are worked on. The project must be open in this process."""

    def __init__(self, place: Workspace, clock: Callable[[], float] = time.time) -> None:
        if not place.is_owner:
            raise UserError(f"{place.folder} is only looked at", "Open the project to change something.")
        self._place, self._clock = place, clock
        self._path = place.folder / "captions" / NAME
        self._state, self._offset = State(), 0
        self._seen: dict[str, tuple[str, str | None]] = {}  # what this desk acknowledged: file to (image, content)
        self.sidecars = Sidecars(place.folder)
        with _LOCK:
            self._catch_up()
            self._finish()

    @property
    def place(self) -> Workspace:
        """The project."""
        return self._place

    @property
    def state(self) -> State:
        """What all edits come to, those of other desks included."""
        with _LOCK:
            self._catch_up()
            return self._state

    @property
    def undo_text(self) -> str:
        """What `undo` would undo; empty if there is nothing."""
        done = self.state.done
        return done[-1].what if done else ""

    @property
    def redo_text(self) -> str:
        """What `redo` would do again; empty if there is nothing."""
        undone = self.state.undone
        return undone[-1].what if undone else ""

    def apply(self, what: str, changes: Iterable[Change], by: By = "hand") -> Edit | None:
        """Carries out changes as one edit; None if nothing would change.

        A caption that is no longer what `before` says is merged. Raises `UserError` naming files that resist.
        """
        with _LOCK:
            wanted = tuple(changes)
            self._prepare(wanted)
            return self._carry_out(what, by, wanted)

    def set(self, what: str, field: str, values: Mapping[str, Value], by: By = "hand") -> Edit | None:
        """Gives a field of some images their values, by the images' ids; None makes it unknown."""
        with _LOCK:
            state = self.state
            return self.apply(what, [value_change(state, image, field, value) for image, value in values.items()], by)

    def write(self, what: str, changes: Iterable[Preview], by: By = "hand") -> Edit | None:
        """Writes captions that were derived from `before`; what the files say by now is merged in."""
        with _LOCK:
            return self.apply(what, [change for each in changes for change in self._caption_changes(each)], by)

    def rewrite(self, what: str, images: Iterable[ImageItem], operation: Operation, by: By = "hand") -> Edit | None:
        """Applies an operation to what the captions of some images say at this moment."""
        with _LOCK:
            present = (replace(image, caption=self.caption(image)) for image in images)
            return self.write(what, previews(present, operation), by)

    def trash(self, what: str, images: Iterable[ImageItem]) -> Edit | None:
        """Moves images with their captions to the project's trash, from where undoing brings them back."""
        return self._move(what, images, lambda image: f"{TRASH}/{image.path.parent.name}/{image.path.name}")

    def move(self, what: str, images: Iterable[ImageItem], shown: str) -> Edit | None:
        """Gives images with their captions to another character or group of the project."""
        folder = folder_of(self._place, shown).relative_to(self._place.folder).as_posix()
        return self._move(what, images, lambda image: f"{folder}/{image.path.name}")

    def caption(self, image: ImageItem) -> str | None:
        """What the caption of an image says at this moment."""
        return self.sidecars.caption(image.path.as_posix())

    def notice(self, images: Iterable[ImageItem] = ()) -> Edit | None:
        """Records what other programs did to the captions of these images and of all that were seen before."""
        return self.look(images)[0]

    def look(self, images: Iterable[ImageItem], again: bool = True) -> tuple[Edit | None, Mapping[str, str | None]]:
        """What `notice` records, and what each caption file of these images holds; every file is looked at once.

        Without `again` only these are looked at, and not all that were seen before.
        """
        with _LOCK:
            self._catch_up()
            files = {file: image for file, (image, _) in self._seen.items()} if again else {}
            files |= _caption_files(images)
            contents = self.sidecars.contents(files)
            return self._notice(files, contents), contents

    def contents(self, images: Iterable[ImageItem]) -> Mapping[str, str | None]:
        """What each caption file of these images holds at this moment; those that cannot be read are left out."""
        return self.sidecars.contents(_caption_files(images))

    def write_ledger(self, what: str, ledger: Ledger) -> Edit | None:
        """Gives a character another identity ledger."""
        with _LOCK:
            file = ledger_path(self._place, self._place.project.character(ledger.character).name)
            return self.apply(what, [ledger_change(ledger, file.relative_to(self._place.folder).as_posix())])

    def undo(self, id: int | None = None) -> Edit | None:
        """Undoes the last edit, or the one of that id; None if there is none. What came after it is kept."""
        with _LOCK:
            return self._revert(_chosen(self.state.done, id))

    def redo(self) -> Edit | None:
        """Does again what was undone last; None if there is nothing."""
        with _LOCK:
            return self._revert(_chosen(self.state.undone, None))

    def close(self) -> None:
        """Sees to it that every file is on the disk; without it the next opening does."""
        with _LOCK:
            self._catch_up()
            self._settle()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, changes: Iterable[Change]) -> None:
        """Before anything is done: what others did, be it another desk or another program."""
        self._catch_up()
        self._notice({change.file: change.image for change in changes if change.field == CAPTION})

    def _carry_out(self, what: str, by: By, changes: Iterable[Change], undoes: int | None = None) -> Edit | None:
        real = tuple(change for change in map(self._as_of_now, changes) if change.before != change.after)
        if not real and undoes is None:
            return None
        edit = Edit(self._state.last + 1, self._clock(), what, by, real, undoes)
        self._write_down(edit)
        self._change_files(real)
        return edit

    def _write_down(self, line: Edit | Settled) -> None:
        self._offset = append_line(self._path, to_json(line).encode("utf-8", "backslashreplace"))
        self._state = fold([line], self._state)

    def _catch_up(self) -> None:
        """Folds what was written down since the last look."""
        if self._path.exists() and self._path.stat().st_size != self._offset:
            lines, self._offset = lines_after(self._path, self._offset)
            self._state = fold((_read(self._path, *line) for line in lines), self._state)

    def _as_of_now(self, change: Change) -> Change:
        """The change from what there is to what was wanted; one that is impossible by now changes nothing."""
        if change.field == PLACE:
            is_there = (self._place.folder / str(change.before)).exists()
            return change if is_there else replace(change, after=change.before)
        if not change.file:
            present = self._state.values.get(change.image, {}).get(change.field)
            return replace(change, before=present)
        present = self.sidecars.content(change.file)
        return change if present == change.before else _merged(change, present)

    def _caption_changes(self, wanted: Preview) -> list[Change]:
        image, file = wanted.image, self.sidecars.file_of(wanted.image.path.as_posix())
        present = self.sidecars.content(file)
        if not is_readable(present):
            raise UserError(f"{file} is not UTF-8 text", "Save it as UTF-8.")
        text = merged(wanted.before, wanted.after, text_of(present))
        if not with_text(None, text):
            return self._emptied(image)
        return [Change(image.id, CAPTION, present, with_text(present, text), file)]

    def _emptied(self, image: ImageItem) -> list[Change]:
        """No caption is no file, neither this one nor one that would take its place."""
        files = (stem(image.path.as_posix()) + ending for ending in SIDECARS)
        return [Change(image.id, CAPTION, self.sidecars.content(file), None, file) for file in files]

    def _move(self, what: str, images: Iterable[ImageItem], target: Callable[[ImageItem], str]) -> Edit | None:
        with _LOCK:
            changes, taken = [], set[str]()
            for image in images:
                before, after = image.path.as_posix(), target(image)
                if before != after:
                    taken.add(after := free_path(self._place.folder, after, taken))
                    changes.append(Change(image.id, PLACE, before, after))
            return self.apply(what, changes)

    def _revert(self, edit: Edit | None) -> Edit | None:
        if edit is None:
            return None
        paths = cache(lambda: {item.id: item.path.as_posix() for item in ImageIndex(self._place).items()})
        changes = [change for each in reversed(edit.changes) if (change := self._backwards(each, paths))]
        self._prepare(changes)
        return self._carry_out(edit.what, edit.by, changes, undoes=edit.id)

    def _backwards(self, change: Change, paths: Callable[[], Mapping[str, str]]) -> Change | None:
        """What takes the change back; None where something else came after it, or where the image is gone."""
        back = inverse(change)
        if back.field == CAPTION:
            return self._found_again(back, paths)
        if back.field == PLACE:
            return replace(back, after=free_path(self._place.folder, str(back.after)))
        present = (self.sidecars.content(back.file) if back.file else
                   self._state.values.get(back.image, {}).get(back.field))
        return back if present == back.before else None

    def _found_again(self, change: Change, paths: Callable[[], Mapping[str, str]]) -> Change | None:
        """The change in the file where the image's caption lies now, as somebody may have renamed both."""
        if has_image(self._place.folder, change.file):
            return change
        ending = change.file[len(stem(change.file)):]
        path = paths().get(change.image)
        return replace(change, file=stem(path) + ending) if path else None

    def _notice(self, files: Mapping[str, str], contents: Mapping[str, str | None] | None = None) -> Edit | None:
        """Records what these files, by the images they belong to, hold other than this desk knows.

        What cannot be read is left out: who wants to change that file will hear of it.
        """
        present = self.sidecars.contents(files) if contents is None else contents
        changes = tuple(change for file, image in files.items()
                        if file in present and (change := self._noticed(image, file, present[file])))
        if not changes:
            return None
        what = f"Another program changed {len(changes)} caption{'s' * (len(changes) > 1)}"
        edit = Edit(self._state.last + 1, self._clock(), what, "outside", changes)
        self._write_down(edit)
        return edit

    def _noticed(self, image: str, file: str, present: str | None) -> Change | None:
        known = self._known(file)
        if present is None and isinstance(known, str) and not has_image(self._place.folder, file):
            self._seen.pop(file, None)  # it went with its image
            return None
        self._seen[file] = (image, present)
        return Change(image, CAPTION, known, present, file) if known not in (_NEVER, present) else None

    def _known(self, file: str) -> object:
        if file in self._state.files:
            return self._state.files[file]
        return self._seen[file][1] if file in self._seen else _NEVER

    def _finish(self) -> None:
        """Carries out what a crash cut short."""
        carry_to_end(self._place.folder, self.sidecars, self._state.unsettled)
        self._settle()

    def _settle(self) -> None:
        if self._state.unsettled:
            sync(self._place.folder, self._state.unsettled)
            self._write_down(Settled(self._state.last))

    def _change_files(self, changes: Sequence[Change]) -> None:
        overtaken, resisting, in_place = [], [], len(changes) > _REPLACED_AS_WHOLE
        for change in changes:
            try:
                if not self._change_file(change, in_place):
                    overtaken.append(change)
            except OSError as error:
                resisting.append((change, error))
        if overtaken:
            self._reconcile(overtaken)
        if resisting:
            self._give_in(resisting)

    def _change_file(self, change: Change, in_place: bool) -> bool:
        """Whether all went well: False where another program was faster."""
        if change.field == PLACE:
            move_image(self._place.folder, change.image, str(change.before), str(change.after))
            return True
        if not change.file:
            return True
        if change.field == CAPTION:
            self._seen[change.file] = (change.image, change.after)
        return self.sidecars.replace(change.file, change.before, change.after, in_place)

    def _reconcile(self, changes: Iterable[Change]) -> None:
        """Merges what another program wrote between our look at a file and our writing it."""
        for change in changes:
            is_written = False
            while not is_written:
                theirs = self.sidecars.content(change.file)
                both = _merged(change, theirs)
                is_written = self.sidecars.replace(change.file, theirs, both.after)
        self._notice({change.file: change.image for change in changes if change.field == CAPTION})

    def _give_in(self, resisting: list[tuple[Change, OSError]]) -> None:
        """Some files are as they were; the journal says so again, and a person hears why."""
        (first, error), count = resisting[0], len(resisting)
        self._notice({change.file: change.image for change, _ in resisting if change.field == CAPTION})
        if ledgers := tuple(inverse(change) for change, _ in resisting if change.field.startswith(LEDGER)):
            self._write_down(Edit(self._state.last + 1, self._clock(), "A ledger stayed as it was", "outside", ledgers))
        more = f" and {count - 1} more" if count > 1 else ""
        raise UserError(f"{first.file or first.before}{more} could not be written: {error.strerror}",
                        "Check the room on the disk and the permissions.")


def read_edits(place: Workspace) -> State:
    """What all edits of a project come to, for whoever only looks at it."""
    path = place.folder / "captions" / NAME
    return fold(_read(path, *line) for line in lines_after(path)[0])


def _caption_files(images: Iterable[ImageItem]) -> dict[str, str]:
    """The images by the files in which their captions may lie."""
    stems = ((stem(image.path.as_posix()), image.id) for image in images)
    return {file + ending: id for file, id in stems for ending in SIDECARS}


def _read(path: Path, place: int, line: bytes) -> Edit | Settled:
    try:
        return from_json(line.decode("utf-8"))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError(f"{path} is damaged at byte {place}: {shown(str(error))}",
                        "Remove that line in a text editor; the rest can still be read.") from error


def _chosen(edits: tuple[Edit, ...], id: int | None) -> Edit | None:
    """The edit of that id, or the last."""
    return next((edit for edit in reversed(edits) if id in (None, edit.id)), None)


def _merged(change: Change, present: str | None) -> Change:
    """The change as it is for a file that another program changed; what is no text is left alone.

    Of a ledger the last word counts: whoever wrote it saw all of it.
    """
    if change.field.startswith(LEDGER):
        return replace(change, before=present)
    if not is_readable(present):
        return replace(change, before=present, after=present)
    text = merged(text_of(change.before), text_of(change.after), text_of(present))
    return replace(change, before=present, after=with_text(present, text))
