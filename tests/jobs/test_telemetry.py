import sys
from types import SimpleNamespace

import pytest
import torch

from studio.core.events import Telemetry
from studio.jobs.telemetry import EVERY_S, Card, Gauge


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_memory_is_told_on_every_machine() -> None:
    reading = Gauge(torch.device("cpu")).read()
    assert 10 * 2**20 < reading.memory <= reading.peak <= reading.total
    assert (reading.temperature, reading.busy) == (None, None)


def test_a_reading_is_taken_at_most_every_few_seconds() -> None:
    clock = Clock()
    gauge = Gauge(torch.device("cpu"), clock)
    assert isinstance(gauge.read(), Telemetry) and gauge.read() is None
    clock.now += EVERY_S - 0.1
    assert gauge.read() is None
    clock.now += 0.1
    assert isinstance(gauge.read(), Telemetry)


def test_without_nvidias_library_a_card_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert Card.of(torch.device("cuda")) is None and Card.of(torch.device("cpu")) is None


class NVMLError(Exception):
    pass


def refusing(*arguments: object) -> None:
    raise NVMLError


@pytest.mark.parametrize(("temperature", "rates", "told"), [
    (lambda handle, kind: 61, lambda handle: SimpleNamespace(gpu=97), (61.0, 0.97)),
    (refusing, lambda handle: SimpleNamespace(gpu=50), (None, 0.5)),
    (lambda handle, kind: 40, refusing, (40.0, None)),
])  # fmt: skip
def test_what_a_driver_does_not_tell_is_left_out(monkeypatch: pytest.MonkeyPatch, temperature, rates, told) -> None:
    library = SimpleNamespace(NVMLError=NVMLError, NVML_TEMPERATURE_GPU=0, nvmlDeviceGetTemperature=temperature,
                              nvmlDeviceGetUtilizationRates=rates)
    monkeypatch.setitem(sys.modules, "pynvml", library)
    assert Card("card").look() == told
