"""What the marks say, in one sentence over the pictures; what it rests on, and the file of the epoch to take."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QToolButton, QWidget

from studio.core.compared_epochs import is_epoch
from studio.core.paired import arm_name
from studio.core.said import said
from studio.core.suppression import Suppression
from studio.core.verdict import Verdict
from ui import theme
from ui.actions import Actions
from ui.i18n import tr
from ui.icons import icon
from ui.viewstate.epoch_controls import counted, shown
from ui.viewstate.verdict_words import sentence as sentence_of
from ui.viewstate.verdict_words import told
from ui.widgets.basics import Elided, action_button, caption, column, muted, push, row, sentence, title

_ICONS = {"better": "good", "worse": "warning", "not shown": "question"}


class VerdictBar(QWidget):
    """The sentence, why it is so, and what to do with the epoch it names."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.sentence, self.more = title(""), Elided()
        self.sentence.setWordWrap(True)
        self.more.setProperty("role", "caption")
        self.use = _use_button(actions)
        words = column(self.sentence, self.more, gap=2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(words, 1)
        layout.addWidget(self.use)
        for id in ("epochs.why", "epochs.seeds"):
            layout.addWidget(action_button(actions[id], text=True))

    def show_verdict(self, verdict: Verdict, take: str, found: Sequence[Suppression] = ()) -> None:
        """The verdict, how the epoch is called whose file is meant (empty for none), and what base and trigger can."""
        nothing = verdict.pick is None
        self.sentence.setText(" ".join(each for each in (sentence_of(verdict.clauses), shown(found)) if each))
        self.more.setText(tr("1 obtained, 2 partial, 3 not obtained: marks add up to a sentence here.") if nothing
                          else told(verdict.more.text) if verdict.more
                          else "" if verdict.comparisons
                          else tr("Mark another epoch under the same prompt and seed: only such pairs are compared."))
        self.more.setVisible(bool(self.more.text()))
        self.use.setText(tr("Use {epoch}", epoch=take) if take else tr("Use it"))
        self.use.setEnabled(bool(take))
        tip = tr("Puts it where ComfyUI finds it; the arrow copies its path or shows its folder.")
        self.use.setToolTip(tip if take else tr("No LoRA file of this epoch is left."))


def _use_button(actions: Actions) -> QToolButton:
    """Pressed it uses the epoch; its arrow offers the file itself."""
    made = QToolButton()
    made.setIcon(icon("check"))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
    made.setProperty("kind", "push")
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(actions["epochs.use"].trigger)
    menu = QMenu(made)
    for id in ("epochs.copy", "epochs.folder"):
        menu.addAction(actions[id])
    made.setMenu(menu)
    return made


class WhyDialog(QDialog):
    """What a verdict rests on, most telling first; a line leads to the first cell of its pairs."""

    asked = Signal(str)  # the key of a cell

    def __init__(self, verdict: Verdict, found: Sequence[Suppression], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Why?"))
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("Comparisons"))
        self.list.setSpacing(theme.TINY)
        self._fill(verdict, found)
        head = title(sentence_of(verdict.clauses))
        head.setWordWrap(True)
        method = sentence_of(verdict.why[:1])
        foot = row(caption(tr("Enter or a double click shows the cells of a comparison.")), None,
                   push(tr("Close"), self.close, main=True))
        plain = [sentence(text)] if (text := _plainly(verdict)) else []
        how = muted(method[:1].upper() + method[1:], wrap=True)
        layout = column(head, *plain, how, self.list, foot)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        self.setLayout(layout)
        self.resize(640, 420)
        self.list.itemActivated.connect(self._go)
        self.list.setFocus()

    def _fill(self, verdict: Verdict, found: Sequence[Suppression]) -> None:
        ordered = sorted(verdict.comparisons, key=lambda each: (each.adjusted, -abs(each.better - each.worse)))
        for text, of in zip(verdict.why[1:], ordered):
            item = QListWidgetItem(icon(_ICONS[of.word]), told(text))
            item.setData(Qt.ItemDataRole.UserRole, next(iter(of.keys), ""))
            self.list.addItem(item)
        for each in verdict.remarks:
            text = told(said("{arm}, {trait}: {remark}", arm=arm_name(each.arm), trait=each.trait,
                             remark=told(each.said.text)))
            self.list.addItem(QListWidgetItem(icon("info"), text))
        for text, keys in counted(found):
            item = QListWidgetItem(icon("info"), text)
            item.setData(Qt.ItemDataRole.UserRole, next(iter(keys), ""))
            self.list.addItem(item)
        if not self.list.count():
            self.list.addItem(QListWidgetItem(icon("info"), tr("No two cells of one prompt and seed are marked yet.")))

    def _go(self, item: QListWidgetItem) -> None:
        if key := item.data(Qt.ItemDataRole.UserRole):
            self.asked.emit(key)
            self.close()


def _plainly(verdict: Verdict) -> str:
    """Why that epoch and not a later one, where nothing speaks for either."""
    if verdict.word != "not shown" or not verdict.comparisons or not is_epoch(verdict.pick):
        return ""
    if verdict.pick == verdict.reference:
        return tr("The marks favour {pick}, but on too few pairs to show it.", pick=arm_name(verdict.pick))
    return tr("The marks show no gain after {pick}, so a later epoch has nothing for it as yet. More seeds may still "
              "tell them apart.", pick=arm_name(verdict.pick))
