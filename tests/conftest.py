"""What every test may lean on: tests/ on the path, a torch that shares the machine, and a complete tiny base model."""

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: idle threads that spin starve their neighbours
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

import pytest  # noqa: E402

TOKENIZERS_VARIABLE = "CHARSTUDIO_TOKENIZERS"


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory):
    """The files of a tiny base model with random weights. Shared by all tests: copy it before changing anything."""
    from tiny import write_tiny_base

    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def tiny_anima(tiny_base):
    """The tiny base, loaded on the CPU in float32. Shared by all tests: leave its weights as they are."""
    import torch

    from studio.engine.anima.checkpoint import load

    return load(tiny_base, torch.device("cpu"), torch.float32)


@pytest.fixture(scope="session")
def real_tokenizers() -> Path:
    """The folder with the public release's tokenizers, `qwen2/` and `t5/`; without it the test is skipped."""
    folder = os.environ.get(TOKENIZERS_VARIABLE)
    if not folder:
        pytest.skip(f"needs the real tokenizers: {TOKENIZERS_VARIABLE} must name the folder of qwen2/ and t5/")
    return Path(folder)
