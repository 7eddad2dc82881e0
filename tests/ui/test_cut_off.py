"""No text is cut off: at both sizes, in English and Japanese, on a plain and on a dense screen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QWidget

from tests.architecture.tree import ROOT
from tests.ui.cut_off import cut_off


@pytest.mark.parametrize("scale, language", [
    ("1", "English"), ("1.5", "日本語"), pytest.param("1", "日本語", marks=pytest.mark.long),
    pytest.param("1.5", "English", marks=pytest.mark.long),
])
def test_no_text_of_any_page_is_cut_off(tmp_path: Path, scale: str, language: str) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run([sys.executable, "-m", "tests.ui.cut_off", str(tmp_path), language], cwd=ROOT,
                            env=environment, capture_output=True, text=True, timeout=180)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == []


def test_what_is_cut_off_would_be_found(application: QApplication) -> None:
    top = QWidget()
    layout = QHBoxLayout(top)
    narrow, wide, wrapped = QLabel("This is too long"), QPushButton("Fine"), QLabel("Many words " * 20, wordWrap=True)
    for each in (narrow, wide, wrapped):
        layout.addWidget(each)
    narrow.setFixedWidth(30)
    wrapped.setFixedSize(100, 20)
    top.show()
    assert set(cut_off(top)) == {narrow, wrapped}


def test_what_its_parent_cuts_would_be_found(application: QApplication) -> None:
    top = QWidget()
    top.resize(100, 100)
    child = QLabel("Half of it", top)
    child.adjustSize()
    child.move(80, 10)
    top.show()
    assert list(cut_off(top)) == [child]
