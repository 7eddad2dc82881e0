"""Where the caption of one picture is put together: quality, triggers, tags, sentences, and what training will read.

The composer shows a composition and tells what a person makes of it; whoever owns the captions writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QEvent, QObject, QTimer, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.core import chips
from studio.core.caption import split_caption
from studio.core.composer import PROFILES, Composition, in_profile, render, shuffles
from studio.core.ledger import Ledger
from ui import theme
from ui.i18n import tr, trn
from ui.widgets.basics import Elided, caption, column, icon_only, row
from ui.widgets.caption_field import CaptionField, Find
from ui.widgets.chips import ChipFace, ChipFlow
from ui.widgets.chips_words import profile_name

TYPING_MS = 700   # after which sentences are written
COUNTING_MS = 150
ORDERS = 4        # versions that the shuffle shows

Count = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is composed: the parts, the text they came from, the triggers, and tags that the ledger does not want."""

    parts: Composition
    text: str
    triggers: tuple[str, ...] = ()
    unwanted: Mapping[str, str] = field(default_factory=dict)  # tag in lower case: why not


class Composer(QWidget):
    """`find` completes tags, `count` tells in words how many tokens a text has."""

    composed = Signal(object, str)  # the new Composition, and what was done, as an edit is called
    tag_chosen = Signal(str)

    def __init__(self, find: Find, count: Count) -> None:
        super().__init__()
        self._draft = Draft(Composition(), "")
        self._count, self._by_group, self._is_showing = count, True, False
        self._build(find)
        self._bind()

    @property
    def draft(self) -> Draft:
        return self._draft

    @property
    def by_group(self) -> bool:
        """Whether chips stand in groups instead of the caption's order."""
        return self._by_group

    def show_draft(self, draft: Draft) -> None:
        """Shows another caption, or the same one as it is by now; the focus stays where it is."""
        self._is_showing = True
        self._draft = draft
        self._show_quality()
        self._show_chips()
        if self._sentences_now() != draft.parts.sentences:
            self.sentences.setPlainText(draft.parts.sentences)
        self._is_showing = False
        self.recount()

    def arrange(self, by_group: bool) -> None:
        """Chips in groups, or in the order of the caption."""
        self._by_group = by_group
        self._show_chips()

    def finish_typing(self) -> None:
        """Writes sentences at once that were typed a moment ago."""
        if self._typing.isActive():
            self._typing.stop()
            self._sentences_typed()

    def add_tool(self, button: QWidget) -> None:
        """Puts a button at the end of the first line."""
        self._tools.addWidget(button)

    def recount(self) -> None:
        """The preview anew; tokens a moment later, since they take one."""
        text = self._text()
        self.preview.setText(text or tr("Nothing yet: this picture would be trained without a caption."))
        self.preview.setProperty("role", "" if text else "muted")
        self._show_orders(text)
        self._counting.start()

    # What it is made of

    def _build(self, find: Find) -> None:
        self.field = CaptionField(find=find)
        self.flow = ChipFlow(self.field)
        self.quality = QComboBox()
        self.quality.setAccessibleName(tr("Quality profile"))
        self.quality.setToolTip(tr("What the captions of this set open with. Choose one and keep to it."))
        self._quality_text = Elided()
        self._quality_text.setProperty("role", "muted")
        self.sentences = self._sentence_field()
        self.preview = QLabel(wordWrap=True)
        self.preview.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.preview.setAccessibleName(tr("As trained"))
        self.tokens = caption("")
        self._orders = QLabel(wordWrap=True)
        self._orders.setProperty("role", "caption")
        self._orders.hide()
        self.shuffle = icon_only("sort", tr("Show a few shuffled orders"), self._toggle_orders,
                                 tr("Shows in which orders training reads the tags where the recipe shuffles them."))
        self.shuffle.setCheckable(True)
        self._typing = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._counting = QTimer(self, interval=COUNTING_MS, singleShot=True)
        self._place()

    def _place(self) -> None:
        self._tools = row(caption(tr("Quality")), self.quality, self._quality_text)
        self._tools.setStretch(2, 1)
        trained = row(caption(tr("As trained")), self.tokens, None, self.shuffle)
        inner = column(self._tools, self.flow, caption(tr("Sentences")), self.sentences, theme.TINY, trained,
                       self.preview, self._orders, None, gap=6)
        inner.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.MEDIUM)
        body = QWidget()
        body.setLayout(inner)
        area = QScrollArea(widgetResizable=True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _sentence_field(self) -> QPlainTextEdit:
        made = QPlainTextEdit(tabChangesFocus=True)
        made.setPlaceholderText(tr("Sentences, if any; they stay together behind the tags and are never shuffled."))
        made.setAccessibleName(tr("Sentences"))
        made.setFixedHeight(2 * made.fontMetrics().lineSpacing() + 2 * theme.SMALL + 6)
        made.installEventFilter(self)
        return made

    def _bind(self) -> None:
        self.field.entered.connect(self._add)
        self.field.taken_back.connect(self._take_last)
        self.field.left_behind.connect(self.flow.focus_last)
        self.flow.removed.connect(self._remove)
        self.flow.moved.connect(self._move)
        self.flow.shifted.connect(self._shift)
        self.flow.chosen.connect(self._take_back)
        self.quality.activated.connect(self._choose_quality)
        self.sentences.textChanged.connect(self._sentence_edited)
        self._typing.timeout.connect(self._sentences_typed)
        self._counting.timeout.connect(self._show_count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.finish_typing()
        return False

    # What it shows

    def _show_quality(self) -> None:
        tags, profiles = self._draft.parts.quality, [*PROFILES]
        known = next((name for name in profiles if self._profiled(name).quality == tags), "")
        self.quality.clear()
        for name in profiles:
            self.quality.addItem(profile_name(name), name)
            self.quality.setItemData(self.quality.count() - 1, PROFILES[name], Qt.ItemDataRole.ToolTipRole)
        if not known:
            self.quality.addItem(tr("its own") if tags else tr("none"), "")
        self.quality.setCurrentIndex(self.quality.findData(known))
        self._quality_text.setText(", ".join(tags))

    def _show_chips(self) -> None:
        parts, flaws = self._draft.parts, self._draft.unwanted
        fixed = [ChipFace(tag, group="", movable=False) for tag in parts.counts]
        fixed += [ChipFace(tag, fixed=True, movable=False) for tag in parts.triggers]
        faces = [ChipFace(each.tag, each.origin, chips.group_of(each.tag), flaw=flaws.get(each.tag.casefold(), ""))
                 for each in parts.chips]
        if self._by_group:
            order = [*chips.GROUPS]
            faces.sort(key=lambda face: order.index(face.group))
        self.flow.show_chips([*fixed, *faces], self._by_group)

    def _show_orders(self, text: str) -> None:
        self._orders.setVisible(self.shuffle.isChecked() and bool(text))
        if self._orders.isVisible() or self.shuffle.isChecked():
            self._orders.setText("\n".join(f"{number}  {each}" for number, each in
                                           enumerate(shuffles(text, self._draft.triggers, ORDERS), 1)))

    def _toggle_orders(self) -> None:
        self._show_orders(self._text())

    def _show_count(self) -> None:
        text = self._text()
        self.tokens.setText(self._count(text) if text else "")

    def _text(self) -> str:
        """The caption to the letter as its file has it, or with the sentences that are being typed."""
        typed = self._sentences_now()
        if typed == self._draft.parts.sentences:
            return self._draft.text
        return render(replace(self._draft.parts, sentences=typed))

    def _sentences_now(self) -> str:
        return " ".join(self.sentences.toPlainText().split())

    # What a person does

    def _add(self, text: str) -> None:
        new = chips.with_tags(self._draft.parts, text, self._draft.triggers)
        tags = split_caption(text)[0]
        self._tell(new, trn("Add “{tag}”", "Add {n} tags", len(tags), tag=text.strip()))

    def _take_last(self) -> None:
        shown = [tag for tag in self.flow.tags if not self.flow.chip(tag).face.fixed]
        if shown:
            self._remove(shown[-1])

    def _remove(self, tag: str) -> None:
        self._tell(chips.without_tag(self._draft.parts, tag), tr("Take away “{tag}”", tag=tag))

    def _move(self, tag: str, before: str) -> None:
        self._tell(chips.moved(self._draft.parts, tag, before), tr("Move “{tag}”", tag=tag))

    def _shift(self, tag: str, steps: int) -> None:
        """One place on in what is seen; in groups that may be several in the caption."""
        shown = [face for face in self.flow.tags if face in self._draft.parts.tags]
        if not self._by_group or tag not in shown:
            self._tell(chips.shifted(self._draft.parts, tag, steps), tr("Move “{tag}”", tag=tag))
            return
        place = shown.index(tag) + steps + (steps > 0)
        if 0 <= place <= len(shown):
            self._move(tag, shown[place] if place < len(shown) else "")

    def _take_back(self, tag: str) -> None:
        """Into the field, to be typed otherwise."""
        if tag in self._draft.parts.tags:
            self._remove(tag)
            self.field.setText(tag)
            self.field.setFocus()

    def _choose_quality(self) -> None:
        if name := self.quality.currentData():
            self._tell(self._profiled(name), tr("Quality “{name}”", name=profile_name(name)))

    def _profiled(self, name: str) -> Composition:
        return in_profile(self._draft.parts, PROFILES[name])

    def _sentence_edited(self) -> None:
        if not self._is_showing:
            self._typing.start()
            self.recount()

    def _sentences_typed(self) -> None:
        typed = self._sentences_now()
        if typed != self._draft.parts.sentences:
            self._tell(chips.with_sentences(self._draft.parts, typed, self._draft.triggers), tr("Write sentences"))

    def _tell(self, parts: Composition, what: str) -> None:
        if parts != self._draft.parts:
            self.composed.emit(parts, what)


def flaws(ledgers: Iterable[Ledger]) -> dict[str, str]:
    """Why the ledgers do not want some tags, by the tags in lower case."""
    absorbed, never = tr("The trigger absorbs this tag: leave it out."), tr("The ledger says never to say this.")
    found: dict[str, str] = {}
    for ledger in ledgers:
        found |= {tag.casefold(): absorbed for tag in ledger.tags("absorb")}
        found |= {tag.casefold(): never for tag in ledger.tags("forbid")}
    return found
