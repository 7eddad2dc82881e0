"""What names, headers and log lines tell of a run from elsewhere."""

import json
from pathlib import PurePath

import pytest

from studio.core.foreign_run import HeaderFacts, LogStep, Named, header_facts, named, preview_of, steps_in, trigger_in


@pytest.mark.parametrize("path, told", [
    ("out/mira_epoch12.safetensors", Named("mira", "AnimaLoraToolkit", 12)),
    ("out/mira_v2_epoch180.safetensors", Named("mira_v2", "AnimaLoraToolkit", 180)),
    ("out/mira_step500.safetensors", Named("mira", "AnimaLoraToolkit", None, 500)),
    ("out/mira_interrupted_step77.safetensors", Named("mira", "AnimaLoraToolkit", None, 77)),
    ("out/mira-000012.safetensors", Named("mira", "sd-scripts", 12)),
    ("out/mira-step00000500.safetensors", Named("mira", "sd-scripts", None, 500)),
    ("out/mira.safetensors", Named("mira")),
    ("out/epoch12/adapter_model.safetensors", Named("out", "diffusion-pipe", 12)),
    ("out/step500/adapter_model.safetensors", Named("out", "diffusion-pipe", None, 500)),
    ("0007-mira-ab3f/checkpoints/e004.safetensors", Named("0007-mira-ab3f", "this studio", 4)),
])  # fmt: skip
def test_a_name_tells_its_run_and_its_epoch(path: str, told: Named) -> None:
    assert named(PurePath(path)) == told


@pytest.mark.parametrize("name", [
    "mira_epoch1.safetensors.part", "mira_epoch1.safetensors.crdownload", "mira_epoch1.part.safetensors",
    ".mira_epoch1.safetensors.x7", "~mira_epoch1.safetensors", "mira_epoch1.safetensors~", "mira.pt",
    "mira_epoch1.safetensors.tmp", ".syncthing.mira_epoch1.safetensors.tmp",
])  # fmt: skip
def test_a_file_on_its_way_has_no_name_yet(name: str) -> None:
    assert named(PurePath("out", name)) is None


@pytest.mark.parametrize("path, epoch", [
    ("samples/epoch_12.png", 12), ("samples/epoch_12_smile.webp", 12), ("samples/step_0_baseline_1.png", 0),
    ("sample/mira_e000012_01_20260301120000_42.png", 12), ("previews/e004/ab12.png", 4), ("samples/step_77.png", None),
    ("samples/vae_roundtrip.png", None), ("samples/epoch_12.png.part", None), ("e004/ab.png", None),
])  # fmt: skip
def test_a_preview_tells_its_epoch(path: str, epoch: int | None) -> None:
    assert preview_of(PurePath("out", path)) == epoch


def test_a_header_tells_rank_alpha_base_and_trigger() -> None:
    frequency = json.dumps({"5_mira": {"1girl": 40, "mira": 40, "smile": 12}})
    shapes = {"lora_unet_blocks_0_mlp_layer1.lora_down.weight": (16, 64)}
    facts = header_facts({"ss_network_dim": "8", "ss_network_alpha": "4.0", "ss_sd_model_name": "anima.safetensors",
                          "ss_new_sd_model_hash": "ab", "ss_tag_frequency": frequency, "ss_epoch": "3"}, shapes)
    assert facts == HeaderFacts(16, 4.0, "anima.safetensors", "ab", "mira", "kohya", 3, 0)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": 3}', '{"a": {"b": "x"}}', '{"a": {"1girl": 5}}', "null"])
def test_where_no_tag_stands_out_no_trigger_is_guessed(text: str) -> None:
    assert trigger_in(text) == ""


@pytest.mark.parametrize("text", ["None", "nan", "inf", "-3", "many", "1e400"])
def test_a_header_that_says_nonsense_says_nothing(text: str) -> None:
    assert header_facts({"ss_network_dim": text, "ss_epoch": text}, {}).rank == 0


@pytest.mark.parametrize("line, step", [
    ("epoch 3/10 step 120 loss=0.123400 lr=1.00e-04 speed=0.34 it/s", LogStep(120, 0.1234, 3, 1e-4)),
    ("epoch=3 step=120 loss=0.123400 lr=1.00e-04 speed=0.34 it/s", LogStep(120, 0.1234, 3, 1e-4)),
    ("steps:  12%|█▏        | 120/1000 [01:00<07:20,  2.00it/s, avr_loss=0.0821]", LogStep(120, 0.0821)),
    ("[rank0] steps: 120 loss: 0.0912 iter time (s): 1.2 samples/sec: 0.8", LogStep(120, 0.0912)),
])  # fmt: skip
def test_a_log_line_tells_a_step(line: str, step: LogStep) -> None:
    assert list(steps_in([line])) == [step]


def test_of_a_bar_that_is_drawn_over_the_last_drawing_counts() -> None:
    line = "epoch 1/2 step 1 loss=0.5\repoch 1/2 step 2 loss=0.4\r\n"
    assert [step.step for step in steps_in([line, "nothing here", "epoch 1 step 3 loss=..\n"])] == [2]
