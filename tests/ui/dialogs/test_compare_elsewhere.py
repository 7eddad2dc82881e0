"""Epochs are compared by pictures that a ComfyUI draws, from the dialog to the page."""

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.cell_source import Source
from studio.jobs.train import start_training
from studio.store import runs, sweeps
from studio.store.workspace import open_project
from tests.comfy_stand_in import comfy_stand_in
from tests.job_runs import run
from tests.tiny_project import RECIPE, write_project
from ui.dialogs.cell_source import choose_source
from ui.dialogs.compare import CompareDialog


@pytest.fixture
def trained(tmp_path: Path, tiny_base, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "studio"))
    folder = write_project(tmp_path / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    return folder


def test_a_comfyui_draws_what_the_dialog_asks_for(app, trained: Path, tiny_base, tmp_path: Path) -> None:
    app.open(trained)
    session, loras = app.session, tmp_path / "loras"
    loras.mkdir()
    files = {"unet": [tiny_base.transformer.name], "clip": [tiny_base.text_encoder.name], "vae": [tiny_base.vae.name]}
    with comfy_stand_in(files=files, lora_folder=loras) as server:
        choose_source(session, Source("comfyui", server.url, str(loras)))
        dialog = CompareDialog(session, app.window, runs.find_run(session.place, "latest").id, (1, 2))
        dialog.open()
        app.finish(lambda: dialog.start.isEnabled())
        begun: list = []
        dialog.begun.connect(lambda job, planned: begun.append(session.run(job, "Drawing")))
        dialog.draw()
        app.finish(lambda: begun and begun[0].ending is not None)
        cells = sweeps.read_sheet(sweeps.find_sheet(session.place, "latest")).expand()
        assert len(server.graphs) == len({cell.key for cell in cells}) == begun[0].ending.facts["rendered"]
    assert {cell.spec.drawn_by for cell in cells} == {"ComfyUI"}
    page = app.window
    session.show_page("epochs")
    made = page.page_widget("epochs")
    app.finish(lambda: made.shelf.has_looked and not made.shelf.is_busy)
    assert any(series.title.endswith("· ComfyUI") for series in made.shelf.found.series)
