"""Which tagger looks, and from when on it is believed: the same choice wherever one is let at pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import push, row

_PRACTICE = "practice"
_SURE = 0.35


class TaggerChoice(QWidget):
    """Remembers folders that were chosen once; `form` has room for what else is asked."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.tagger = QComboBox()
        self.threshold = QDoubleSpinBox(minimum=0.05, maximum=1.0, singleStep=0.05, decimals=2)
        self._build()
        self._fill()

    @property
    def folder(self) -> Path:
        """Where the chosen one lies."""
        from studio.jobs.bases import practice_tagger

        name = self.tagger.currentData()
        return practice_tagger() if name == _PRACTICE else Path(name)

    def ask(self) -> None:
        """Asks for the folder of another one, and chooses it."""
        if chosen := self._session.ask.folder(self, tr("The folder of a tagger in the WD format"), "tagger"):
            self._add(str(chosen))
            self.tagger.setCurrentIndex(self.tagger.findData(str(chosen)))

    def remember(self) -> None:
        """Keeps folders and threshold for the next time."""
        folders = [self.tagger.itemData(place) for place in range(1, self.tagger.count())]
        self._session.settings.remember(taggers=folders, tagger_threshold=self.threshold.value())

    def _build(self) -> None:
        self.tagger.setAccessibleName(tr("Tagger"))
        self.tagger.setMinimumWidth(220)
        self.threshold.setAccessibleName(tr("Threshold"))
        self.threshold.setToolTip(tr("Tags of which the tagger is less sure are left out."))
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setVerticalSpacing(theme.SMALL)
        self.form.addRow(tr("Tagger"), self.tagger)
        self.form.addRow("", row(push(tr("Another folder …"), self.ask, icon="folder", quiet=True,
                                      tip=tr("The folder with model.onnx and selected_tags.csv.")), None))
        self.form.addRow(tr("Threshold"), self.threshold)

    def _fill(self) -> None:
        settings = self._session.settings
        self.tagger.addItem(tr("Practice tagger, for its own drawings"), _PRACTICE)
        for folder in settings.state("taggers", []):
            self._add(str(folder))
        self.threshold.setValue(float(settings.state("tagger_threshold", _SURE)))

    def _add(self, folder: str) -> None:
        if self.tagger.findData(folder) < 0:
            self.tagger.addItem(Path(folder).name, folder)
            self.tagger.setItemData(self.tagger.count() - 1, folder, 3)  # the tooltip
