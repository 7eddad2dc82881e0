"""The jobs that take a moment: new, tag, convert, check."""

from pathlib import Path

import pytest
import torch
from job_runs import run
from PIL import Image
from safetensors.torch import save_file
from tiny_project import write_project
from tiny_tagger import write_tiny_tagger

from studio.core.events import CaptionWritten, Failed, Finished, Note, Stopped
from studio.core.project import Project
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.check import Check
from studio.jobs.convert import Convert
from studio.jobs.new_project import NewProject
from studio.jobs.pace import Pace
from studio.jobs.tag import Tag
from studio.store.workspace import read_project


@pytest.fixture
def lora(tmp_path: Path, tiny_anima) -> Path:
    from studio.engine.lora.factors import Factors
    from studio.engine.lora.formats import LoraFile, write_lora
    from studio.engine.lora.targets import linears, trained_modules

    places = linears(tiny_anima.transformer)
    modules = {name: Factors(torch.ones(2, places[name].in_features), torch.ones(places[name].out_features, 2), 1.0)
               for name in trained_modules(tiny_anima.transformer)}
    write_lora(LoraFile(modules), tmp_path / "lora.safetensors", "comfy", {"ss_tag": "kept"})
    return tmp_path / "lora.safetensors"


def test_a_new_project_remembers_its_base_by_an_absolute_path(tmp_path: Path, tiny_base, monkeypatch) -> None:
    monkeypatch.chdir(tiny_base.transformer.parent)
    run(NewProject(tmp_path / "p", "Mira", tiny_base.transformer.name))
    assert read_project(tmp_path / "p").project.base == str(tiny_base.transformer)


def test_a_new_project_on_a_base_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert isinstance(run(NewProject(tmp_path / "p", "Mira", "nowhere"))[-1], Failed)
    assert not (tmp_path / "p").exists()


def test_only_missing_captions_are_written(tmp_path: Path) -> None:
    project = write_project(tmp_path / "p", "")
    bare = project / "images" / "Mira" / "1.txt"
    bare.unlink()
    kept = (project / "images" / "Mira" / "2.txt").read_text(encoding="utf-8")
    events = run(Tag(project, write_tiny_tagger(tmp_path / "tagger", ["blue hair", "green eyes", "red dress"])))
    assert [event.path for event in events if isinstance(event, CaptionWritten)] == ["images/Mira/1.png"]
    written = bare.read_text(encoding="utf-8").strip()
    assert written == "masterpiece, best quality, score_7, safe, mira, blue hair, green eyes, red dress"
    assert (project / "images" / "Mira" / "2.txt").read_text(encoding="utf-8") == kept


def test_tags_stand_in_animas_order_behind_the_trigger(tmp_path: Path) -> None:
    project = write_project(tmp_path / "p", "")
    (project / "images" / "Mira" / "1.txt").unlink()
    tagger = write_tiny_tagger(tmp_path / "tagger", ["hair ornament", "1girl"], channels=[0, 0])
    events = run(Tag(project, tagger))
    [written] = [event for event in events if isinstance(event, CaptionWritten)]
    assert written.caption.endswith("1girl, mira, hair ornament")


def test_a_threshold_that_is_no_probability_is_refused(tmp_path: Path) -> None:
    ending = run(Tag(write_project(tmp_path / "p", ""), tmp_path, threshold=35))[-1]
    assert ending.kind == "person" and "35" in ending.what


def test_tagging_stops_between_two_images(tmp_path: Path) -> None:
    project = write_project(tmp_path / "p", "")
    for caption in (project / "images" / "Mira").glob("*.txt"):
        caption.unlink()
    job = Tag(project, write_tiny_tagger(tmp_path / "tagger", ["blue hair"]))
    ending = run(job, stop_at=lambda event: isinstance(event, CaptionWritten))[-1]
    assert isinstance(ending, Stopped) and ending.facts["captions"] == 1


@pytest.mark.parametrize("form", ["kohya", "comfy", "diffusers"])
def test_a_lora_goes_to_any_format_and_back_without_a_change(form: str, lora: Path, tmp_path: Path) -> None:
    assert isinstance(run(Convert(lora, tmp_path / "out" / "x.safetensors", form))[-1], Finished)
    run(Convert(tmp_path / "out" / "x.safetensors", tmp_path / "back.safetensors", "comfy"))
    assert (tmp_path / "back.safetensors").read_bytes() == lora.read_bytes()


