"""What is planned right now? The draft outlives the page and the program; each change is written a moment later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from types import MappingProxyType

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.draft import Draft
from studio.core.errors import UserError
from studio.core.knobs import Setting, changed, knobs_of
from studio.core.project import with_character, with_group
from studio.core.recipe import Recipe, shipped_recipes
from studio.core.run_diff import Split
from studio.jobs.lint import recipe_of
from studio.store import drafts
from studio.store.workspace import Workspace
from ui.aside import Aside
from ui.session import Session

_WRITE_MS = 400
_FEW = 2  # settings that one step may change without a way back


class Drafting(QObject):
    """The draft of the open project; everything a person can do with it."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._write = QTimer(self, singleShot=True, interval=_WRITE_MS)
        self._write.timeout.connect(self._keep)
        self._aside, self._writing = Aside(self), Lock()
        self.draft = self._read()
        self._base = session.project.base
        session.project_changed.connect(self._project_changed)
        self.before: Draft | None = None  # what one step changed too much of to be lost by a wrong press

    @property
    def presets(self) -> tuple[str, ...]:
        """Recipes that ship, then those that a person keeps."""
        return (*shipped_recipes(), *drafts.kept_recipes(self._session.settings.folder))

    @property
    def is_own(self) -> bool:
        """Whether the preset in force is one that a person keeps."""
        return self.draft.preset.name in drafts.kept_recipes(self._session.settings.folder)

    # The recipe

    def enter(self, name: str, value: Setting) -> None:
        """Another value for a setting."""
        self._put(self.draft.with_setting(name, value))

    def reset(self, *names: str) -> None:
        """Settings as in the preset, all of them if none is named."""
        self._put(self.draft.without_changes(*names))

    def choose_preset(self, name: str) -> None:
        """Everything as in a preset."""
        recipe = self._session.attempt(lambda: self.preset(name))
        if recipe:
            self._put(self.draft.on_preset(recipe))

    def keep_as(self, name: str) -> None:
        """Keeps the recipe under a name; from here on it is the preset. Raises `UserError` for a name that is taken."""
        kept = drafts.keep_recipe(self._session.settings.folder, name, self.draft.recipe)
        self._put(self.draft.on_preset(kept))

    def forget_preset(self) -> None:
        """Forgets the kept recipe in force; the settings stay as they are."""
        drafts.drop_recipe(self._session.settings.folder, self.draft.preset.name)
        self._put(replace(self.draft, preset=recipe_of(self._session.place)))

    def take(self, recipe: Recipe, left_out: Mapping[str, str] = MappingProxyType({})) -> None:
        """The settings of a recipe from elsewhere, told apart from the preset, and what of it had no place here."""
        self._put(replace(self.draft, recipe=replace(recipe, name=self.draft.preset.name), left_out=dict(left_out)))

    def mend(self, settings: Sequence[str]) -> None:
        """Assignments such as "flip=no", as a rule proposes them."""
        self._put(replace(self.draft, recipe=changed(self.draft.recipe, settings)))

    def back(self) -> None:
        """As it was before the last step that changed many settings at once."""
        if self.before:
            self._put(self.before)
            self.before = None
            self.changed.emit()

    def preset(self, name: str) -> Recipe:
        return drafts.preset(self._session.settings.folder, name)

    # What surrounds it

    def follow(self, run: str) -> None:
        """The plan is the next version of a run; empty for one that follows none. Reasons given before are gone."""
        self._put(replace(self.draft, parent=run, refused={}))

    def split(self, way: Split) -> None:
        """The recipe of a run between the one before and this one."""
        self._put(replace(self.draft, recipe=replace(way.recipe, name=self.draft.preset.name)))

    def teach(self, characters: Sequence[str]) -> None:
        """Who takes part."""
        everyone = [each.name for each in self._session.project.characters]
        self._put(replace(self.draft, characters=() if list(characters) == everyone else tuple(characters)))

    def set_late(self, late: bool | None) -> None:
        """Whether something of them comes late."""
        self._put(replace(self.draft, late_feature=late))

    def refuse(self, rule: str, reason: str) -> None:
        """Why a rule does not count for this run; without a reason it counts again."""
        self._put(self.draft.refusing(rule, reason))

    def repeat(self, names: Sequence[str], repeats: int) -> None:
        """How often an epoch shows each picture of a character, or of a group. It is a thing of the project."""
        project = self._session.project
        if len(names) == 1:
            changed = with_character(project, replace(project.character(names[0]), repeats=repeats))
        else:
            changed = with_group(project, replace(project.group(names), repeats=repeats))
        self._session.attempt(lambda: self._session.save_project(changed))

    # Keeping it

    def flush(self) -> None:
        """Writes what was not written yet, before it returns."""
        self._write.stop()
        self._session.attempt(lambda: self._put_down(self._session.place, self.draft))

    def close(self) -> None:
        """The project is about to be put away."""
        was_kept = not (self._write.isActive() or self._aside.is_busy)
        self._aside.close()
        if not was_kept:
            self.flush()

    def _keep(self) -> None:
        """Writes beside the window, which shall not wait for a busy disk."""
        place, draft = self._session.place, self.draft
        self._aside.ask(lambda: self._put_down(place, draft), lambda _: None, self._session.say_error)

    def _put_down(self, place: Workspace, draft: Draft) -> None:
        """One at a time, and nothing that is older than what was planned since."""
        with self._writing:
            if draft is self.draft:
                drafts.write_draft(place, draft)

    def _project_changed(self) -> None:
        """Another base brings its own recipe, unless somebody changed something of the one at hand."""
        if not self._session.is_open or self._session.project.base == self._base:
            return
        self._base = self._session.project.base
        if not self.draft.changed:
            self._put(self.draft.on_preset(recipe_of(self._session.place)))

    def _put(self, draft: Draft) -> None:
        if draft != self.draft:
            if len(_differing(self.draft.recipe, draft.recipe)) > _FEW:
                self.before = self.draft
            self.draft = draft
            self._write.start()
            self.changed.emit()

    def _read(self) -> Draft:
        """What was planned last; a project that is new begins with the recipe for its base."""
        try:
            found = drafts.read_draft(self._session.place, self.preset)
        except UserError as error:
            self._session.say_error(error)
            found = None
        usual = recipe_of(self._session.place)
        return found or Draft(usual, usual)


def _differing(one: Recipe, other: Recipe) -> tuple[str, ...]:
    return tuple(knob.name for knob in knobs_of(Recipe) if getattr(one, knob.name) != getattr(other, knob.name))
