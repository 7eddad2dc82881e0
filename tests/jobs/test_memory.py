import subprocess
import sys

import pytest
import torch

from studio.jobs.memory import PeakMemory

MIB = 2**20


IN_A_FRESH_PROCESS = """
import torch
from studio.jobs.memory import PeakMemory
for mib in (200, 1):
    with PeakMemory(torch.device("cpu")) as peak:
        torch.ones(mib * 2**20, dtype=torch.uint8)
    print(-1 if peak.main is None else (peak.main - peak.before) // 2**20)
"""


def test_the_peak_of_a_part_is_told_apart_from_what_came_before():
    told = subprocess.run([sys.executable, "-c", IN_A_FRESH_PROCESS], capture_output=True, text=True, check=True).stdout
    large, small = map(int, told.split())
    if large < 0:
        pytest.skip("this system does not tell")
    assert large > 190 and small < 50


def test_a_cpu_has_no_memory_of_its_own():
    with PeakMemory(torch.device("cpu")) as peak:
        pass
    assert peak.on_device is None


@pytest.mark.gpu
def test_a_cards_peak_is_told_too():
    with PeakMemory(torch.device("cuda")) as peak:
        block = torch.ones(200 * MIB, dtype=torch.uint8, device="cuda")
        del block
    assert peak.on_device >= 200 * MIB
