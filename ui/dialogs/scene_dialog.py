"""The dialog that turns a form into a scene of several characters; its JSON and its prompt stand beside it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import UserError
from studio.core.scene import (
    FIGURE_FIELDS,
    SETTING_FIELDS,
    Figure,
    Scene,
    Setting,
    lora_trigger,
    prompt_of,
    read_scene,
    scene_json,
)
from studio.core.texts import read_text
from studio.store.atomic import write_atomic
from ui import theme
from ui.i18n import tr
from ui.session import Session
from ui.widgets.basics import caption, column, line, muted, push, row, title, within
from ui.widgets.fold import Fold
from ui.widgets.inline_error import InlineError

_USUAL = ("outfit", "position", "pose", "action", "expression", "gaze")  # the others are folded away


def open_scene(session: Session, parent: QWidget) -> None:
    """Opens the dialog with the project's characters; without any, says so instead."""
    if not session.project.characters:
        session.say_error(UserError(tr("The project has no characters yet"), tr("Add pictures of one first.")))
        return
    SceneDialog(session, parent).open()


class SceneDialog(QDialog):
    """The form left, what becomes of it right."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._triggers = {each.name: each.trigger for each in session.project.characters}
        self._guests: tuple[Figure, ...] = ()
        self.setWindowTitle(tr("Scene of several characters"))
        self.resize(1080, 680)
        self._build()
        self._show()
        session.project_closing.connect(self.close)

    @property
    def scene(self) -> Scene:
        """What the form says."""
        relations = tuple(text.strip() for text in self.relations.toPlainText().splitlines() if text.strip())
        setting = Setting(**{name: field.text() for name, field in self.setting.items()})
        return Scene(setting, tuple(each.figure for each in self.figures), self._guests, relations,
                     self.others.isChecked())

    def show_scene(self, scene: Scene) -> None:
        """Fills the form; whoever is no character of the project stays as a guest."""
        known = {each.id: each for each in scene.characters}
        for name, field in self.setting.items():
            field.setText(getattr(scene.setting, name))
        for each in self.figures:
            each.show_figure(known.get(each.name, Figure(each.name, enabled=False)))
        self._guests = (*scene.guests, *(each for each in scene.characters if each.id not in self._triggers))
        self.relations.setPlainText("\n".join(scene.relations))
        self.others.setChecked(scene.allow_other_people)
        self._show()

    def open_file(self) -> None:
        path = self._session.ask.file(self, tr("Open a scene"), "scene", tr("Scenes (*.json)"))
        if path and (found := self._attempt(lambda: read_scene(read_text(path), path.name))):
            self.show_scene(found)

    def save(self) -> None:
        path = self._session.ask.save(self, tr("Save the scene"), "scene", "scene.json", tr("Scenes (*.json)"))
        if path:
            write_atomic(Path(path), self.json.toPlainText())
            self._session.say(tr("The scene is in {file}", file=Path(path).name))

    def copy_json(self) -> None:
        self._copy(self.json, tr("The scene is on the clipboard"))

    def copy_prompt(self) -> None:
        self._copy(self.prompt, tr("The prompt is on the clipboard"))

    # What it is made of

    def _build(self) -> None:
        self.error = InlineError()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(within(self._form(), theme.SMALL))
        self.triggers = caption("", wrap=True)
        self.triggers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.json, self.prompt = _shown(tr("Scene as JSON")), _shown(tr("Prompt"))
        copy_json, copy_prompt = (push(tr("Copy"), run, icon="copy") for run in (self.copy_json, self.copy_prompt))
        right = column(row(muted(tr("Scene as JSON")), None, copy_json), self.json,
                       row(muted(tr("Prompt")), None, copy_prompt), self.prompt, self.triggers, self.error)
        right.setStretch(1, 3)
        right.setStretch(3, 1)
        body = QHBoxLayout()
        body.setSpacing(theme.LARGE)
        body.addWidget(scroll, 1)
        body.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Scene of several characters")))
        layout.addLayout(body, 1)
        layout.addLayout(row(push(tr("Open …"), self.open_file, icon="folder"), None, push(tr("Close"), self.close),
                             push(tr("Save …"), self.save, icon="save", main=True)))

    def _form(self) -> QVBoxLayout:
        names = _names()
        self.setting = {name: _field(names[name], self._show) for name in SETTING_FIELDS}
        self.figures = [FigureForm(name, trigger, self._show) for name, trigger in self._triggers.items()]
        self.relations = QPlainTextEdit()
        self.relations.setAccessibleName(tr("Relations"))
        self.relations.setPlaceholderText(tr("One a line: Mira leans on Kai"))
        self.relations.setFixedHeight(3 * theme.ROW)
        self.relations.textChanged.connect(self._show)
        self.others = QCheckBox(tr("Other people may be seen"))
        self.others.toggled.connect(self._show)
        whole = QFormLayout()
        whole.setVerticalSpacing(theme.TINY)
        whole.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in self.setting.items():
            whole.addRow(names[name], field)
        return column(muted(tr("The whole picture")), whole, self.others, line(), muted(tr("Who is in it")),
                      *self.figures, line(), muted(tr("Between them")), self.relations, None)

    # What it shows

    def _show(self, _: object = None) -> None:
        self.error.clear()
        made = self._attempt(lambda: (scene_json(self.scene, self._triggers), prompt_of(self.scene, self._triggers),
                                      lora_trigger(self.scene, self._triggers)))
        if made:
            self.json.setPlainText(made[0])
            self.prompt.setPlainText(made[1])
            self.triggers.setText(tr("Triggers: {triggers}", triggers=made[2] or tr("none")))

    def _attempt(self, act):
        """What it returns; a `UserError` is told here, and the answer None."""
        try:
            return act()
        except UserError as error:
            self.error.tell(error)
            return None

    def _copy(self, of: QPlainTextEdit, told: str) -> None:
        QGuiApplication.clipboard().setText(of.toPlainText())
        self._session.say(told)


class FigureForm(QWidget):
    """One character: whether she is in the picture, and what she wears and does."""

    def __init__(self, name: str, trigger: str, changed) -> None:
        super().__init__()
        self.name, self._changed = name, changed
        self.enabled = QCheckBox(tr("{name} ({trigger})", name=name, trigger=trigger))
        self.enabled.setChecked(True)
        self.enabled.toggled.connect(self._switch)
        names = _names()
        self.fields = {field: _field(f"{name}: {names[field]}", changed) for field in FIGURE_FIELDS}
        self._usual = _rows(names, {name: self.fields[name] for name in _USUAL})
        rest = _rows(names, {name: self.fields[name] for name in FIGURE_FIELDS if name not in _USUAL})
        self._rest = Fold(tr("More"), rest)
        layout = column(self.enabled, self._usual, self._rest, gap=theme.TINY)
        layout.setContentsMargins(0, 0, 0, theme.SMALL)
        self.setLayout(layout)

    @property
    def figure(self) -> Figure:
        return Figure(self.name, self.enabled.isChecked(), **{name: each.text() for name, each in self.fields.items()})

    def show_figure(self, figure: Figure) -> None:
        self.enabled.setChecked(figure.enabled)
        for name, field in self.fields.items():
            field.setText(getattr(figure, name))

    def _switch(self, is_on: bool) -> None:
        for part in (self._usual, self._rest):
            part.setVisible(is_on)
        self._changed()


def _rows(names: dict[str, str], fields: dict[str, QLineEdit]) -> QWidget:
    form = QFormLayout()
    form.setContentsMargins(theme.LARGE, 0, 0, 0)
    form.setVerticalSpacing(theme.TINY)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, field in fields.items():
        form.addRow(names[name], field)
    made = QWidget()
    made.setLayout(form)
    return made


def _field(name: str, changed) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.textEdited.connect(changed)
    return made


def _shown(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit(readOnly=True)
    made.setAccessibleName(name)
    return made


def _names() -> dict[str, str]:
    """What the fields are called."""
    return {
        "place": tr("Place"), "weather": tr("Weather"), "time": tr("Time of day"), "lighting": tr("Light"),
        "camera": tr("Camera"), "composition": tr("Composition"), "spatial_layout": tr("Who stands where"),
        "style": tr("Style"), "extra": tr("Anything else"), "outfit": tr("Outfit"), "position": tr("Position"),
        "depth": tr("Near or far"), "pose": tr("Pose"), "action": tr("Action"), "expression": tr("Expression"),
        "gaze": tr("Looks at"), "prop": tr("Holds"), "relation": tr("Is to the others"),
    }  # fmt: skip
