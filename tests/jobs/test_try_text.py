"""The text encoder alone, tried before anything large is there."""

from pathlib import Path

import torch
from job_runs import run
from safetensors.torch import load_file, save_file

from studio.core.events import Failed, Finished
from studio.jobs.try_text import TryText


def test_an_encoder_that_reads_is_told_by_its_width(tiny_base) -> None:
    ending = run(TryText(tiny_base.text_encoder, tiny_base.qwen_tokenizer))[-1]
    assert isinstance(ending, Finished) and ending.facts["width"] == 32


def test_an_encoder_of_no_numbers_is_refused(tiny_base, tmp_path: Path) -> None:
    tensors = {name: torch.full_like(tensor, torch.nan) for name, tensor in load_file(tiny_base.text_encoder).items()}
    save_file(tensors, tmp_path / "broken.safetensors")
    ending = run(TryText(tmp_path / "broken.safetensors", tiny_base.qwen_tokenizer))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and "reads a sentence as nothing" in ending.what


def test_another_model_is_refused(tiny_base) -> None:
    ending = run(TryText(tiny_base.vae, tiny_base.qwen_tokenizer))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person"