@pytest.mark.parametrize("form", ["kohya", "comfy", "diffusers"])
def test_what_a_lora_has_beyond_the_transformer_is_told(form: str, tmp_path: Path) -> None:
    parts = {"lora_down.weight": torch.ones(2, 4), "lora_up.weight": torch.ones(4, 2), "alpha": torch.tensor(2.0)}
    modules = ("lora_unet_blocks_0_mlp_layer1", "lora_unet_llm_adapter_blocks_0_mlp_0", "lora_te_layers_0_mlp_up_proj")
    tensors = {f"{module}.{part}": value.clone() for module in modules for part, value in parts.items()}
    save_file(tensors, tmp_path / "more.safetensors")
    events = run(Convert(tmp_path / "more.safetensors", tmp_path / "x.safetensors", form))
    assert [event.text for event in events if isinstance(event, Note)] == [
        "Modules on the LLM adapter, carried over: 1 of 2.",
        "more.safetensors also changes the text encoder (lora_te_layers_0_mlp_up_proj); that part is left out.",
    ]
    facts = events[-1].facts
    assert (facts["modules"], facts["adapter"]) == (2, 1)
    assert facts["left_out"] == ("lora_te_layers_0_mlp_up_proj",)


def test_a_lora_on_the_text_encoder_alone_is_not_made_an_empty_file(tmp_path: Path) -> None:
    half = {"lora_down.weight": torch.ones(2, 4), "lora_up.weight": torch.ones(4, 2)}
    lora = tmp_path / "te.safetensors"
    save_file({f"lora_te_layers_0_mlp_up_proj.{part}": value for part, value in half.items()}, lora)
    ending = run(Convert(lora, tmp_path / "x.safetensors", "comfy"))[-1]
    assert "te.safetensors" in ending.what and not (tmp_path / "x.safetensors").exists()


def test_a_lora_is_never_written_over_itself(lora: Path) -> None:
    before = lora.read_bytes()
    assert "itself" in run(Convert(lora, lora, "kohya"))[-1].what
    assert lora.read_bytes() == before


def test_what_is_no_lora_is_refused_by_name(tmp_path: Path, tiny_base) -> None:
    ending = run(Convert(tiny_base.vae, tmp_path / "x.safetensors", "kohya"))[-1]
    assert ending.kind == "person" and tiny_base.vae.name in ending.what


def test_check_names_versions_and_the_size_of_a_base(tiny_base) -> None:
    facts = run(Check(BaseChoice(str(tiny_base.transformer))))[-1].facts
    assert facts["torch"].startswith("2.") and facts["blocks"] == 2 and facts["title"] == "anima-tiny"


def test_check_of_a_broken_base_is_the_persons_to_put_right(tmp_path: Path) -> None:
    assert run(Check(BaseChoice(str(tmp_path))))[-1].kind == "person"


def test_a_base_survives_being_written_down() -> None:
    base = BaseChoice("/models/anima.safetensors", vae=Path("/models/vae.safetensors"))
    assert base_from_facts(base.facts()) == base
    assert base_from_facts(None) is None


def test_parts_that_are_named_alone_go_with_the_base_that_is_meant() -> None:
    begun_on, parts = BaseChoice("a", text_encoder=Path("t"), vae=Path("old")), BaseChoice(vae=Path("new"))
    assert parts.otherwise(begun_on) == BaseChoice("a", text_encoder=Path("t"), vae=Path("new"))
    assert chosen_base(parts, Project("p", base="practice")) == BaseChoice("practice", vae=Path("new"))


def test_a_base_that_is_named_takes_no_part_of_another() -> None:
    assert BaseChoice("b").otherwise(BaseChoice("a", vae=Path("old"))) == BaseChoice("b")


def test_the_practice_model_is_called_so_by_whatever_name() -> None:
    assert BaseChoice("practice").title == "practice model"
    assert BaseChoice(str(BaseChoice("practice").path / "diffusion_models")).title == "practice model"
    assert chosen_base(BaseChoice("some/anima.safetensors")).title == "anima"


def test_time_left_counts_only_what_was_done_since() -> None:
    times = iter((0.0, 10.0, 20.0))
    pace = Pace(100, lambda: next(times), done=50)
    assert pace.seconds_left(50) is None
    assert pace.seconds_left(60) == 40.0


def test_notes_of_a_check_are_one_fact_each() -> None:
    assert sum(isinstance(event, Note) for event in run(Check())) > 10


def test_an_image_for_the_tagger_may_be_transparent(tmp_path: Path) -> None:
    project = write_project(tmp_path / "p", "")
    Image.new("RGBA", (20, 30), (0, 0, 255, 128)).save(project / "images" / "Mira" / "9.png")
    assert isinstance(run(Tag(project, write_tiny_tagger(tmp_path / "tagger", ["blue hair"])))[-1], Finished)
