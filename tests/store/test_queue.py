import pytest

from studio.core.errors import UserError
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


def test_what_waits_for_another_one_still_does_after_a_restart(tmp_path):
    queue = QueueFile(tmp_path)
    first, second = queue.add(TRAIN), queue.add(SHEET)
    queue.hold(second, first)
    assert QueueFile(tmp_path).queue.entry(second).after == first and QueueFile(tmp_path).queue.next.id == first
    assert queue.queue.awaited(first) and not queue.queue.awaited(second)
    queue.hold(second, "")
    queue.move(second, 0)
    assert QueueFile(tmp_path).queue.next.id == second and not queue.queue.awaited(first)
    with pytest.raises(UserError, match="not in the queue any more"):
        queue.hold(second, "9")


def test_whoever_cannot_wait_for_the_disk_writes_the_file_himself(tmp_path):
    put = []
    queue = QueueFile(tmp_path, lambda path, text: put.append((path, text)))
    queue.add(TRAIN)
    assert len(queue.queue.entries) == 1 and not (tmp_path / NAME).exists()
    path, text = put[-1]
    path.write_text(text)
    assert QueueFile(tmp_path).queue.entries == queue.queue.entries
