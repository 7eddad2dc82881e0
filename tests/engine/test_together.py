"""Several processes teach the same LoRA as one, bit for bit; and a mistake in what they share would be seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_training import same

from tests.engine.shared_steps import MISTAKES, SHARED, learn

PROGRAM = Path(__file__).with_name("shared_steps.py")
ROOT = Path(__file__).parents[2]
LIMIT_S = 300


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which two processes, started by `accelerate launch`, left what they learnt."""
    folder = tmp_path_factory.mktemp("shared")
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
              "--main_process_port", "0", "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([*launch, str(PROGRAM), str(folder), *SHARED, *MISTAKES], check=True, cwd=ROOT, env=environment,
                   timeout=LIMIT_S, capture_output=True)
    return folder


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", SHARED)
def test_two_processes_teach_what_one_does_with_all_the_batches(shared: Path, one_thread, name: str) -> None:
    facts, learnt = learn(shared, SHARED[name], None)
    assert (shared / f"{name}.txt").read_text() == repr(facts)
    assert same(load_file(shared / f"{name}.safetensors"), learnt)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_process_that_draws_or_orders_for_itself_is_found_out(shared: Path, mistake: str) -> None:
    assert not same(load_file(shared / f"{mistake}.safetensors"), load_file(shared / "none.safetensors"))

