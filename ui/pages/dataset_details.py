"""The right pane: the picture that is chosen, what is said of it, where it comes from, and what the lint says of it.

With several pictures chosen it speaks of all of them: a label that they share, or that they differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.core.labels import LABEL_FIELDS
from studio.core.record import PROVENANCES, Record
from studio.core.showing import showings
from ui import theme
from ui.i18n import tr, trn
from ui.images.loader import Loader
from ui.pages import dataset_edits as edits
from ui.pages.dataset_lint import recipe
from ui.session import Session
from ui.viewstate.crop import crop_of, crop_text
from ui.viewstate.findings import Found
from ui.viewstate.labelling import label_of, subjects_of
from ui.viewstate.words import words_of
from ui.widgets.basics import Elided, caption, column, muted, row, title, within
from ui.widgets.label_bar import LabelBar, Told, told
from ui.widgets.lint_panel import FindingCard, LintPanel
from ui.widgets.record_viewer import RecordViewer
from ui.widgets.side_pane import SidePane
from ui.widgets.star_row import StarRow
from ui.widgets.trait_list import TraitList, TraitTold

_PICTURE = 260
_WIDTH = 272
_MOST_FINDINGS = 6


class DetailsPane(SidePane):
    """Shows the session's selection."""

    opened = Signal()               # the picture is wanted large
    box_asked = Signal(str)         # a trait that is to be boxed in the current picture

    def __init__(self, session: Session, loader: Loader, lint: LintPanel) -> None:
        super().__init__(_WIDTH)
        self._session, self._loader, self._lint = session, loader, lint
        self._found, self._shows_crop = Found(), True
        self._build()
        self._bind()
        self.refresh()

    @property
    def labels(self) -> LabelBar:
        return self._labels

    @property
    def viewer(self) -> RecordViewer:
        return self._viewer

    def refresh(self) -> None:
        """Says what is known of the selection by now."""
        chosen = self._session.selected
        self._nothing.setVisible(not chosen)
        self._body.setVisible(bool(chosen))
        if chosen:
            self._show_picture(chosen[-1], len(chosen))
            self._show_words(chosen)
            self._show_findings(chosen)

    def show_found(self, found: Found) -> None:
        """What the lint says by now."""
        self._found = found
        self._show_findings(self._session.selected)

    def show_crop(self, is_shown: bool) -> None:
        """Shades what training cuts off, or no longer."""
        self._shows_crop = is_shown
        self.refresh()

    def _build(self) -> None:
        self._viewer = RecordViewer(self._session, self._loader, tr("The chosen picture"))
        self._viewer.setFixedHeight(_PICTURE)
        self._nothing = muted(tr("Choose a picture to see what is known of it."), wrap=True)
        self._name, self._size = Elided(at=Qt.TextElideMode.ElideMiddle), caption("")
        self._crop = caption("", wrap=True)
        self._name.setProperty("role", "strong")
        self._stars = StarRow()
        self._labels = LabelBar(lambda field: words_of(field, self._session.all))
        self._traits = TraitList()
        self._body = self._made_body()
        self.hold(within(column(self._nothing, self._body, None), theme.MEDIUM))

    def _made_body(self) -> QWidget:
        self._kind = QComboBox()
        self._kind.addItems(PROVENANCES)
        self._kind.setAccessibleName(tr("Provenance"))
        self._kind.setToolTip(tr("Where the picture comes from, seen from the base that will be trained."))
        self._evidence = caption("", wrap=True)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(theme.SMALL)
        self._traits_part = within(column(title(tr("Traits")), self._traits))
        self._findings_part = within(column(title(tr("Findings")), self._findings))
        facts = within(column(self._name, self._size, self._crop, row(self._stars, None), gap=theme.TINY))
        labels = within(column(title(tr("Labels")), self._labels))
        origin = within(column(title(tr("Provenance")), self._kind, self._evidence))
        return within(column(self._viewer, facts, labels, self._traits_part, origin, self._findings_part,
                             gap=theme.MEDIUM))

    def _bind(self) -> None:
        session = self._session
        self._viewer.opened.connect(self.opened)
        self._stars.set_asked.connect(lambda stars: edits.rate(session, session.selection, stars))
        self._labels.set_asked.connect(self._label)
        self._labels.confirm_asked.connect(lambda field: edits.confirm(session, session.selected, [field]))
        self._traits.set_asked.connect(self._label)
        self._traits.box_asked.connect(self.box_asked)
        self._traits.unbox_asked.connect(lambda tag: edits.remove_box(session, session.current, tag))
        self._kind.textActivated.connect(lambda kind: edits.say_where_from(session, session.selected, kind))

    def _label(self, field: str, word: str) -> None:
        edits.label(self._session, subjects_of(self._session.selected, field), field, word)

    def _show_picture(self, record: Record, count: int) -> None:
        image = record.image
        self._viewer.show_record(record)
        crop = crop_of(image.width, image.height, recipe(self._session))
        self._viewer.show_crop(crop if self._shows_crop else None)
        self._viewer.show_boxes(record.boxes)
        self._name.setText(image.path.name if count == 1 else trn("{n} picture", "{n} pictures", count))
        self._size.setText(f"{image.width} × {image.height}  ·  {' + '.join(image.characters)}  ·  {record.repeats} ×")
        self._crop.setText(tr("Trained as {crop}", crop=crop_text(crop))
                           + (f"\n▲ {tr('Enlarged: its detail will be soft.')}" if crop.is_enlarged else ""))
        self._crop.setProperty("role", "doubtful" if crop.is_enlarged else "caption")
        self._crop.style().polish(self._crop)

    def _show_words(self, chosen: Sequence[Record]) -> None:
        self._stars.show_stars(chosen[-1].stars)
        self._labels.show_labels({field: _told(chosen, field) for field in LABEL_FIELDS})
        traits = self._trait_tags(chosen[-1])
        self._traits_part.setVisible(bool(traits))
        self._traits.show_traits([_trait_told(chosen, tag) for tag in traits])
        known = chosen[-1].provenance
        self._kind.setCurrentText(known.kind if known else "unknown")
        self._evidence.setText(known.evidence if known and known.evidence else tr("Nobody said where it comes from."))

    def _trait_tags(self, record: Record) -> tuple[str, ...]:
        """Those of the characters it shows, and those that were said of it."""
        ledgers = (self._session.ledger(name) for name in record.image.characters)
        tags = (tag for ledger in ledgers for tag in ledger.tags("absorb", "vary"))
        return tuple(dict.fromkeys((*tags, *record.traits, *record.boxes)))

    def _show_findings(self, chosen: Sequence[Record]) -> None:
        while (item := self._findings.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        speaking = self._found.of(record.id for record in chosen)
        self._findings_part.setVisible(bool(speaking))
        for finding in speaking[:_MOST_FINDINGS]:
            self._findings.addWidget(FindingCard(finding, self._lint))


def _told(chosen: Sequence[Record], field: str) -> Told:
    said = told([label_of(record, subject, field) for record in chosen for subject in subjects_of([record], field)])
    if said.label or said.differs:
        return said
    heard = {each.words.get(field, "") for each in showings(chosen)}
    return Told(caption=heard.pop()) if len(heard) == 1 else Told(differs=True)


def _trait_told(chosen: Sequence[Record], tag: str) -> TraitTold:
    sights = {record.traits.get(tag) for record in chosen}
    return TraitTold(tag, sights.pop() or "" if len(sights) == 1 else "differs", tag in chosen[-1].boxes)
