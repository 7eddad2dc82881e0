"""The dialog that writes sheets for an article: what, in which language, how large, where to; and a look beforehand."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import UserError
from ui import theme
from ui.dialogs.article_preview import Drawing, Look, PicturePane, Wanted
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import Elided, caption, column, muted, push, row, title, within
from ui.widgets.job_foot import JobFoot

_REST_MS = 120  # a person may click through several choices
_FORM = 320     # px


def open_article(session: Session, parent: QWidget, sheet_ids: tuple[str, ...], every: bool = True) -> None:
    """Opens the dialog on these sheets, or with `every` off on the first of them; where there is none, says so."""
    if not sheet_ids:
        session.say_error(UserError(tr("There is no sheet to write about yet"), tr("Render one on the grids page.")))
        return
    ArticleDialog(session, parent, sheet_ids, every).open()


class ArticleDialog(QDialog):
    """Choices left, the labelled picture right. The job runs in the status strip and is told here."""

    def __init__(self, session: Session, parent: QWidget, sheets: tuple[str, ...], every: bool = True) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._sheets = session, sheets
        self._folder: Path | None = None
        self._written: Path | None = None
        self._drawing = Drawing(self)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._draw)
        self.setWindowTitle(tr("Write an article"))
        self.resize(1080, 660)
        self.every = _ticked(trn("All of {n} sheet", "All of {n} sheets", len(sheets)),
                             tr("In one article; else only the one that is shown."))
        self.every.setChecked(every)
        self._build()
        self._show_folder(str(session.settings.state("article_folder", "")))
        self._changed()
        session.project_closing.connect(self.close)

    @property
    def wanted(self) -> Wanted:
        """The picture that is looked at."""
        return Wanted(self._session.place.folder, self.sheet.currentData(), self.language.currentData(),
                      self.scale.currentData(), self.pinned.isChecked())

    @property
    def formats(self) -> tuple[str, ...]:
        """What is written."""
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    @property
    def chosen(self) -> tuple[str, ...]:
        """The sheets that are written."""
        return self._sheets if self.every.isChecked() else (self.sheet.currentData(),)

    def choose_folder(self) -> None:
        if chosen := self._session.ask.folder(self, tr("The folder for the article"), "article"):
            self._show_folder(str(chosen))

    def start(self) -> None:
        """Queues the article."""
        from studio.jobs.article import Article

        wanted = self.wanted
        self._session.settings.remember(article_folder=str(self._folder), article_language=wanted.language,
                                        article_scale=wanted.scale)
        job = Article(wanted.project, self.chosen, self._folder, wanted.language, self.formats, wanted.scale,
                      self.inside.isChecked(), wanted.with_pinned)
        self.foot.run(job, tr("Writing an article"), _told)

    def copy(self) -> None:
        """Puts the labelled picture of the sheet that is shown on the clipboard."""
        self._copy.setEnabled(False)
        self._drawing.picture(self.wanted, self._copied, self._not_copied)

    def show_written(self) -> None:
        """Opens the folder that was written."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written)))

    def done(self, result: int) -> None:
        """The job goes on, and is told of in a notice."""
        self.foot.leave()
        self._rest.stop()
        self._drawing.close()
        super().done(result)

    # What it is made of

    def _build(self) -> None:
        self.preview, self._about = PicturePane(), caption("")
        self._copy = push(tr("Copy the picture"), self.copy, icon="copy",
                          tip=tr("The labelled picture of this sheet, for a text or a chat."))
        self._open = push(tr("Show the folder"), self.show_written, icon="open-outside")
        self._open.hide()
        self.foot = JobFoot(self._session, tr("Write"), self.start, self.close, self._copy, self._open)
        self.foot.finished.connect(self._show_written)
        form = within(self._form())
        form.setFixedWidth(_FORM)
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.preview)
        right = column(scroll, self._about)
        right.setStretch(0, 1)
        body = QHBoxLayout()
        body.setSpacing(theme.LARGE)
        body.addWidget(form)
        body.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title(tr("Write an article")))
        layout.addLayout(body, 1)
        layout.addWidget(self.foot)

    def _form(self) -> QVBoxLayout:
        from studio.jobs.article import PAGE, PICTURE, TABLES, WORDS

        self.sheet, self.language, self.scale = self._sheet_box(), self._language_box(), self._scale_box()
        self.pinned = _ticked(tr("Target and step 0"), tr("In the first two columns, in a green frame."))
        self.boxes = {
            PICTURE: _ticked(tr("Labelled picture (PNG)"), tr("A PNG with heads, seeds and settings, of any size.")),
            PAGE: _ticked(tr("Page to look at (HTML)"), tr(
                "Opens from the disk in any browser: zoom, epochs by the arrow keys, prompts.")),
            WORDS: _ticked(tr("Text with tables (Markdown)"), tr(
                "Markdown: the sentence, the hits, the journal, how it was rendered.")),
            TABLES: _ticked(tr("Tables (CSV)"), tr("CSV: the hits, and every cell with its marks.")),
        }  # fmt: skip
        self.inside = QCheckBox(tr("Pictures inside the page"))
        self.inside.setToolTip(tr("One file to send, its pictures as WebP; else a folder lies beside it."))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(theme.SMALL)
        form.addRow(tr("Sheet"), self.sheet)
        if len(self._sheets) > 1:
            form.addRow("", self.every)
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Cells"), self.scale)
        self._path = Elided(at=Qt.TextElideMode.ElideMiddle)
        folder = row(self._path, push(tr("Choose …"), self.choose_folder, icon="folder"))
        folder.setStretch(0, 1)
        self._bind()
        parts = (self.boxes[PICTURE], self.pinned, self.boxes[PAGE], self.inside, self.boxes[WORDS],
                 self.boxes[TABLES])  # fmt: skip
        for part in (self.pinned, self.inside):
            part.setContentsMargins(theme.LARGE, 0, 0, 0)
        return column(form, theme.SMALL, muted(tr("What is written")), *map(_indented, parts), theme.SMALL,
                      muted(tr("Into")), folder, None)

    def _sheet_box(self) -> QComboBox:
        from studio.store import sweeps

        box = _combo(tr("Sheet"))
        for id in self._sheets:
            sheet = self._session.attempt(lambda id=id: sweeps.find_sheet(self._session.place, id))
            box.addItem(f"{id} · {tr(sweeps.read_sheet(sheet).title)}" if sheet else id, id)
        return box

    def _language_box(self) -> QComboBox:
        from studio.core.article_words import LANGUAGES
        from ui.i18n import system_language

        box = _combo(tr("Language"))
        for code, name in LANGUAGES.items():
            box.addItem(name, code)
        chosen = self._session.settings.choices.language
        usual = next((code for code, name in LANGUAGES.items() if name == chosen), system_language())
        box.setCurrentIndex(max(0, box.findData(self._session.settings.state("article_language", usual))))
        return box

    def _scale_box(self) -> QComboBox:
        from studio.jobs.article import SCALES
        from studio.jobs.article_picture import FITTING

        box = _combo(tr("Cells"))
        names = (tr("as fits a page"), tr("an eighth of their size"), tr("a quarter of their size"),
                 tr("half their size"), tr("full size"))
        for scale, name in zip(SCALES, names, strict=True):
            box.addItem(name, scale)
        last = float(self._session.settings.state("article_scale", FITTING))
        box.setCurrentIndex(SCALES.index(last) if last in SCALES else 0)
        return box

    def _bind(self) -> None:
        for box in (self.sheet, self.language, self.scale):
            box.activated.connect(self._changed)
        for box in (*self.boxes.values(), self.inside):
            box.toggled.connect(self._changed)
        self.pinned.clicked.connect(self._ask_for_pinned)

    # What changes

    def _ask_for_pinned(self) -> None:
        """Without the target nobody can tell how near an epoch came."""
        if not self.pinned.isChecked():
            answers = [tr("Leave them out"), tr("Keep them")]
            more = tr("Without the picture that is aimed at and the base beside it, readers cannot tell what the "
                      "LoRA did.")
            answer = self._session.ask.choice(self, tr("Target and step 0"), tr("Leave the target and step 0 out?"),
                                              more, answers)
            self.pinned.setChecked(answer != 0)
        self._changed()

    def _changed(self) -> None:
        from studio.jobs.article import PAGE, PICTURE

        self.inside.setEnabled(self.boxes[PAGE].isChecked())
        self.scale.setEnabled(self.boxes[PICTURE].isChecked())
        self._allow()
        self._rest.start()

    def _allow(self) -> None:
        nothing = "" if self.formats else tr("Choose at least one thing to write.")
        self.foot.allow(nothing or ("" if self._folder else tr("Choose a folder first.")))

    def _show_folder(self, path: str) -> None:
        self._folder = Path(path) if path else None
        self._path.setText(path or tr("No folder chosen yet"))
        self._allow()

    def _draw(self) -> None:
        self.preview.show_text(tr("Drawing …"))
        self._drawing.look(self.wanted, self._looked, self._not_looked)

    def _looked(self, look: Look) -> None:
        self.preview.show_picture(look.image)
        told = [tr("{width} × {height} pixels", width=f"{look.size[0]:,}", height=f"{look.size[1]:,}")]
        if look.rows < look.of:
            told.append(tr("the first {n} of {all} rows", n=look.rows, all=look.of))
        if look.missing:
            told.append(trn("{n} picture is not rendered yet", "{n} pictures are not rendered yet", look.missing))
        self._about.setText(" · ".join(told))

    def _not_looked(self, error: UserError) -> None:
        self.preview.show_text(str(error))
        self._about.setText("")

    def _copied(self, image: QImage) -> None:
        self._copy.setEnabled(True)
        QGuiApplication.clipboard().setImage(image)
        self._session.say(tr("The picture is on the clipboard: {width} × {height} pixels", width=f"{image.width():,}",
                             height=f"{image.height():,}"))

    def _not_copied(self, error: UserError) -> None:
        self._copy.setEnabled(True)
        self.foot.error.tell(error)

    def _show_written(self, task: Task) -> None:
        self._written = Path(str(task.ending.facts.get("path", self._folder)))
        self._open.setVisible(bool(task.ending.facts.get("files")))


def _told(task: Task) -> str:
    files = task.ending.facts.get("files", ())
    if not files:
        return tr("Stopped; nothing was written.")
    return trn("{n} file was written to {path}.", "{n} files were written to {path}.", len(files),
               path=str(task.ending.facts.get("path", "")))


def _combo(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _ticked(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    box.setChecked(True)
    return box


def _indented(box: QCheckBox) -> QHBoxLayout:
    return row(box.contentsMargins().left(), box, None, gap=0)
