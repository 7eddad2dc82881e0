"""LoRA files go to the trash and come back; pinned and picked ones never go, and the journal knows where each is."""

import json
from pathlib import Path

import pytest
from job_runs import run

from studio.core.events import CheckpointSaved, Failed, Finished, Note, Stopped
from studio.core.marks import keeper
from studio.jobs.retention import RestoreFiles, ThinRun, Wish, facts_of, lines_of, outlook
from studio.store import kept_files, sweeps
from studio.store.digests import sha256_of
from studio.store.mark_folders import mark_folder
from studio.store.marks import Marks
from studio.store.run_lock import owned
from studio.store.runs import read_run, runs_of
from studio.store.verdicts import write_judgement
from studio.store.workspace import Workspace, open_project
from tests.ui.conftest import make_project
from tests.ui.written_runs import append
from tests.ui.written_sheets import written_epochs, written_sheet

EPOCHS = 180


@pytest.fixture
def place(tmp_path: Path):
    with open_project(make_project(tmp_path / "mira", pictures=2)) as opened:
        written_epochs(opened, EPOCHS)
        yield opened


def there(place: Workspace) -> set[int]:
    """The epochs whose files lie in the run."""
    return {int(path.stem[1:]) for path in (runs_of(place)[0].folder / "checkpoints").glob("e*.safetensors")}


def known(place: Workspace) -> set[int]:
    return {each.epoch for each in read_run(runs_of(place)[0]).checkpoints}


def thin(place: Workspace, **wish: object) -> list:
    return run(ThinRun(place, runs_of(place)[0], Wish(**wish)))


@pytest.mark.parametrize("last, stays", [(0, {20, 80, 150}), (1, {20, 80, 150, 180})])
def test_exactly_the_pinned_and_the_newest_stay_and_the_rest_is_in_the_trash(place: Workspace, last: int,
                                                                             stays: set[int]) -> None:
    [folder] = runs_of(place)
    before = sum(path.stat().st_size for path in (folder.folder / "checkpoints").iterdir())
    forecast = outlook(place, folder, Wish(frozenset({20, 80, 150}), last=last)).forecast
    assert not {20, 80, 150} & {each.epoch for each in forecast.going}
    ending = thin(place, pins=frozenset({20, 80, 150}), last=last)[-1]
    assert isinstance(ending, Finished) and there(place) == known(place) == stays
    trash = kept_files.trash_of(place, folder)
    moved = [path for path in trash.glob("*.safetensors")]
    assert len(moved) == EPOCHS - len(stays) and ending.facts["bytes"] == forecast.freed == sum(path.stat().st_size for path in moved)
    assert forecast.freed + forecast.left == before


def test_what_went_comes_back_byte_for_byte(place: Workspace) -> None:
    [folder] = runs_of(place)
    before = {each.epoch: each for each in read_run(folder).checkpoints}
    thin(place)
    ending = run(RestoreFiles(place, folder))[-1]
    assert isinstance(ending, Finished) and ending.facts["files"] == 179
    after = {each.epoch: each for each in read_run(folder).checkpoints}
    assert {epoch: (each.path, each.sha256, each.step) for epoch, each in after.items()} == {
        epoch: (each.path, each.sha256, each.step) for epoch, each in before.items()}
    assert all(sha256_of(folder.folder / each.path) == each.sha256 for each in after.values())
    assert kept_files.removed_files(place, folder) == ()


def test_a_dry_run_moves_nothing_and_says_what_would_go(place: Workspace) -> None:
    found = outlook(place, runs_of(place)[0], Wish(frozenset({20}), every=60))
    assert there(place) == set(range(1, EPOCHS + 1))
    facts = facts_of(found)
    assert facts["kept"] == {"20": ["pinned"], "60": ["every"], "120": ["every"], "180": ["newest"]}
    assert len(facts["going"]) == 176 and not set(facts["going"]) & {20, 60, 120, 180}
    page = list(lines_of(found))
    assert page[0].startswith("176 files of 180 would go to the trash") and any("epoch 20" in line for line in page)


def test_pins_are_kept_with_the_run(place: Workspace) -> None:
    [folder] = runs_of(place)
    kept_files.write_pins(folder, {30, 31})
    thin(place, pins=frozenset({20}))
    assert there(place) == {20, 30, 31, 180}


@pytest.mark.parametrize("text", ["", "nonsense", '{"a": 1}', "[1, true, \"x\", 2.5]"])
def test_pins_that_make_no_sense_are_none(place: Workspace, text: str) -> None:
    [folder] = runs_of(place)
    (folder.folder / kept_files.PINS).write_text(text, "utf-8")
    assert kept_files.read_pins(folder) == (frozenset({1}) if "[1" in text else frozenset())


