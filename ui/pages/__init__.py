"""Which pages are there? One line each; a page is built when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ui.i18n import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.session import Session


class Page(NamedTuple):
    """A page of the sidebar. `build` imports what it needs."""

    id: str
    name: str
    icon: str
    tip: str
    build: Callable[[Session], QWidget]


def pages() -> tuple[Page, ...]:
    """In the order of the work, and of Ctrl+1 to Ctrl+6."""
    return (
        Page("dataset", tr("Data set"), "dataset", tr("The pictures: what they show, what is missing."), _dataset),
        Page("captions", tr("Captions"), "captions", tr("What is said about each picture."), _captions),
        Page("training", tr("Training"), "training", tr("Plan a run and watch it."), _training),
        Page("epochs", tr("Epochs"), "epochs", tr("Compare the epochs of a run side by side."), _epochs),
        Page("grids", tr("Grids"), "grids", tr("Sheets of pictures: prompt by epoch, by seed, by strength."),
             _grids),
        Page("evidence", tr("Evidence"), "evidence", tr("What the LoRA learnt, in numbers that can be trusted."),
             _evidence),
    )


def _dataset(session: Session) -> QWidget:
    from ui.pages.dataset import DatasetPage

    return DatasetPage(session)


def _captions(session: Session) -> QWidget:
    from ui.pages.captions import CaptionsPage

    return CaptionsPage(session)


def _training(session: Session) -> QWidget:
    from ui.pages.training import TrainingPage

    return TrainingPage(session)


def _epochs(session: Session) -> QWidget:
    from ui.pages.epochs import EpochsPage

    return EpochsPage(session)


def _grids(session: Session) -> QWidget:
    from ui.pages.grids import GridsPage

    return GridsPage(session)


def _evidence(session: Session) -> QWidget:
    from ui.pages.evidence import EvidencePage

    return EvidencePage(session)
