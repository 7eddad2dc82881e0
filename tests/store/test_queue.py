import pytest

from studio.core.orders import Order
from studio.store.queue import NAME, QueueFile

TRAIN, SHEET = Order("train", {"base": {}}), Order("sheet", {"run": ""})


def test_a_queue_survives_a_restart(tmp_path):
    queue = QueueFile(tmp_path)
    first = queue.add(TRAIN)
    second = queue.add(SHEET, after=first)
    queue.move(second, 0)
    queue.mark(first, "running", run="0001-mira")
    queue.pause()
    again = QueueFile(tmp_path)
    assert [each.id for each in again.queue.entries] == [second, first] and again.queue.paused and not again.trouble
    assert again.queue.entry(first).status == "interrupted"
    again.pause(False)
    again.retry(first)
    assert QueueFile(tmp_path).queue.next.order == Order("resume", {"run": "0001-mira", "base": {}})
    again.remove(first)
    assert QueueFile(tmp_path).queue.next.id == second


def test_without_a_file_nothing_waits(tmp_path):
    assert QueueFile(tmp_path).queue.entries == () and not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"entries": [{}]}', b"\xff\xfe", b"[" * 100_000,
                                     b'{"entries": [{"id": "1", "order": {"kind": 3}}]}'])
def test_a_damaged_file_is_set_aside_with_a_sentence(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    queue = QueueFile(tmp_path)
    assert queue.trouble == "queue.json was damaged and is now queue.json.damaged. The queue is empty."
    assert queue.queue.entries == () and (tmp_path / "queue.json.damaged").read_bytes() == content
    queue.add(TRAIN)
    assert len(QueueFile(tmp_path).queue.entries) == 1


def test_what_the_disk_did_not_take_is_not_in_the_queue(tmp_path, monkeypatch):
    queue = QueueFile(tmp_path)
    queue.add(TRAIN)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.store.queue.write_atomic", full)
    with pytest.raises(OSError, match="No space"):
        queue.add(SHEET)
    assert len(queue.queue.entries) == len(QueueFile(tmp_path).queue.entries) == 1
