import pytest
import torch

from studio.jobs.memory import PeakMemory

MIB = 2**20


def test_the_peak_of_a_part_is_told_apart_from_what_came_before():
    with PeakMemory(torch.device("cpu")) as large:
        block = torch.ones(200 * MIB, dtype=torch.uint8)
        del block
    if large.main is None:
        pytest.skip("this system does not tell")
    with PeakMemory(torch.device("cpu")) as small:
        torch.ones(MIB, dtype=torch.uint8)
    assert large.main - large.before > 190 * MIB
    assert small.main - small.before < 50 * MIB
    assert large.on_device is None


@pytest.mark.gpu
def test_a_cards_peak_is_told_too():
    with PeakMemory(torch.device("cuda")) as peak:
        block = torch.ones(200 * MIB, dtype=torch.uint8, device="cuda")
        del block
    assert peak.on_device >= 200 * MIB
