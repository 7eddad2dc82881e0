"""A sheet whose pictures come from a ComfyUI, or from PNGs that were rendered before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from comfy_stand_in import ComfyStandIn, comfy_stand_in
from job_runs import run
from PIL import Image, PngImagePlugin
from tiny_project import RECIPE, write_project

from studio.core.axes import parse_axis
from studio.core.cell_source import Source
from studio.core.errors import UserError
from studio.core.events import CellReady, Failed, Finished, Note, Started, Stopped
from studio.core.sheet_plan import plan_from_toml
from studio.core.spec import RenderSpec
from studio.jobs.cell_source import own_sheet, sourced
from studio.jobs.extend_sheet import same_sheet
from studio.jobs.plan_sheet import plan_sheet
from studio.jobs.render_sheet import sheet_job, sourced_job, start_sheet
from studio.jobs.train import start_training
from studio.jobs.used_name import SOURCE_HASH, used_name
from studio.store import runs, sweeps
from studio.store.comfy_graph import Graph, ModelNames, graph_text
from studio.store.digests import sha256_of
from studio.store.picture_text import read_origin, write_png
from studio.store.workspace import Workspace, open_project

PLAN = plan_from_toml('''
title = "small"
[rows]
epoch = "base, all"
[columns]
prompt = "1girl, {trigger}, standing | 1girl, {trigger}, blue hair"
seed = "1, 2"
''')  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    """A project with a finished run of two epochs, and no sheet."""
    folder = write_project(tmp_path_factory.mktemp("sources") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def place(trained: Path, tmp_path: Path) -> Iterator[Workspace]:
    with open_project(shutil.copytree(trained, tmp_path / "project")) as place:
        yield place


def checkpoints(place: Workspace) -> list[Path]:
    run_folder = runs.find_run(place, "latest")
    return [run_folder.folder / each.path for each in runs.read_run(run_folder).checkpoints]


@pytest.fixture
def server(place: Workspace, tiny_base) -> Iterator[ComfyStandIn]:
    """A ComfyUI that has the base's files, and the run's under the names that they have there."""
    files = {"unet": [tiny_base.transformer.name], "clip": [tiny_base.text_encoder.name], "vae": [tiny_base.vae.name]}
    with comfy_stand_in(files=files, loras=[f"mine/{used_name(path)}" for path in checkpoints(place)]) as server:
        yield server


def via(server: ComfyStandIn) -> Source:
    return Source("comfyui", server.url)


# From a ComfyUI


def test_a_comfyui_draws_every_cell_once(place: Workspace, server: ComfyStandIn) -> None:
    job = start_sheet(place, PLAN, "latest", source=via(server))
    events = run(job)
    ready = [event for event in events if isinstance(event, CellReady)]
    assert isinstance(events[-1], Finished) and events[-1].facts["rendered"] == len(ready) == len(server.graphs) == 12
    assert all(event.facts["drawn_by"] == "ComfyUI 0.3.60" and event.facts["at"] == server.url for event in ready)
    assert next(event for event in events if isinstance(event, Started)).facts["device"] == "cuda:0 Test"
    worn = {graph["10"]["inputs"]["lora_name"] for graph in server.graphs if "10" in graph}
    assert worn == set(server.loras)


def test_a_cell_says_who_drew_it_and_keeps_the_pixels_it_was_given(place: Workspace, server: ComfyStandIn) -> None:
    job = start_sheet(place, PLAN, "latest", source=via(server))
    run(job)
    cell = sweeps.read_sheet(job.of).expand()[0]
    origin = read_origin(job.of.cell(cell.key))
    assert origin.spec == cell.spec and cell.spec.drawn_by == "ComfyUI"
    assert origin.facts["at"] == server.url and origin.facts["drawn_by"].startswith("ComfyUI")
    fetched = next(content for content in server.pictures.values())
    import io

    assert Image.open(job.of.cell(cell.key)).tobytes() == Image.open(io.BytesIO(fetched)).tobytes()


def test_what_a_comfyui_drew_is_not_what_this_computer_draws(place: Workspace, server: ComfyStandIn) -> None:
    theirs = start_sheet(place, PLAN, "latest", source=via(server))
    run(theirs)
    ours = start_sheet(place, PLAN, "latest")
    assert run(ours)[-1].facts["rendered"] == 12 and ours.folder != theirs.folder
    keys = [{cell.key for cell in sweeps.read_sheet(each.of).expand()} for each in (ours, theirs)]
    assert keys[0].isdisjoint(keys[1])


def test_a_stopped_sheet_gets_from_the_comfyui_only_what_is_missing(place: Workspace, server: ComfyStandIn) -> None:
    first = run(start_sheet(place, PLAN, "latest", source=via(server)),
                stop_at=lambda event: isinstance(event, CellReady) and len(server.graphs) >= 5)
    assert isinstance(first[-1], Stopped)
    drawn = len([event for event in first if isinstance(event, CellReady)])
    again = run(start_sheet(place, PLAN, "latest", source=via(server)))
    assert drawn + again[-1].facts["rendered"] == 12 and len(server.pictures) == 12


def test_a_sheet_remembers_who_draws_it(place: Workspace, server: ComfyStandIn) -> None:
    job = start_sheet(place, PLAN, "latest", source=via(server))
    run(job, stop_at=lambda event: isinstance(event, CellReady))
    again = sheet_job(place, same_sheet(place, job.folder.name, "latest"))
    assert again.source == via(server) and again.folder == job.folder
    assert isinstance(run(again)[-1], Finished) and len(server.pictures) == 12


def test_a_project_that_somebody_sent_names_no_address(place: Workspace, server: ComfyStandIn, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    job = start_sheet(place, PLAN, "latest", source=via(server))
    run(job, stop_at=lambda event: isinstance(event, CellReady))
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "another machine"))
    with pytest.raises(UserError, match="nobody said where"):
        sheet_job(place, same_sheet(place, job.folder.name, "latest"))
    assert not any("127.0.0.1" in path.read_text("utf-8") for path in job.folder.glob("*.toml"))


def test_a_lora_that_the_comfyui_lacks_is_named_with_what_to_copy(place: Workspace, server: ComfyStandIn) -> None:
    server.loras.clear()
    ending = run(start_sheet(place, PLAN, "latest", source=via(server)))[-1]
    path = checkpoints(place)[0]
    assert isinstance(ending, Failed) and f"has no LoRA {used_name(path)} and 1 more" in ending.what
    assert "models/loras" in ending.remedy and not server.graphs


def test_loras_that_the_comfyui_lacks_are_put_where_it_finds_them(place: Workspace, server: ComfyStandIn,
                                                                  tmp_path: Path) -> None:
    server.loras, server.lora_folder = [], tmp_path / "loras"
    server.lora_folder.mkdir()
    events = run(start_sheet(place, PLAN, "latest", source=replace(via(server), loras=str(server.lora_folder))))
    assert isinstance(events[-1], Finished) and len(server.graphs) == 12
    put = {path.name for path in server.lora_folder.iterdir()}
    assert put == {used_name(path) for path in checkpoints(place)}
    assert sum(isinstance(event, Note) and "was put into" in event.text for event in events) == 2
    again = start_sheet(place, PLAN, "latest", source=replace(via(server), loras=str(server.lora_folder)))
    assert again.folder == start_sheet(place, PLAN, "latest", source=via(server)).folder


def test_another_lora_of_that_name_is_not_taken_for_it(place: Workspace, server: ComfyStandIn) -> None:
    server.headers = {server.loras[0]: {SOURCE_HASH: "0" * 64}}
    ending = run(start_sheet(place, PLAN, "latest", source=via(server)))[-1]
    assert isinstance(ending, Failed) and "is another one than" in ending.what and not server.graphs
    server.headers = {server.loras[0]: {SOURCE_HASH: sha256_of(checkpoints(place)[0])}}
    assert isinstance(run(start_sheet(place, PLAN, "latest", source=via(server)))[-1], Finished)


def test_without_the_server_nothing_is_begun(place: Workspace) -> None:
    ending = run(start_sheet(place, PLAN, "latest", source=Source("comfyui", "127.0.0.1:9")))[-1]
    assert isinstance(ending, Failed) and "No ComfyUI can be reached at http://127.0.0.1:9" in ending.what


# From pictures


def spec_graph(spec: RenderSpec, loras: list[tuple[str, float]], base: str) -> str:
    return graph_text(Graph(spec, tuple(loras), ModelNames(base)))


def save(path: Path, spec: RenderSpec, colour: str = "red", **texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (spec.width, spec.height), colour).save(path, pnginfo=info)
    return path


def comfy_folder(place: Workspace, folder: Path, base: str) -> Path:
    """Every cell of the plan as a ComfyUI would have saved it, in no order."""
    planned = plan_sheet(place, PLAN, "latest")
    for number, cell in enumerate(reversed(planned.cells)):
        loras = [(f"mine/{used_name(planned.loras[sha256])}", strength) for sha256, strength in cell.spec.loras]
        save(folder / f"ComfyUI_{number:05}_.png", cell.spec, f"rgb({number},0,0)",
             prompt=spec_graph(cell.spec, loras, base))
    return folder


def test_pictures_of_a_comfyui_find_their_cells(place: Workspace, tmp_path: Path, tiny_base) -> None:
    folder = comfy_folder(place, tmp_path / "out", tiny_base.transformer.name)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    job = start_sheet(place, PLAN, "latest", source=Source("folder", str(folder)))
    events = run(job)
    assert isinstance(events[-1], Finished) and events[-1].facts["rendered"] == 12
    assert job.remarks == ()
    cells = sweeps.read_sheet(job.of).expand()
    assert [Image.open(job.of.cell(cell.key)).getpixel((0, 0))[0] for cell in cells] == list(reversed(range(12)))
    assert {cell.spec.drawn_by for cell in cells} == {"ComfyUI"}
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_what_finds_no_cell_says_in_what_it_differs(place: Workspace, tmp_path: Path, tiny_base) -> None:
    folder = comfy_folder(place, tmp_path / "out", tiny_base.transformer.name)
    first = plan_sheet(place, PLAN, "latest").cells[0].spec
    base = tiny_base.transformer.name
    save(folder / "a_seed.png", first, prompt=spec_graph(replace(first, seed=77), [], base))
    save(folder / "b_two.png", first, prompt=spec_graph(replace(first, cfg=3.0, steps=5), [], base))
    save(folder / "c_lora.png", first, prompt=spec_graph(first, [("other.safetensors", 0.5)], base))
    save(folder / "d_base.png", first, prompt=spec_graph(first, [], "pony.safetensors"))
    save(folder / "e_none.png", first)
    save(folder / "f_again.png", first, prompt=spec_graph(first, [], base))
    (folder / "g.jpg").write_bytes(b"no picture")
    job = start_sheet(place, PLAN, "latest", source=Source("folder", str(folder)))
    told = {text.partition(":")[0]: text for text in map(str, job.remarks)}
    assert "seed (77, not 1)" in told["a_seed.png"]
    assert "steps (5, not 2)" in told["b_two.png"] and "cfg (3, not 1)" in told["b_two.png"]
    assert "LoRA (other.safetensors at 0.5, not none)" in told["c_lora.png"]
    assert "base (pony.safetensors)" in told["d_base.png"]
    assert "says nothing of its settings" in told["e_none.png"]
    assert "is the same cell as" in told["f_again.png"] and "is no PNG" in told["g.jpg"]
    assert run(job)[-1].facts["rendered"] == 12


def test_what_no_picture_shows_stays_missing(place: Workspace, tmp_path: Path, tiny_base) -> None:
    folder = comfy_folder(place, tmp_path / "out", tiny_base.transformer.name)
    for path in sorted(folder.iterdir())[:5]:
        path.unlink()
    job = start_sheet(place, PLAN, "latest", source=Source("folder", str(folder)))
    ending = run(job)[-1]
    assert isinstance(ending, Finished) and (ending.facts["rendered"], ending.facts["missing"]) == (7, 5)
    assert str(job.remarks[0]) == "The folder has 7 of the 12 pictures of this sheet."


def test_pictures_of_this_studio_are_its_own_cells(place: Workspace, tmp_path: Path) -> None:
    ours = start_sheet(place, PLAN, "latest")
    run(ours)
    folder = Path(shutil.copytree(ours.folder / "cells", tmp_path / "kept"))
    shutil.rmtree(ours.folder)
    again = start_sheet(place, PLAN, "latest", source=Source("folder", str(folder)))
    assert not plan_sheet(place, PLAN, "latest", axes=[parse_axis("seed=9")]).rate.measured
    assert run(again)[-1].facts["rendered"] == 12
    assert not plan_sheet(place, PLAN, "latest", axes=[parse_axis("seed=9")]).rate.measured  # copying is no drawing
    assert all(cell.spec.drawn_by == "" for cell in sweeps.read_sheet(again.of).expand())


def test_texts_of_a_web_ui_find_their_cells(place: Workspace, tmp_path: Path, tiny_base) -> None:
    planned = plan_sheet(place, PLAN, "latest")
    for number, cell in enumerate(planned.cells):
        spec = cell.spec
        tags = "".join(f" <lora:{used_name(planned.loras[sha256])[:-12]}:{strength:g}>"
                       for sha256, strength in spec.loras)
        text = (f"{spec.prompt}{tags}\nSteps: {spec.steps}, Sampler: ER SDE, Schedule type: Simple, CFG scale: "
                f"{spec.cfg:g}, Seed: {spec.seed}, Size: 64x64, Model: {tiny_base.transformer.stem}, Version: neo-2.1")
        save(tmp_path / "out" / f"{number:05}.png", spec, parameters=text)
    made = sourced(place, planned, Source("folder", str(tmp_path / "out")))
    assert len(made.found) == 12 and made.left == ()
    assert made.planned.sheet.spec.drawn_by == "Forge Neo"


def test_pictures_of_two_programs_are_not_mixed(place: Workspace, tmp_path: Path, tiny_base) -> None:
    folder = comfy_folder(place, tmp_path / "out", tiny_base.transformer.name)
    cell = plan_sheet(place, PLAN, "latest").cells[0]
    write_png(folder / "a_ours.png", Image.new("RGB", (64, 64)), cell.spec)
    job = start_sheet(place, PLAN, "latest", source=Source("folder", str(folder)))
    assert [str(each) for each in job.remarks] == [
        "a_ours.png: was drawn by this studio, most of the others by ComfyUI."]


# A sheet of pictures alone


def alone(folder: Path, **changes: object) -> Path:
    """Two epochs and the base, two prompts, two seeds, as a ComfyUI with a Turbo LoRA saved them."""
    spec = replace(RenderSpec(steps=8, cfg=1.0, width=64, height=96), **changes)
    for epoch in (0, 10, 20):
        for prompt in ("1girl, smile", "1girl, running"):
            for seed in (1, 2):
                loras = [("turbo.safetensors", 1.0)] + ([(f"mira-{epoch:06}.safetensors", 1.0)] if epoch else [])
                graph = spec_graph(replace(spec, prompt=prompt, seed=seed), loras, "anima.safetensors")
                save(folder / f"{epoch}-{prompt[-5:]}-{seed}.png", spec, prompt=graph)
    return folder


def test_a_folder_of_pictures_makes_a_sheet_of_its_own(place: Workspace, tmp_path: Path) -> None:
    made = own_sheet(place, alone(tmp_path / "mira"))
    assert made.planned.sheet.title == "mira" and made.left == ()
    assert {axis.name: axis.values for axis in made.planned.sheet.rows} == {"epoch": ("base", 10, 20)}
    assert {axis.name: len(axis.values) for axis in made.planned.sheet.columns} == {"prompt": 2, "seed": 2}
    job = sourced_job(place, made)
    assert run(job)[-1].facts["rendered"] == 12
    again = sourced_job(place, own_sheet(place, tmp_path / "mira"))
    assert again.folder == job.folder and run(again)[-1].facts["rendered"] == 0


def test_with_a_run_its_own_files_tell_the_epochs(place: Workspace, tmp_path: Path) -> None:
    spec = RenderSpec(steps=8, cfg=1.0, width=64, height=64)
    for number, path in enumerate(checkpoints(place)):
        save(tmp_path / "out" / f"{number}.png", spec,
             prompt=spec_graph(replace(spec, prompt="1girl"), [(f"x/{used_name(path)}", 0.8)], "any.safetensors"))
    made = own_sheet(place, tmp_path / "out", "latest")
    assert dict(made.planned.sheet.epochs) == {1: sha256_of(checkpoints(place)[0]), 2: sha256_of(checkpoints(place)[1])}
    assert [axis.name for axis in made.planned.sheet.rows] == ["epoch", "strength"] and len(made.found) == 2


def test_a_folder_without_settings_is_refused_with_the_reason(place: Workspace, tmp_path: Path) -> None:
    save(tmp_path / "out" / "a.png", RenderSpec(width=64, height=64))
    with pytest.raises(UserError, match="No picture there tells its settings"):
        own_sheet(place, tmp_path / "out")
    with pytest.raises(UserError, match="There is no folder"):
        own_sheet(place, tmp_path / "nowhere")


def test_a_hostile_graph_is_left_over(place: Workspace, tmp_path: Path) -> None:
    folder = alone(tmp_path / "mira")
    deep = json.dumps({"7": {"class_type": "KSampler", "inputs": {"model": ["7", 0]}}})
    save(folder / "loop.png", RenderSpec(width=64, height=64), prompt=deep)
    save(folder / "deep.png", RenderSpec(width=64, height=64), prompt="[" * 100_000)
    made = own_sheet(place, folder)
    assert len(made.found) == 12 and {each.path.name for each in made.left} == {"loop.png", "deep.png"}
