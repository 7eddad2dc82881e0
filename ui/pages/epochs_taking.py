"""Which epoch is meant when one is used, where is its file, and what is said of base and trigger beside it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.core.axes import Value
from studio.core.paired import arm_name
from studio.core.rubric import AS_ASKED
from studio.core.suppression import Suppression
from ui.i18n import tr
from ui.viewstate.epoch_controls import controls
from ui.viewstate.epoch_series import Shot

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage


class Taking:
    """Owned by the page; reads its judging and its panes."""

    def __init__(self, page: EpochsPage) -> None:
        self._page = page
        self._told: tuple[object, object, tuple[Suppression, ...]] = (None, None, ())
        self._add_actions(page.parts.desk)

    @property
    def epoch(self) -> Value | None:
        """The epoch whose file is meant: that of the verdict, else the one that keys move; None without a file."""
        page = self._page
        wanted = page.judging.verdict.pick if page.judging else None
        epoch = page.panes.leading if wanted is None else wanted
        return epoch if page.series and epoch in page.series.saved else None

    @property
    def name(self) -> str:
        """How sentences call it; empty for none."""
        return "" if self.epoch is None else arm_name(self.epoch)

    @property
    def controls(self) -> tuple[Suppression, ...]:
        """Who keeps a prompt from being drawn, as far as base and pick were judged."""
        series, verdict = self._page.series, self._page.judging.verdict
        if self._told[0] is not series or self._told[1] is not verdict:  # once, not with each turn of the wheel
            self._told = series, verdict, controls(series, self._is_hit, verdict.pick)
        return self._told[2]

    def use(self) -> None:
        """Puts it where ComfyUI finds it, and checks that file."""
        from ui.dialogs.use_it import open_use_it

        page, taken = self._page, self.epoch
        if taken is not None:
            shot = page.series.shot(page.look, taken)
            open_use_it(page.session, page, page.series.run, taken, shot.cell.key if shot else None)

    def copy_file(self) -> None:
        """The path of its LoRA, to be pasted anywhere."""
        if (taken := self.epoch) is not None:
            QGuiApplication.clipboard().setText(str(self._page.series.saved[taken]))
            self._page.session.say(tr("The path of {epoch} is on the clipboard", epoch=arm_name(taken)))

    def open_folder(self) -> None:
        """Its LoRA in the file manager."""
        if (taken := self.epoch) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._page.series.saved[taken].parent)))

    def reasons(self) -> Mapping[str, str]:
        """Why an action cannot be done now, empty where it can."""
        why = "" if self.name else tr("No LoRA file of this epoch is left.")
        return dict.fromkeys(("epochs.use", "epochs.copy", "epochs.folder"), why)

    def _add_actions(self, within: QWidget) -> None:
        add, group = self._page.session.actions.add, tr("Epochs")
        add("epochs.use", tr("Use it"), self.use, icon="check", key="Ctrl+Return", group=group, within=within,
            tip=tr("Puts the LoRA of the epoch to take where ComfyUI finds it, and checks that file."))
        add("epochs.copy", tr("Copy the path of its file"), self.copy_file, icon="copy", key="Ctrl+Shift+C",
            group=group, within=within, tip=tr("The LoRA file of the epoch to take, for ComfyUI or a folder."))
        add("epochs.folder", tr("Show its file in the folder"), self.open_folder, icon="folder", key="O", group=group,
            within=within, tip=tr("Opens the folder that holds the LoRA of the epoch to take."))

    def _is_hit(self, shot: Shot) -> bool | None:
        mark = self._page.judging.said(shot, AS_ASKED)
        return mark.is_hit if mark else None
