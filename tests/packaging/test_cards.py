"""What the scripts of `packaging/` think of a card is what the table of generations says: they cannot import it."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from studio.core.generations import BUILDS, GENERATIONS, WHEELS, Generation, build_for

unix = pytest.mark.skipif(sys.platform == "win32", reason="a program of a shell stands for the driver's own")

FOLDER = Path(__file__).resolve().parents[2] / "packaging"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a card and its driver into this machine, as far as `nvidia-smi` tells."""
    def put(driver: str, capability: str) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f'#!/bin/sh\ncase "$1" in *compute_cap) echo "{capability}";; *) echo "{driver}";; esac\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put


@unix
@pytest.mark.parametrize("driver", [535, 560, 580, 600])
@pytest.mark.parametrize("generation", GENERATIONS, ids=lambda each: each.name)
def test_the_start_script_installs_the_build_of_the_table(card, generation: Generation, driver: int) -> None:
    start, build = script("start"), build_for(generation.since, driver)
    card(f"{driver}.65.06", "{}.{}".format(*generation.since))
    if build is not None:
        first, *_ = start.torch_sources("win32", start.nvidia_driver())
        assert first == start.TorchSource(f"{start.pinned('torch')}+{build.name}", build.index)


@unix
@pytest.mark.parametrize(("said", "driver"), [
    (("580.65.06", "8.9"), 580), (("580.65.06", "[N/A]"), 580), (("NVIDIA-SMI has failed", ""), None),
])  # fmt: skip
def test_the_start_script_asks_the_driver_for_the_card(card, said: tuple[str, str], driver: int | None) -> None:
    card(*said)
    assert script("start").nvidia_driver() == driver


def test_pypi_s_own_build_for_linux_is_the_best_of_the_table() -> None:
    start = script("start")
    assert start.torch_sources("linux", BUILDS[0].driver) == (start.TorchSource(start.pinned("torch")),)
    assert start.TORCH_WHEELS == WHEELS and start.CUDA_13_DRIVER == BUILDS[0].driver


@pytest.mark.parametrize("driver", [535, 580])
@pytest.mark.parametrize("generation", GENERATIONS, ids=lambda each: each.name)
def test_the_pod_kit_refuses_what_the_table_has_no_build_for(generation: Generation, driver: int) -> None:
    pod = script("pod")
    if build_for(generation.since, driver):
        pod.check_card(generation.since, driver)
    else:
        with pytest.raises(pod.Stop, match="Rent a machine with a newer driver"):
            pod.check_card(generation.since, driver)