def test_what_a_verdict_chose_and_what_somebody_keeps_stays(place: Workspace) -> None:
    sheet = written_sheet(place, (20, 80, 150))
    cells = sweeps.read_sheet(sheet).expand()
    Marks(sheet.folder).add([keeper(next(cell.key for cell in cells if cell.value("epoch") == 80), True, "me")])
    write_judgement(place.folder, "ep150", "", [("0001", cells[0].key)])
    write_judgement(place.folder, "ep99", "another sheet's", [("0007", "x")])
    thin(place)
    assert there(place) == {80, 150, 180}


def test_what_somebody_keeps_of_more_seeds_stays_too(place: Workspace) -> None:
    written_sheet(place, (20, 80, 150))
    more = written_sheet(place, (20, 80, 150), seeds=(1001,))
    cells = sweeps.read_sheet(more).expand()
    key = next(cell.key for cell in cells if cell.value("epoch") == 80)
    Marks(mark_folder(place, more)).add([keeper(key, True, "me")])
    thin(place)
    assert there(place) == {80, 180}


def test_it_can_be_stopped_on_the_way(place: Workspace) -> None:
    events = run(ThinRun(place, runs_of(place)[0]), stop_at=lambda event: getattr(event, "done", 0) == 5)
    assert isinstance(events[-1], Stopped) and len(there(place)) == len(known(place)) == 175


def test_a_run_that_trains_is_left_alone(place: Workspace) -> None:
    with owned(runs_of(place)[0].folder):
        assert "is being worked on already" in thin(place)[-1].what
    assert len(there(place)) == EPOCHS


def test_files_of_others_stay_where_they_are_until_they_are_asked_for(place: Workspace, tmp_path: Path) -> None:
    [folder] = runs_of(place)
    theirs = tmp_path / "their loras" / "kei_epoch200.safetensors"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    append(folder, CheckpointSaved(200, 2000, str(theirs), sha256_of(theirs)),
           CheckpointSaved(300, 3000, "checkpoints/e300.safetensors", "0" * 64))
    folder.checkpoint(300).write_bytes(b"the newest")
    thin(place)
    assert theirs.read_bytes() == b"theirs" and 200 in known(place)
    thin(place, elsewhere=True)
    assert not theirs.exists() and 200 not in known(place)
    run(RestoreFiles(place, folder, frozenset({200})))
    assert theirs.read_bytes() == b"theirs" and 200 in known(place)


def test_a_file_whose_place_was_taken_stays_in_the_trash(place: Workspace) -> None:
    [folder] = runs_of(place)
    thin(place)
    folder.checkpoint(7).write_bytes(b"trained again")
    events = run(RestoreFiles(place, folder, frozenset({7, 8})))
    assert events[-1].facts["files"] == 1 and folder.checkpoint(7).read_bytes() == b"trained again"
    assert any("1 file stayed in the trash" in event.text for event in events if isinstance(event, Note))
    assert [each.epoch for each in kept_files.removed_files(place, folder) if each.epoch < 9] == [1, 2, 3, 4, 5, 6, 7]


def test_an_epoch_may_go_twice_and_the_newer_one_comes_back(place: Workspace) -> None:
    [folder] = runs_of(place)
    thin(place)
    folder.checkpoint(7).write_bytes(b"trained again")
    append(folder, CheckpointSaved(7, 70, "checkpoints/e007.safetensors", sha256_of(folder.checkpoint(7))))
    thin(place)
    run(RestoreFiles(place, folder, frozenset({7})))
    assert folder.checkpoint(7).read_bytes() == b"trained again"


def test_a_move_that_a_crash_cut_short_loses_nothing(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    [folder] = runs_of(place)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kept_files, "_tell", crash)
    thin(place)
    monkeypatch.undo()
    assert len(there(place)) == 179, "one file went before the crash"
    assert isinstance(run(RestoreFiles(place, folder))[-1], Finished)
    assert there(place) == known(place) == set(range(1, EPOCHS + 1))


def test_an_empty_trash_says_so(place: Workspace) -> None:
    ending = run(RestoreFiles(place, runs_of(place)[0]))[-1]
    assert isinstance(ending, Failed) and "The trash holds no LoRA" in ending.what


def test_a_record_that_names_a_file_outside_the_trash_is_damage(place: Workspace) -> None:
    [folder] = runs_of(place)
    thin(place, last=179)
    path = kept_files.trash_of(place, folder) / kept_files.REMOVED
    line = json.loads(path.read_text("utf-8")) | {"name": "../../../project.toml"}
    path.write_text(json.dumps(line) + "\n", "utf-8")
    assert "is damaged at byte 0" in run(RestoreFiles(place, folder))[-1].what
