"""Windows are tested without a screen, with real widgets and real projects."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from shiboken6 import isValid  # noqa: E402

from studio.core.events import Ending, Progress, Started, Stopped  # noqa: E402
from studio.core.project import Character, with_character  # noqa: E402
from studio.jobs.execute import Emit, Stop  # noqa: E402
from studio.jobs.gpu import Gpu  # noqa: E402
from studio.store import workspace  # noqa: E402
from ui.app import App  # noqa: E402
from ui.settings import Settings  # noqa: E402

PICTURES = 6


@dataclass
class Answers:
    """Answers what a person would be asked, from lists that a test fills; it keeps what was asked."""

    folders: list[Path] = field(default_factory=list)
    chosen_files: list[Path] = field(default_factory=list)
    choices: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def folder(self, parent: QWidget, title: str, name: str) -> Path | None:
        self.asked.append(title)
        return self.folders.pop(0) if self.folders else None

    def file(self, parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
        self.asked.append(title)
        return self.chosen_files.pop(0) if self.chosen_files else None

    def files(self, parent: QWidget, title: str, name: str, kinds: str = "") -> tuple[Path, ...]:
        self.asked.append(title)
        answer, self.chosen_files = tuple(self.chosen_files), []
        return answer

    def save(self, parent: QWidget, title: str, name: str, proposal: str, kinds: str = "") -> Path | None:
        self.asked.append(title)
        return self.chosen_files.pop(0) if self.chosen_files else None

    def choice(self, parent: QWidget, title: str, what: str, more: str, answers: Sequence[str]) -> int:
        self.asked.append(what)
        return self.choices.pop(0) if self.choices else len(answers) - 1


class Studio(App):
    """The application under test, with what tests ask of it."""

    @property
    def answers(self) -> Answers:
        return self.session.ask

    def open(self, folder: Path) -> None:
        self.session.open(folder)
        QCoreApplication.processEvents()

    def finish(self, until: Callable[[], bool] | None = None) -> None:
        """Waits until no job is under way, or until something is so."""
        wait_until(until or (lambda: not self.session.jobs.open and not self.session.newcomers.is_busy))

    def close(self) -> None:
        self.session.close()
        self.session.jobs.close()
        self.window.deleteLater()
        self.look.deleteLater()  # else it goes on following the system, and dresses whatever there is
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def application(qapp: QApplication) -> QApplication:
    return qapp


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """Widgets that a test left behind are styled again with every window after it."""
    yield
    if QApplication.instance():
        for widget in QApplication.topLevelWidgets():
            if isValid(widget) and widget.parent() is None:
                widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home")


@pytest.fixture
def app(application: QApplication, settings: Settings) -> Iterator[Studio]:
    """The window, without a project."""
    made = Studio(application, settings, Answers())
    made.show()
    yield made
    made.close()


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    """A small project: six drawn pictures of Mira with captions."""
    return make_project(tmp_path / "mira")


@pytest.fixture
def studio(app: Studio, project_folder: Path) -> Studio:
    """The window with that project open."""
    app.open(project_folder)
    return app


@pytest.fixture
def draw_picture() -> Callable[[Path, int], Path]:
    return draw


@dataclass(slots=True)
class SlowJob:
    """A job of ours that goes on until it is stopped."""

    kind: str = "train"
    folder: Path | None = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("slow", self.kind, 100))
        emit(Progress(41, 120, 4320.0, "steps"))
        stop.wait(20)
        return Stopped({})


@pytest.fixture
def slow_job() -> SlowJob:
    return SlowJob()


def make_project(folder: Path, pictures: int = PICTURES, base: str = "practice") -> Path:
    with workspace.create(folder, "Mira", base) as place:
        place.save(with_character(place.project, Character(name="Mira", trigger="miravelo", repeats=4)))
    (folder / "images" / "Mira").mkdir(parents=True)
    for number in range(pictures):
        path = folder / "images" / "Mira" / f"{number:02}.png"
        draw(path, number)
        path.with_suffix(".txt").write_text(f"1girl, miravelo, smile, portrait, front view, number {number}", "utf-8")
    return folder


def draw(path: Path, number: int, size: tuple[int, int] = (96, 128)) -> Path:
    """A picture that no other number makes."""
    image = Image.new("RGB", size, (30 + 7 * number % 200, 90, 200 - 11 * number % 180))
    ImageDraw.Draw(image).ellipse((10, 20 + number % 40, 60, 90), fill=(250, 220 - number % 90, 190))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path


def wait_until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    """Runs the event loop until something is so."""
    loop = QEventLoop()
    look, late = QTimer(interval=5), QTimer(singleShot=True, interval=int(1000 * seconds))
    look.timeout.connect(lambda: is_so() and loop.quit())
    late.timeout.connect(loop.quit)
    look.start()
    late.start()
    loop.exec()
    look.stop()  # a timer left running would ask questions of a test that is over
    late.stop()
    assert is_so(), "it did not come to be so in time"
