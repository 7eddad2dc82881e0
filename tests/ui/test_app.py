"""From the typed word to the first page."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from studio.store.workspace import open_project
from tests.architecture.tree import ROOT

IN_A_FRESH_PROCESS = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.cli.main import main

def look():
    window = next(each for each in QApplication.topLevelWidgets() if each.windowTitle())
    heavy = [name for name in ("torch", "numpy", "PIL", "onnxruntime", "studio.jobs.execute") if name in sys.modules]
    print(json.dumps([window.windowTitle(), window.isVisible(), window.focusWidget() is not None, heavy]), flush=True)
    window.close()

execute = QApplication.exec
QApplication.exec = lambda *_: (QTimer.singleShot(50, look), execute())[1]
sys.exit(main([]))
"""


def test_charstudio_alone_opens_the_window_and_loads_nothing_heavy(tmp_path: Path) -> None:
    environment = {**os.environ, "CHARSTUDIO_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run([sys.executable, "-c", IN_A_FRESH_PROCESS], cwd=ROOT, env=environment, text=True,
                            capture_output=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == ["Character LoRA Studio", True, True, []]


def wait_until(is_so, seconds: float = 30.0) -> None:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "it did not come to be so in time"
        time.sleep(0.02)


def test_ctrl_c_in_the_terminal_closes_the_window_in_order(tmp_path: Path) -> None:
    environment = {**os.environ, "CHARSTUDIO_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([sys.executable, "-m", "studio", "open", "--sample"], cwd=ROOT, env=environment,
                          stderr=subprocess.PIPE, text=True) as process:
        lock = tmp_path / "Sample project" / "project.lock"
        wait_until(lambda: (tmp_path / "window.json").exists() and "Sample" in (tmp_path / "window.json").read_text())
        process.send_signal(signal.SIGINT)
        complaint = process.stderr.read()
    assert process.returncode == 0, complaint
    open_project(lock.parent).close()
    assert "geometry" in json.loads((tmp_path / "window.json").read_text("utf-8"))


def doors(app) -> list[QPushButton]:
    return [each for each in app.window.findChildren(QPushButton) if each.property("role") == "door"]


def test_the_first_page_has_three_doors(app) -> None:
    assert [door.accessibleName() for door in doors(app)] == [
        "I have pictures", "I have LoRA epochs", "Try the practice model"]
    assert [door.isEnabled() for door in doors(app)] == [True, True, True]
    assert all(door.toolTip() for door in doors(app))


def test_the_third_door_leads_to_pictures(app) -> None:
    QTest.mouseClick(doors(app)[2], Qt.MouseButton.LeftButton)
    app.finish()
    assert app.window.page == "dataset" and len(app.session.all) == 32


def test_recent_projects_open_by_a_click_and_can_be_forgotten(app, project_folder: Path) -> None:
    app.open(project_folder)
    app.session.close()
    app.settings.opened(Path("/nowhere/Gone"))
    app.window.show_start()
    app.finish()
    rows = [each for each in app.window.findChildren(QPushButton)
            if each.property("role") == "recent" and each.isVisible()]
    assert [row.accessibleName() for row in rows] == ["Open Gone", "Open mira"]
    assert [row.isEnabled() for row in rows] == [False, True]
    QTest.mouseClick(rows[1], Qt.MouseButton.LeftButton)
    assert app.session.project.name == "Mira"


def test_a_projects_pictures_stand_beside_its_name(app, project_folder: Path) -> None:
    from PySide6.QtGui import QImage

    from ui.recent import strip_file

    app.open(project_folder)
    app.session.close()
    image = QImage(str(strip_file(app.settings, project_folder)))
    assert not image.isNull() and image.pixelColor(48, 48).alpha() == 255


def test_trouble_with_the_settings_is_told_when_the_window_is_there(application, tmp_path: Path) -> None:
    from ui.app import App
    from ui.settings import Settings

    (tmp_path / "settings.json").write_text("{")
    made = App(application, Settings(tmp_path))
    made.show()
    wait_until(lambda: application.processEvents() or made.window.toasts.shown)
    assert "put aside" in made.window.toasts.shown[0].notice.text
    made.window.close()
