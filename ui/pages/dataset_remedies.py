"""What happens when a finding's button is pressed: an edit that can be undone, or the place where a person decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from studio.core.dataset import ImageItem
from studio.core.edits import TRAIT
from studio.core.labels import LABEL_FIELDS
from studio.core.lint.finding import Finding, Open, Rewrite, Trash
from studio.core.shot_list import Pictures
from studio.core.tag_edits import Preview
from ui.i18n import trn
from ui.pages import dataset_edits as edits
from ui.session import Session
from ui.viewstate.findings import filter_for
from ui.viewstate.sayings import told


class Places(Protocol):
    """Where the page can lead somebody."""

    def show_shots(self) -> None: ...

    def label(self, ids: Sequence[str], field: str) -> None: ...

    def show_filtered(self, line: str) -> None: ...


def mend(session: Session, places: Places, finding: Finding) -> None:
    """Carries out a finding's remedy."""
    match finding.remedy:
        case Rewrite(previews=previews):
            _rewrite(session, told(finding.remedy.said), previews())
        case Trash(images=images):
            edits.throw_away(session, images)
        case Pictures():
            places.show_shots()
        case Open() as remedy:
            _open(session, places, finding, remedy)


def _rewrite(session: Session, what: str, previews: Sequence[Preview]) -> None:
    if session.edit(lambda desk: desk.write(what, previews)):
        session.say(trn("{what}: done in {n} caption", "{what}: done in {n} captions", len(previews), what=what),
                    undo=True)


def _open(session: Session, places: Places, finding: Finding, remedy: Open) -> None:
    ids = _ids(finding.images)
    elsewhere: dict[str, Callable[[], None]] = {
        "labels": lambda: places.label(ids, remedy.field if remedy.field in LABEL_FIELDS else "framing"),
        "traits": lambda: places.label(ids, TRAIT + remedy.field),
        "characters": session.actions["project.characters"].trigger,
        "import": lambda: session.import_requested.emit(None),
        "captions": lambda: session.show_page("captions"),
        "ledger": lambda: session.show_page("captions"),
        "contamination": lambda: session.show_page("captions"),
        "tagging": lambda: session.show_page("captions"),
    }
    if remedy.page != "labels" and remedy.page != "traits":
        places.show_filtered(filter_for(finding))
    session.select(ids if remedy.page in ("provenance", "characters") else ids[:1])
    elsewhere.get(remedy.page, lambda: None)()


def _ids(images: Sequence[ImageItem]) -> tuple[str, ...]:
    return tuple(image.id for image in images)
