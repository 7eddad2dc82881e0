"""States for resuming: two files in turn, the newest sound one wins."""

from pathlib import Path

import pytest
import torch

from studio.engine.state import SLOTS, TrainState, differences, machine_facts, newest_state, read_state, write_state


def state_at(step: int) -> TrainState:
    count = torch.tensor(float(step))
    tensors = {"w.down": torch.full((2, 3), float(step)), "w.down.step": count, "none": torch.zeros(0, 3)}
    return TrainState(step, tensors, "fingerprint", {"torch": "1"})


def test_a_state_comes_back_exactly(tmp_path: Path) -> None:
    found = read_state(write_state(tmp_path / "state", state_at(7)))
    assert (found.step, found.fingerprint, found.machine) == (7, "fingerprint", {"torch": "1"})
    assert found.tensors.keys() == state_at(7).tensors.keys()
    assert all(torch.equal(found.tensors[name], value) for name, value in state_at(7).tensors.items())


def test_states_alternate_between_two_files(tmp_path: Path) -> None:
    written = [write_state(tmp_path, state_at(step)).name for step in (1, 2, 3, 4)]
    assert written[0] != written[1] and written == written[:2] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(SLOTS)
    assert newest_state(tmp_path).step == 4


def test_there_is_no_state_in_an_empty_or_missing_folder(tmp_path: Path) -> None:
    assert newest_state(tmp_path) is None and newest_state(tmp_path / "missing") is None


@pytest.mark.parametrize("kept", [0, 7, 100, -1])
def test_a_cut_file_gives_way_to_the_one_before(tmp_path: Path, kept: int) -> None:
    write_state(tmp_path, state_at(1))
    newest = write_state(tmp_path, state_at(2))
    newest.write_bytes(newest.read_bytes()[:kept])
    assert newest_state(tmp_path).step == 1


def test_one_changed_bit_is_noticed(tmp_path: Path) -> None:
    write_state(tmp_path, state_at(1))
    newest = write_state(tmp_path, state_at(2))
    content = bytearray(newest.read_bytes())
    content[-2] ^= 1
    newest.write_bytes(content)
    assert newest_state(tmp_path).step == 1


def test_a_half_written_state_is_ignored_and_a_sound_one_stays(tmp_path: Path) -> None:
    first = write_state(tmp_path, state_at(1))
    (tmp_path / (SLOTS[1] + ".part")).write_bytes(first.read_bytes()[:50])
    assert newest_state(tmp_path).step == 1
    write_state(tmp_path, state_at(2))
    assert newest_state(tmp_path).step == 2 and read_state(first).step == 1


def test_both_files_damaged_means_no_state(tmp_path: Path) -> None:
    for step in (1, 2):
        write_state(tmp_path, state_at(step))
    for slot in SLOTS:
        (tmp_path / slot).write_bytes(b"{}")
    assert newest_state(tmp_path) is None


def test_another_machine_is_described(tmp_path: Path) -> None:
    facts = machine_facts(torch.device("cpu"), "AdamW fused=True")
    assert facts["torch"] == torch.__version__ and facts["threads"] == str(torch.get_num_threads())
    assert differences(TrainState(1, {}, "f", facts), facts) == ()
    assert differences(TrainState(1, {}, "f", facts | {"threads": "64"}), facts) == (
        f"threads was 64, is {torch.get_num_threads()}",
    )
