import threading

from studio.core.events import WishAnswered
from studio.core.fold import RunState
from studio.core.wishes import Asked, Wish
from studio.store.wishes import NAME, Wishes, ask, open_wishes


def test_wishes_are_numbered_and_heard_once(tmp_path):
    heard = Wishes(tmp_path)
    assert heard.new() == ()
    assert ask(tmp_path, Wish("save")) == Asked(1, Wish("save"))
    assert ask(tmp_path, Wish("epochs", 3)) == Asked(2, Wish("epochs", 3))
    assert heard.new() == (Asked(1, Wish("save")), Asked(2, Wish("epochs", 3)))
    assert heard.new() == ()
    ask(tmp_path, Wish("stop"))
    assert heard.new() == (Asked(3, Wish("stop")),)


def test_a_line_that_is_no_wish_is_passed_over_and_keeps_its_number(tmp_path):
    (tmp_path / NAME).write_bytes(b'{"kind": "dance"}\n')
    assert ask(tmp_path, Wish("save")).number == 2
    assert Wishes(tmp_path).new() == (Asked(2, Wish("save")),)


def test_a_wish_that_is_still_being_written_waits(tmp_path):
    heard = Wishes(tmp_path)
    (tmp_path / NAME).write_bytes(b'{"kind": "sa')
    assert heard.new() == ()
    (tmp_path / NAME).write_bytes(b'{"kind": "save", "value": 0}\n')
    assert heard.new() == (Asked(1, Wish("save")),)


def test_a_wish_that_a_crash_cut_short_does_not_swallow_the_next(tmp_path):
    heard = Wishes(tmp_path)
    (tmp_path / NAME).write_bytes(b'{"kind": "sa')
    heard.new()
    asked = ask(tmp_path, Wish("preview"))
    assert heard.new() == (asked,) and Wishes(tmp_path).new() == (asked,)


def test_what_is_not_answered_is_open(tmp_path):
    for kind in ("save", "preview", "stop"):
        ask(tmp_path, Wish(kind))
    state = RunState(wishes=(WishAnswered(1, "save", 0, 4), WishAnswered(2, "preview", 0, 4, granted=False)))
    assert open_wishes(tmp_path, state) == (Asked(3, Wish("stop")),)


def test_many_who_wish_at_once_lose_nothing(tmp_path):
    threads = [threading.Thread(target=lambda: [ask(tmp_path, Wish("save")) for _ in range(10)]) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.number for each in Wishes(tmp_path).new()] == list(range(1, 41))
