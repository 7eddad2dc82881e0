"""Bases are found where people keep them."""

import shutil
import threading
from pathlib import Path

from studio.core.events import Event, Finished, Note, Stopped
from studio.jobs.find_bases import FindBases
from studio.jobs.gpu import Gpu


def installation(folder: Path, base: Path | None = None) -> Path:
    models = folder / "models" / "diffusion_models"
    models.mkdir(parents=True)
    if base:
        shutil.copy(base, models / "anima.safetensors")
    return folder


def found(job: FindBases, heard: list[Event]) -> tuple[Path, ...]:
    ending = job.run(Gpu("cpu"), heard.append, threading.Event())
    assert isinstance(ending, Finished)
    return ending.facts["bases"]


def test_a_base_in_a_usual_place_or_a_named_one_is_found_once(tmp_path: Path, tiny_base) -> None:
    usual = installation(tmp_path / "ComfyUI", tiny_base.transformer)
    other = installation(tmp_path / "elsewhere", tiny_base.transformer)
    bases = found(FindBases(other, home=tmp_path), [])
    assert [base.parents[2] for base in bases] == [other, usual]
    assert len(found(FindBases(usual, home=tmp_path), [])) == 1


def test_where_there_is_none_none_is_found(tmp_path: Path) -> None:
    assert found(FindBases(home=tmp_path), []) == ()


def test_an_installation_that_cannot_be_understood_does_not_hide_another(tmp_path: Path, tiny_base) -> None:
    (installation(tmp_path / "ComfyUI") / "extra_model_paths.yaml").write_text("{[")
    installation(tmp_path / "comfyui", tiny_base.transformer)
    heard: list[Event] = []
    assert len(found(FindBases(home=tmp_path), heard)) == 1
    assert any(isinstance(event, Note) and "cannot be understood" in event.text for event in heard)


def test_looking_can_be_stopped(tmp_path: Path, tiny_base) -> None:
    installation(tmp_path / "ComfyUI", tiny_base.transformer)
    stop = threading.Event()
    stop.set()
    assert isinstance(FindBases(home=tmp_path).run(Gpu("cpu"), lambda event: None, stop), Stopped)
