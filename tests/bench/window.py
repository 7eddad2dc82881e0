"""How long does the window take to its first, interactive page, against a bare Qt window with a label?

    python3 packaging/start.py bench -- window
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.stand import Stand
from tests.bench.table import Row, at_most

TARGET = 1.5

_IDLE = """
def idle(*_):
    import sys
    from PySide6.QtCore import QTimer
    application, done = QApplication.instance(), []
    QTimer.singleShot(0, lambda: done.append(True))
    while not done:
        application.processEvents()
    print("ready", "torch" in sys.modules, flush=True)
    import os
    os._exit(0)
"""
BARE = f"""
from PySide6.QtWidgets import QApplication, QLabel
{_IDLE}
application = QApplication([])
label = QLabel("Character LoRA Studio")
label.resize(1280, 800)
label.show()
idle()
"""
OURS = f"""
from PySide6.QtWidgets import QApplication
{_IDLE}
QApplication.exec = idle
from studio.cli.main import main
main([])
"""


def seconds_to_ready(program: str, environment: dict[str, str]) -> tuple[float, bool]:
    """How long a fresh process takes until its window waits for somebody, and whether it has loaded torch."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment) as child:
        word, has_torch = child.stdout.readline().split()
    assert word == "ready"
    return time.perf_counter() - began, has_torch == "True"


def rows(stand: Stand) -> Iterator[Row]:
    """Both by turns, so that a busy moment of the machine hits both."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CHARSTUDIO_HOME": home, "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        turns = [(seconds_to_ready(BARE, environment), seconds_to_ready(OURS, environment)) for _ in range(stand.effort.starts + 1)]
    bare, ours = zip(*turns[1:], strict=True)  # the first turn compiles what has to be
    ratios = tuple(one[0] / other[0] for one, other in zip(ours, bare, strict=True))
    note = f"{1000 * median(each[0] for each in ours):.0f} ms against {1000 * median(each[0] for each in bare):.0f} ms"
    assert not any(has_torch for _, has_torch in ours), "the window loads torch before a job does"
    yield Row("window", "start to the first page / a bare window", ratios, at_most(TARGET), note=note)

