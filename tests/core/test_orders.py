import json

import pytest

from studio.core.errors import UserError
from studio.core.orders import Order, Queue, from_facts, to_facts

TRAIN, SHEET, TAG = Order("train", {"base": {"name": "b"}}), Order("sheet", {"run": ""}), Order("tag")


def queue_of(*orders):
    queue = Queue()
    for order in orders:
        queue = queue.add(order)
    return queue


def ids(queue):
    return [each.id for each in queue.entries]


def test_orders_wait_in_the_order_in_which_they_came():
    queue = queue_of(TRAIN, SHEET, TAG)
    assert ids(queue) == ["1", "2", "3"] and queue.next.id == "1"
    assert queue.mark("1", "running").next is None
    assert queue.mark("1", "failed", said="no base").next.id == "2"


def test_an_id_is_never_that_of_another_entry():
    queue = queue_of(TRAIN, SHEET).remove("1").add(TAG)
    assert ids(queue) == ["2", "1"] and queue.entry("1").order == TAG


@pytest.mark.parametrize(("id", "place", "after"), [("3", 0, ["3", "1", "2"]), ("1", 2, ["2", "3", "1"]),
                                                    ("1", 9, ["2", "3", "1"]), ("2", 1, ["1", "2", "3"])])
def test_an_entry_is_moved_to_its_place(id, place, after):
    assert ids(queue_of(TRAIN, SHEET, TAG).move(id, place)) == after


def test_what_comes_after_another_waits_until_that_is_finished():
    queue = Queue().add(TRAIN).add(SHEET, after="1").add(TAG)
    running = queue.mark("1", "running", run="0001-mira")
    assert running.mark("1", "stopped").next.id == "3"
    assert running.mark("1", "failed").next.id == "3"
    assert running.mark("1", "finished").next.id == "2"


def test_what_comes_after_a_run_speaks_of_that_run():
    queue = Queue().add(TRAIN).add(SHEET, after="1")
    assert queue.order_of("2").facts["run"] == ""
    queue = queue.mark("1", "running", run="0001-mira").mark("1", "finished")
    assert queue.order_of("2") == Order("sheet", {"run": "0001-mira"})
    assert queue.order_of("1") == TRAIN


def test_what_came_after_an_entry_that_is_gone_waits_for_nothing():
    assert Queue().add(TRAIN).add(SHEET, after="1").remove("1").next.order == SHEET


def test_one_can_only_come_after_what_is_there():
    with pytest.raises(UserError, match="not in the queue"):
        Queue().add(SHEET, after="7")


def test_what_runs_is_not_taken_out():
    with pytest.raises(UserError, match="Stop it first"):
        queue_of(TRAIN).mark("1", "running").remove("1")


def test_a_paused_queue_begins_nothing():
    queue = queue_of(TRAIN).pause()
    assert queue.next is None and queue.pause(False).next.id == "1"


def test_training_that_had_begun_is_retried_where_it_is():
    failed = queue_of(TRAIN).mark("1", "running", run="0001-mira").mark("1", "failed", said="The disk is full.")
    again = failed.retry("1")
    assert again.next.order == Order("resume", {"run": "0001-mira", "base": {"name": "b"}})
    assert (failed.entry("1").said, again.entry("1").said) == ("The disk is full.", "")


def test_training_that_never_began_is_retried_as_it_was_ordered():
    assert queue_of(TRAIN).mark("1", "failed").retry("1").next.order == TRAIN


def test_what_ran_when_the_program_died_was_interrupted():
    queue = queue_of(TRAIN, TAG).mark("1", "running", run="0001-mira").reopened()
    assert [each.status for each in queue.entries] == ["interrupted", "waiting"]
    assert queue.retry("1").entry("1").status == "waiting"


def test_a_queue_survives_its_file():
    queue = Queue().add(TRAIN).add(SHEET, after="1").mark("1", "failed", said="雪").pause()
    assert from_facts(json.loads(json.dumps(to_facts(queue)))) == queue


@pytest.mark.parametrize("facts", [{}, {"entries": [{}]}, {"entries": 3}, {"entries": [{"id": "1", "order": 4}]},
                                   {"entries": [{"id": 1, "order": {"kind": "tag"}}]},
                                   {"entries": [{"id": "1", "order": {"kind": "tag"}, "status": "dancing"}]},
                                   {"entries": [{"id": "1", "order": {"kind": "tag"}}] * 2}])
def test_what_is_no_queue_is_refused(facts):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_facts(facts)
