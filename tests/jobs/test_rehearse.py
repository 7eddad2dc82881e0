"""A base tried out on a page."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from job_runs import run
from PIL import Image, PngImagePlugin
from safetensors.torch import save_file

from studio.core.events import Failed, Finished, Progress, Stopped
from studio.core.spec import RenderSpec
from studio.jobs.bases import BaseChoice
from studio.jobs.rehearsal import PARTS
from studio.jobs.rehearsal_page import lines_of
from studio.jobs.rehearse import Rehearse, rehearsed_spec
from studio.jobs.render_picture import RenderPicture
from studio.store.comfy_graph import Graph, graph_text
from studio.store.picture_text import write_png

SPEC = RenderSpec(prompt="1girl, standing", negative="score", seed=7, steps=2, cfg=3.0, width=64, height=64)
MODULE = "diffusion_model.blocks.0.self_attn.q_proj"


@pytest.fixture
def base(tiny_base) -> BaseChoice:
    return BaseChoice(str(tiny_base.transformer))


@pytest.fixture
def job(tmp_path: Path, base: BaseChoice) -> Rehearse:
    return Rehearse(base, tmp_path / "out", SPEC, train_steps=2)


def page(events) -> dict[str, dict[str, dict[str, str]]]:
    """Section by the first word of its title, then line by name."""
    sections = events[-1].facts["page"]
    return {each["title"].split()[0]: {line["what"]: line for line in each["lines"]} for each in sections}


def lora(path: Path, strength: float = 0.5) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    random = torch.Generator().manual_seed(1)
    save_file({f"{MODULE}.lora_A.weight": torch.randn(2, 64, generator=random),
               f"{MODULE}.lora_B.weight": strength * torch.randn(64, 2, generator=random)}, path)  # fmt: skip
    return path


def graph_png(path: Path, text: str) -> Path:
    """A picture from elsewhere that carries a graph."""
    chunk = PngImagePlugin.PngInfo()
    chunk.add_text("prompt", text)
    Image.new("RGB", (SPEC.width, SPEC.height)).save(path, pnginfo=chunk)
    return path


def test_every_line_has_a_figure_or_a_reason(job: Rehearse) -> None:
    events = run(job)
    assert isinstance(events[-1], Finished)
    sections = events[-1].facts["page"]
    assert [[line["what"] for line in each["lines"]] for each in sections] == [list(part.names) for part in PARTS]
    for line in (line for each in sections for line in each["lines"]):
        assert bool(line["figure"]) != bool(line["why"]), line
    measured = page(events)
    assert all(line["figure"] for name, line in measured["Training"].items() if "device" not in name)
    assert measured["The"]["difference"]["why"].startswith("No picture was named")


def test_the_page_lies_on_disk_with_all_that_it_shows(job: Rehearse) -> None:
    events = run(job)
    text = (job.out / "report.md").read_text("utf-8")
    shown = [line["picture"] for each in events[-1].facts["page"] for line in each["lines"] if line["picture"]]
    assert shown == ["picture.png", "reloaded.png"]
    for name in shown:
        assert f"]({name})" in text and Image.open(job.out / name).size[1] == 64
    assert (job.out / "rehearsal.safetensors").is_file()
    assert list(lines_of(events[-1].facts))[-1] == f"Page: {job.out / 'report.md'}"


def test_the_lora_is_seen_and_its_file_draws_what_it_drew_in_place(job: Rehearse) -> None:
    export = page(run(replace(job, train_steps=6)))["Export"]
    assert export["what the LoRA changes"]["figure"].startswith("largest")
    assert export["base afterwards"]["figure"] == "none: every byte is equal"
    told = export["reloaded and merged"]["figure"]
    assert told.startswith("none") or int(told.split()[1]) <= 1, told


def test_a_picture_of_our_own_is_matched_to_the_byte(job: Rehearse, base: BaseChoice, tmp_path: Path) -> None:
    worn = ((lora(tmp_path / "loras" / "style.safetensors"), 0.7),)
    run(RenderPicture(replace(SPEC, sampler="euler_ancestral"), base, worn, tmp_path / "match.png"))
    match = page(run(replace(job, match=tmp_path / "match.png", lora_folder=tmp_path / "loras")))["The"]
    assert match["difference"]["figure"] == "none: every byte is equal"
    assert match["LoRAs"]["figure"] == "style.safetensors at 0.7"
    assert match["step noise"]["figure"] == "by the cpu rule, as the picture itself says"
    assert Image.open(job.out / "match.png").size == (3 * 64 + 16, 64)


def test_a_lora_is_found_beside_the_picture(job: Rehearse, base: BaseChoice, tmp_path: Path) -> None:
    worn = ((lora(tmp_path / "style.safetensors"), 0.7),)
    run(RenderPicture(SPEC, base, worn, tmp_path / "match.png"))
    assert page(run(replace(job, match=tmp_path / "match.png")))["The"]["difference"]["figure"].startswith("none")


def test_another_picture_is_shown_to_differ(job: Rehearse, base: BaseChoice, tmp_path: Path) -> None:
    write_png(tmp_path / "match.png", Image.new("RGB", (64, 64), "red"), SPEC)
    told = page(run(replace(job, match=tmp_path / "match.png")))["The"]["difference"]["figure"]
    assert told.startswith("largest ") and "PSNR" in told


@pytest.mark.parametrize("name", ["gone.safetensors", "../secret.safetensors", "/etc/secret.safetensors"])
def test_a_lora_that_is_not_there_is_named_and_the_rest_goes_on(job: Rehearse, tmp_path: Path, name: str) -> None:
    lora(tmp_path / "secret.safetensors")
    (tmp_path / "loras").mkdir()
    graph_png(tmp_path / "match.png", graph_text(Graph(SPEC, ((name, 1.0),))))
    found = page(run(replace(job, match=tmp_path / "match.png", lora_folder=tmp_path / "loras")))
    assert f"The LoRA {name} was not found" in found["The"]["difference"]["why"]
    assert found["Training"]["loss"]["figure"]


def test_what_this_studio_cannot_draw_is_named_instead_of_a_difference(job: Rehearse, tmp_path: Path) -> None:
    nodes = json.loads(graph_text(Graph(SPEC)))
    nodes["7"]["inputs"]["sampler_name"] = "uni_pc"
    path = graph_png(tmp_path / "match.png", json.dumps(nodes))
    assert "'uni_pc'" in page(run(replace(job, match=path)))["The"]["difference"]["why"]


def test_a_picture_without_a_graph_is_a_reason_and_no_failure(job: Rehearse, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "plain.png")
    events = run(replace(job, match=tmp_path / "plain.png"))
    assert isinstance(events[-1], Finished)
    assert "plain.png holds no ComfyUI graph" in page(events)["The"]["settings"]["why"]


def test_a_base_that_does_not_load_fails_as_itself(job: Rehearse, tmp_path: Path) -> None:
    ending = run(replace(job, base=BaseChoice(str(tmp_path / "no.safetensors"))))[-1]
    assert isinstance(ending, Failed) and ending.kind == "person" and "no.safetensors" in ending.what


@pytest.mark.parametrize("what", ["picture, step", "training step", "image", "picture with the reloaded LoRA, step"])
def test_a_stop_leaves_the_page_with_what_was_measured(job: Rehearse, what: str) -> None:
    events = run(job, stop_at=lambda event: isinstance(event, Progress) and event.what == what)
    assert isinstance(events[-1], Stopped) and (job.out / "report.md").is_file()
    found = page(events)
    assert found["Load"]["load"]["figure"]
    assert found["Export"]["base afterwards"]["why"] == "the rehearsal was stopped"


def test_the_base_is_given_back_as_it_came(job: Rehearse, base: BaseChoice, tmp_path: Path) -> None:
    run(RenderPicture(SPEC, base, (), tmp_path / "before.png"))
    run(job)
    run(RenderPicture(SPEC, base, (), tmp_path / "after.png"))
    assert Image.open(tmp_path / "before.png").tobytes() == Image.open(tmp_path / "after.png").tobytes()


def test_no_training_step_is_refused(job: Rehearse) -> None:
    assert "--train-steps" in run(replace(job, train_steps=0))[-1].remedy


def test_the_practice_model_is_rehearsed_at_its_own_size() -> None:
    assert [rehearsed_spec(BaseChoice(name)).width for name in ("practice", "a.safetensors")] == [128, 1024]
