"""A job reads the images that no index knows."""

import threading

from studio.core.events import Finished, Progress, Stopped
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.read_images import ReadImages
from studio.store import workspace
from studio.store.image_index import ImageIndex
from tests.store.desk import write_numbered


def run(folder, listen=lambda event: None, hear=lambda readings: None, ticket=None):
    return execute(ticket or Ticket(ReadImages(folder, hear)), Gpu("cpu"), listen)


def test_after_it_nothing_is_left_to_read(tmp_path):
    folder, heard = write_numbered(tmp_path / "set", 5), []
    ending = run(folder, hear=heard.extend)
    assert isinstance(ending, Finished) and ending.facts == {"images": 5, "unread": 0}
    assert [each.key[0] for each in heard] == [f"images/Mira/{number:04}.png" for number in range(5)]
    index = ImageIndex(workspace.read_project(folder))
    assert len(index.items(at_once=0)) == 5 and index.unread == ()
    assert run(folder).facts == {"images": 0, "unread": 0}


def test_a_stop_keeps_what_was_read(tmp_path):
    folder, heard = write_numbered(tmp_path / "set", 40), []
    ticket = Ticket(ReadImages(folder, heard.extend))

    def stop_at_the_third(event):
        if isinstance(event, Progress) and event.done == 3:
            ticket.stop.set()

    ending = run(folder, stop_at_the_third, ticket=ticket)
    assert isinstance(ending, Stopped) and ending.facts == {"images": 3, "unread": 37} and len(heard) == 3
    assert len(ImageIndex(workspace.read_project(folder)).items(at_once=0)) == 3


def test_a_file_that_is_no_image_is_told_of(tmp_path):
    folder, heard = write_numbered(tmp_path / "set", 1), []
    (folder / "images/Mira/broken.png").write_bytes(b"no image")
    assert isinstance(run(folder, hear=heard.extend), Finished)
    assert [bool(each.trouble) for each in heard] == [False, True] and "broken.png" in heard[1].trouble


def test_two_indexes_may_be_kept_at_the_same_time(tmp_path):
    with workspace.open_project(write_numbered(tmp_path / "set", 3)) as place:
        indexes = [ImageIndex(place), ImageIndex(place)]
        threads = [threading.Thread(target=lambda index=index: [index.save() for _ in range(50)]) for index in indexes]
        items = indexes[0].items()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ImageIndex(place).items(at_once=0) == items
