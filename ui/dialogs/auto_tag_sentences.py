"""Sentences by a language model on a server of one's choice; pictures are sent only where that is ticked."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget

from studio.core.describing import Describer, chat_address
from studio.core.errors import UserError
from studio.core.record import Record
from ui import theme
from ui.form import Form
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.session import Session
from ui.widgets.basics import column, muted, push, row
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented


class SentencesTab(QWidget):
    """Pictures that have sentences already are left alone."""

    def __init__(self, session: Session, shown: tuple[Record, ...], chosen: tuple[Record, ...]) -> None:
        super().__init__()
        self._session, self._scopes = session, (session.all, shown, chosen)
        self._is_closed = False
        self._build()
        self._show_promise()

    def start(self) -> None:
        """Queues the job; each answer is an edit of its own."""
        from studio.jobs.describe import Describe

        describer: Describer = self.form.value
        try:
            self._keep_key(chat_address(describer.endpoint))
        except UserError as error:
            self.error.tell(error)
            return
        self.error.clear()
        self._session.settings.remember(describe_endpoint=describer.endpoint, describe_model=describer.model)
        ids = tuple(each.id for each in self._scopes[int(self.scopes.value)])
        job = Describe(self._session.place.folder, describer, self.send.isChecked(), ids)
        self._go.setEnabled(False)
        self._told.setText(tr("Asking …"))
        self._session.run(job, tr("A language model describes"), self._ended, quiet=True)

    def close_down(self) -> None:
        """The job goes on and is told of in a notice."""
        self._is_closed = True

    def _build(self) -> None:
        state = self._session.settings.state
        last = Describer(str(state("describe_endpoint", "")), str(state("describe_model", "")))
        self.form = Form(last, ("endpoint", "model", "sentences", "timeout_s", "image_side"))
        self.form.changed.connect(self._show_promise)
        self.key = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(tr("Leave empty for a local server, or for the key that is kept"))
        self.key.setAccessibleName(tr("Key of the server"))
        self.key.setToolTip(tr("It goes into the system's keyring and is sent to this server only."))
        self.form.layout().addRow(tr("Key"), self.key)
        self.send = QCheckBox(tr("Send pictures"))
        self.send.setToolTip(tr("Without it the server sees the tags alone, and the pictures stay on this machine."))
        self.send.toggled.connect(self._show_promise)
        names = (tr("All"), tr("Filtered"), tr("Selected"))
        self.scopes = Segmented([(str(place), f"{name} {len(self._scopes[place]):,}", "")
                                 for place, name in enumerate(names)], "0", tr("Which pictures"))
        self.scopes.chosen.connect(self._show_promise)
        self._promise, self._told, self.error = muted("", wrap=True), QLabel(wordWrap=True), InlineError()
        self._go = push(tr("Write sentences"), self.start, icon="text", main=True)
        layout = column(row(self.scopes, None), self.form, self.send, self._promise,
                        self.error, self._told, None, row(None, self._go), gap=theme.MEDIUM)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        self.setLayout(layout)
        self.form.setMaximumWidth(640)

    def _show_promise(self) -> None:
        """What would leave this machine, in so many words."""
        records = self._scopes[int(self.scopes.value)]
        bare = sum(not each.sentences for each in records)
        host = self.form.value.endpoint or tr("the server")
        if self.send.isChecked():
            self._promise.setText(trn("{n} picture without sentences is sent to {host}.",
                                      "{n} pictures without sentences are sent to {host}.", bare, host=host))
        else:
            self._promise.setText(trn("Only the tags of {n} picture without sentences are sent to {host}.",
                                      "Only the tags of {n} pictures without sentences are sent to {host}.", bare,
                                      host=host))

    def _keep_key(self, address: str) -> None:
        from studio.store.api_keys import keep_key

        if self.key.text().strip():
            keep_key(address, self.key.text())
            self.key.clear()

    def _ended(self, task: Task) -> None:
        from studio.core.events import Failed

        session = self._session
        if session.is_open:
            session.attempt(session.rescan)
        if isinstance(task.ending, Failed):
            error = UserError(task.ending.what, task.ending.remedy)
            session.say_error(error) if self._is_closed else self._tell("", error)
            return
        told = trn("{n} caption has sentences now.", "{n} captions have sentences now.",
                   int(task.ending.facts.get("captions", 0)))
        session.say(told) if self._is_closed else self._tell("\n".join((told, *task.course.notes[1:])))

    def _tell(self, text: str, error: UserError | None = None) -> None:
        self._go.setEnabled(True)
        self._told.setText(text)
        if error:
            self.error.tell(error)
