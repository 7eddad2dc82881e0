"""The form in which somebody says what is to be done to many captions."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.batch import KINDS, Kind, Wish
from studio.core.chips import GROUPS
from studio.core.composer import PROFILES
from ui import theme
from ui.i18n import tr, trn
from ui.icons import icon
from ui.widgets.basics import restyle
from ui.widgets.caption_field import Find
from ui.widgets.chips_words import group_name, profile_name
from ui.widgets.tags_line import TagsLine

_ICONS: dict[Kind, str] = {
    "add": "add", "remove": "trash", "rename": "edit", "replace": "search", "move": "move", "sort": "sort",
    "deduplicate": "copy", "underscores": "text", "lower case": "text", "quality": "star", "ledger": "people",
}  # fmt: skip
_FIELDS: dict[Kind, tuple[str, ...]] = {
    "add": ("tags", "where"), "remove": ("tags", "groups"), "rename": ("tags", "new"),
    "replace": ("tags", "new", "within", "pattern"), "move": ("tags", "groups", "where"), "quality": ("profile",),
    "ledger": ("profile",),
}  # fmt: skip


class WishForm(QWidget):
    """What to do at the top, and below it only what that needs."""

    changed = Signal()

    def __init__(self, wish: Wish, find: Find | None = None) -> None:
        super().__init__()
        self._was_typed, self._find = bool(wish.tags), find
        self._build()
        self._fill(wish)
        self._bind()
        self._show_fields()

    @property
    def kind(self) -> Kind:
        return KINDS[self.kinds.currentRow()]

    @property
    def is_begun(self) -> bool:
        """Whether something was typed that may be wrong."""
        return self._was_typed

    @property
    def wish(self) -> Wish:
        fields = _FIELDS.get(self.kind, ())
        chosen = self._chosen_groups() if "groups" in fields else ()
        return Wish(self.kind, self.tags.text(), self.new.text(), self.where.currentData(), self.within.currentData(),
                    self.pattern.isChecked(), chosen, self.profile.currentData())

    def choose(self, kind: Kind) -> None:
        """As a click on it does."""
        self.kinds.setCurrentRow(KINDS.index(kind))

    def show_bad(self, is_bad: bool) -> None:
        restyle(self.tags, state="bad" if is_bad else "")

    def _build(self) -> None:
        self.kinds = _list(tr("What to do"))
        for kind, text in kind_names().items():
            item = QListWidgetItem(icon(_ICONS[kind]), text)
            item.setSizeHint(QSize(0, theme.ROW))
            self.kinds.addItem(item)
        self.kinds.setFixedHeight(len(KINDS) * theme.ROW + 2)
        self.tags, self.new, self.pattern = TagsLine(), TagsLine(), QCheckBox(tr("Regular expression"))
        self.where = _combo({"end": tr("at the end"), "after trigger": tr("after the trigger"),
                             "front": tr("in front")})
        self.within = _combo({"everything": tr("everywhere"), "tags": tr("in tags"), "sentences": tr("in sentences")})
        self.profile = _combo({name: f"{profile_name(name)}: {text}" for name, text in PROFILES.items()})
        self.groups = _combo({"": tr("the tags above")} |
                             {name: tr("all of: {group}", group=group_name(name)) for name in GROUPS})
        self._labels = {
            "tags": QLabel(), "new": QLabel(), "where": QLabel(tr("Where")), "within": QLabel(tr("Where")),
            "pattern": QLabel(), "groups": QLabel(tr("Or a group")), "profile": QLabel(tr("Quality")),
        }  # fmt: skip
        self._rows = {"tags": self.tags, "groups": self.groups, "new": self.new, "where": self.where,
                      "within": self.within, "pattern": self.pattern, "profile": self.profile}
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setVerticalSpacing(6)
        for name, widget in self._rows.items():
            self._form.addRow(self._labels[name], widget)
            self._labels[name].setBuddy(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.kinds)
        layout.addSpacing(theme.SMALL)
        layout.addLayout(self._form)

    def _fill(self, wish: Wish) -> None:
        self.choose(wish.kind)
        self.tags.setText(wish.tags)
        self.new.setText(wish.new)
        for box, value in ((self.where, wish.where), (self.within, wish.within), (self.profile, wish.profile)):
            box.setCurrentIndex(box.findData(value))
        self.groups.setCurrentIndex(max(0, self.groups.findData(next(iter(wish.groups), ""))))
        self.pattern.setChecked(wish.pattern)

    def _bind(self) -> None:
        self.kinds.currentRowChanged.connect(self._kind_changed)
        for edit in (self.tags, self.new):
            edit.textEdited.connect(self._typed)
        for box in (self.where, self.within, self.profile, self.groups):
            box.activated.connect(self._chose)
        self.pattern.toggled.connect(self._chose)

    def _kind_changed(self) -> None:
        self._was_typed = False
        self._show_fields()
        self.changed.emit()

    def _typed(self) -> None:
        self._was_typed = True
        self.changed.emit()

    def _chose(self) -> None:
        self.tags.setEnabled(not (self._chosen_groups() and "groups" in _FIELDS.get(self.kind, ())))
        self.changed.emit()

    def _chosen_groups(self) -> tuple[str, ...]:
        name = self.groups.currentData()
        return (name,) if name else ()

    def _show_fields(self) -> None:
        shown, names = _FIELDS.get(self.kind, ()), _names(self.kind)
        for name, widget in self._rows.items():
            self._form.setRowVisible(widget, name in shown)
        for name, (label, hint) in names.items():
            self._labels[name].setText(label)
            self._rows[name].setPlaceholderText(hint)
            self._rows[name].setAccessibleName(label)
        self.tags.setEnabled("groups" not in shown or not self._chosen_groups())
        for field in (self.tags, self.new):
            field.find = self._find if self.kind != "replace" else None  # text may be anything


def kind_names() -> dict[Kind, str]:
    """What can be done, in words."""
    return {
        "add": tr("Add tags"), "remove": tr("Remove tags"), "rename": tr("Rename or split a tag"),
        "replace": tr("Find and replace text"), "move": tr("Move tags"), "sort": tr("Sort into Anima's order"),
        "deduplicate": tr("Remove doubled tags"), "underscores": tr("Underscores to spaces"),
        "lower case": tr("Tags in lower case"), "quality": tr("Set the quality"),
        "ledger": tr("Compose as the ledger says"),
    }  # fmt: skip


def done(wish: Wish, count: int) -> str:
    """The edit, as undo calls it."""
    n = trn("{n} caption", "{n} captions", count)
    named = wish.tags if not wish.groups else ", ".join(group_name(group) for group in wish.groups)
    texts = {
        "add": tr("“{tags}” added to {n}", tags=named, n=n),
        "remove": tr("“{tags}” removed from {n}", tags=named, n=n),
        "rename": tr("“{tags}” renamed to “{new}” in {n}", tags=named, new=wish.new, n=n),
        "replace": tr("“{tags}” replaced by “{new}” in {n}", tags=named, new=wish.new, n=n),
        "move": tr("“{tags}” moved in {n}", tags=named, n=n), "sort": tr("Tags sorted in {n}", n=n),
        "deduplicate": tr("Doubled tags removed from {n}", n=n),
        "underscores": tr("Underscores made spaces in {n}", n=n),
        "lower case": tr("Tags put in lower case in {n}", n=n), "quality": tr("Quality set in {n}", n=n),
        "ledger": tr("{n} composed as the ledger says", n=n),
    }  # fmt: skip
    return texts[wish.kind]


def _names(kind: Kind) -> dict[str, tuple[str, str]]:
    """(label, hint) of the two fields of text."""
    if kind == "replace":
        return {"tags": (tr("Find"), tr("text, to the letter")), "new": (tr("Replace by"), tr("nothing"))}
    if kind == "rename":
        return {"tags": (tr("Tag"), tr("standing")), "new": (tr("New name"), tr("upright, full body"))}
    return {"tags": (tr("Tags"), tr("smile, open mouth")), "new": ("", "")}


def _list(name: str) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName(name)
    made.setUniformItemSizes(True)
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def _combo(choices: dict[str, str]) -> QComboBox:
    made = QComboBox()
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(12)
    for value, text in choices.items():
        made.addItem(text, value)
    return made
