"""PySide6 6.12.0 drops a reference to True on each emit, and to None on many void calls, until the process aborts.

It runs in a process of its own, so that a bad release fails this test and does not take the whole run with it.
"""

import json
import subprocess
import sys

PROGRAM = """
import json, sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

class Sender(QObject):
    sent = Signal(bool, object)

class Painted(QWidget):
    def paintEvent(self, event):
        painter = QPainter(self)
        painter.drawLine(0, 0, 9, 9)
        painter.end()

application = QApplication(["references", "-platform", "offscreen"])
sender, widget, heard = Sender(), Painted(), []
sender.sent.connect(lambda flag, nothing: heard.append(0))
widget.show()

def work(rounds):
    for _ in range(rounds):
        sender.sent.emit(True, None)
        widget.repaint()
        widget.update()

work(10)
before = sys.getrefcount(True), sys.getrefcount(None)
work(200)
after = sys.getrefcount(True), sys.getrefcount(None)
print(json.dumps({"heard": len(heard), "true": after[0] - before[0], "none": after[1] - before[1]}))
"""


def test_emits_and_repaints_keep_their_references() -> None:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    change = json.loads(answer.stdout)
    assert change["heard"] == 210
    assert abs(change["true"]) < 50 and abs(change["none"]) < 50, change
