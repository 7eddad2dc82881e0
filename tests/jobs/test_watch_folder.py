"""Following a folder from the command line."""

from pathlib import Path

from foreign_files import write_lora, write_picture
from job_runs import run

from studio.core.events import Note, Stopped
from studio.jobs.watch_folder import WatchFolder
from studio.store import foreign_runs


def test_what_is_there_is_told_once_and_then_what_comes(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(foreign_runs, "SETTLED_S", 0.0)
    write_lora(tmp_path / "mira_epoch2.safetensors")
    write_picture(tmp_path / "samples" / "epoch_2.png")

    def last(event: object) -> bool:
        if isinstance(event, Note) and "epoch_2.png" in event.text:
            write_lora(tmp_path / "mira_epoch3.safetensors", 3)
        return isinstance(event, Note) and "epoch3" in event.text

    events = run(WatchFolder(tmp_path, every_s=0.01), stop_at=last)
    assert [event.text for event in events if isinstance(event, Note)] == [
        "Epoch 2 is here: mira_epoch2.safetensors.", "Epoch 2 has a preview: samples/epoch_2.png.",
        "Epoch 3 is here: mira_epoch3.safetensors."]
    assert events[-1] == Stopped({"files": 3}, events[-1].time, 1)
