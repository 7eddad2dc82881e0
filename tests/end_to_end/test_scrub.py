"""Through 180 epochs and back: as fast as a wheel turns, and in no more memory than was granted."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ui.images.whole import MOST_BYTES

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EPOCHS, MOST_MS = 180, 50.0


def test_180_pictures_of_832_by_1216_follow_the_wheel_and_keep_the_memory_cap() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.bench.scrub", "--epochs", str(EPOCHS)]
    told = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    print(told)
    assert float(re.search(r"^warm, .* ([\d.]+) ms median", told, re.M)[1]) <= MOST_MS
    memory = re.search(r"^pictures in memory \(MiB\) +([\d,]+)", told, re.M)[1]
    assert 0 < float(memory.replace(",", "")) <= MOST_BYTES / 2**20
