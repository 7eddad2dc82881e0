"""The dialog that lets a tagger look at pictures, or a language model write sentences about them.

What a tagger sees is shown before a caption is touched; a language model's answers are kept one by one, since they may
cost money. Pictures leave this machine only where that was ticked.
"""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from studio.core.record import Record
from ui import theme
from ui.dialogs.auto_tag_sentences import SentencesTab
from ui.dialogs.auto_tag_tags import TagsTab
from ui.i18n import tr
from ui.images.loader import Loader
from ui.session import Session
from ui.widgets.basics import push, row


class AutoTagDialog(QDialog):
    """`shown` are the pictures that the filter leaves, `chosen` those that are selected."""

    def __init__(self, session: Session, parent: QWidget, shown: tuple[Record, ...], chosen: tuple[Record, ...],
                 loader: Loader | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Let a tagger look"))
        self.resize(960, 620)
        self.tags, self.sentences = TagsTab(session, shown, chosen, loader), SentencesTab(session, shown, chosen)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.tags, tr("Tags"))
        self.tabs.addTab(self.sentences, tr("Sentences"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(row(None, push(tr("Close"), self.reject)))
        self.tags.written.connect(self.accept)

    def done(self, result: int) -> None:
        """A look that nobody waits for ends; sentences that were asked for go on in the status strip."""
        self.tags.close_down()
        self.sentences.close_down()
        super().done(result)
