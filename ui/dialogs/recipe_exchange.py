"""Recipes from other trainers and for them: what was carried over, what is only nearly the same, what has no place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QDialog, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.foreign_recipe import Carried, Imported, LeftOut
from studio.core.knobs import knob_of
from studio.core.recipe import Recipe
from studio.store.exchange.recipes import ENDINGS, SDSCRIPTS, STUDIO, TOOLKIT, Exported, read_recipe, write_recipe
from ui import theme
from ui.dialogs.room import fit
from ui.i18n import tr, trn
from ui.pages.training_plan_draft import Drafting
from ui.session import Session
from ui.viewstate.recipe_words import label_of, told
from ui.widgets.basics import headline, muted, push, row

FORMS = (STUDIO, TOOLKIT, SDSCRIPTS)

_WIDTH, _HEIGHT = 760, 560


def open_import(session: Session, drafting: Drafting, parent: QWidget) -> None:
    """Asks for a file and shows what a recipe of it would be; nothing changes before somebody agrees."""
    kinds = f"{tr('Recipes and LoRAs')} (*.toml *.yaml *.yml *.safetensors)"
    chosen = session.ask.file(parent, tr("A recipe, or a LoRA that tells how it was trained"), "recipes", kinds)
    if chosen is None:
        return
    found = session.attempt(lambda: read_recipe(chosen, _trigger(session)))
    if found:
        ImportRecipeDialog(session, drafting, chosen, found, parent).open()


def export(session: Session, recipe: Recipe, form: str, parent: QWidget) -> None:
    """Asks for a file, writes it, and lists what it could not say."""
    kinds = f"{form_name(form)} (*{ENDINGS[form]})"
    proposal = f"{session.project.name or recipe.name}{ENDINGS[form]}"
    chosen = session.ask.save(parent, tr("Export the recipe"), "recipes", proposal, kinds)
    if chosen is None:
        return
    written = session.attempt(lambda: _write(recipe, form, chosen, _trigger(session)))
    if written and written.left_out:
        ExportedRecipeDialog(written, form, parent).open()
    elif written:
        session.say(tr("The recipe was written to {name}", name=chosen.name))


def form_name(form: str) -> str:
    """Whose recipe it is, as people call the program."""
    return {STUDIO: tr("Character LoRA Studio"), TOOLKIT: "AnimaLoraToolkit", SDSCRIPTS: "sd-scripts"}[form]


class ImportRecipeDialog(QDialog):
    """What became of each key; the settings are taken when somebody agrees."""

    def __init__(self, session: Session, drafting: Drafting, path: Path, found: Imported, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._drafting, self._found = session, drafting, found
        self.setWindowTitle(tr("Import a recipe"))
        fit(self, parent, _WIDTH, _HEIGHT)
        self.list = _List((*_lacking(found.left_out), *_taken(found), *_assumed(found)))
        _lay_out(self, path.name, _remark(found), self.list,
                 (push(tr("Cancel"), self.reject), push(tr("Take these settings"), self.accept, main=True)))

    def accept(self) -> None:
        self._drafting.take(self._found.recipe, {each.key: each.value for each in self._found.left_out})
        super().accept()


class ExportedRecipeDialog(QDialog):
    """What the other trainer will not know of the recipe."""

    def __init__(self, written: Exported, form: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export the recipe"))
        fit(self, parent, _WIDTH, _HEIGHT)
        names = ", ".join(path.name for path in written.files)
        self.list = _List((*_lacking(written.left_out), *_rough(written.carried)))
        remark = trn("{n} setting has no place in a recipe of {form}.",
                     "{n} settings have no place in a recipe of {form}.", len(written.left_out), form=form_name(form))
        _lay_out(self, tr("Written: {names}", names=names), remark, self.list,
                 (push(tr("Close"), self.accept, main=True),))


class _List(QTreeWidget):
    """Lines of (what, its value, what became of it), each kind under a head of its own."""

    def __init__(self, lines: Sequence[tuple[str, str, str, str]]) -> None:
        super().__init__()
        self.setHeaderLabels([tr("Key"), tr("Value"), tr("What becomes of it")])
        self.setRootIsDecorated(True)
        self.setWordWrap(True)
        self.setAccessibleName(tr("What becomes of each key"))
        heads: dict[str, QTreeWidgetItem] = {}
        for head, *cells in lines:
            if head not in heads:
                heads[head] = QTreeWidgetItem(self, [head])
                heads[head].setFirstColumnSpanned(True)
                heads[head].setExpanded(True)
            item = QTreeWidgetItem(heads[head], cells)
            for column, text in enumerate(cells):
                item.setToolTip(column, text)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.setColumnWidth(1, 140)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every line as one text."""
        heads = (self.topLevelItem(place) for place in range(self.topLevelItemCount()))
        return tuple(" | ".join(head.child(place).text(column) for column in range(3))
                     for head in heads for place in range(head.childCount()))


def _taken(found: Imported) -> list[tuple[str, str, str, str]]:
    head = tr("Carried over")
    return [(head, each.key, each.value, each.note or _becomes(each.setting)) for each in found.carried]


def _rough(carried: Sequence[Carried]) -> list[tuple[str, str, str, str]]:
    return [(tr("Nearly the same"), each.key, each.value, each.note) for each in carried if each.note]


def _lacking(left_out: Sequence[LeftOut]) -> list[tuple[str, str, str, str]]:
    return [(tr("Left out"), each.key, each.value, each.why) for each in left_out]


def _assumed(found: Imported) -> list[tuple[str, str, str, str]]:
    head = tr("Not said there, and taken as its trainer takes it")
    knobs = ((knob_of(Recipe, name), value) for name, value in found.assumed)
    return [(head, knob.name, told(knob, value), label_of(knob)) for knob, value in knobs]


def _becomes(setting: str) -> str:
    return label_of(knob_of(Recipe, setting)) if setting else ""


def _remark(found: Imported) -> str:
    return tr("{carried} keys are carried over, {left} are not. Nothing changes before you agree.",
              carried=len(found.carried), left=len(found.left_out))


def _lay_out(dialog: QDialog, head: str, remark: str, inside: QWidget, buttons: Sequence[QWidget]) -> None:
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
    layout.setSpacing(theme.SMALL)
    for part in (headline(head), muted(remark, wrap=True), inside):
        layout.addWidget(part)
    layout.addLayout(row(None, *buttons))


def _trigger(session: Session) -> str:
    """The word that stands for {trigger} elsewhere: that of the first character."""
    characters = session.project.characters
    return characters[0].trigger if characters else ""


def _write(recipe: Recipe, form: str, path: Path, trigger: str) -> Exported:
    try:
        return write_recipe(recipe, form, path, trigger)
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror}", "Choose another folder.") from error
