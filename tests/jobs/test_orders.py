from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.cell_source import HERE, Source
from studio.core.errors import UserError
from studio.core.events import Finished
from studio.core.orders import Order
from studio.core.origin import Origin, Refusal
from studio.jobs.bases import BaseChoice
from studio.jobs.orders import job_of, resume_order, sheet_order, tag_order, train_order
from studio.jobs.render_sheet import RenderSheet
from studio.jobs.tag import Tag
from studio.jobs.train import Train
from studio.store import runs
from studio.store.queue import QueueFile
from studio.store.workspace import open_project

SHORT = replace(RECIPE, preview_every=0, epochs=1)


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer)


def reopened(project: Path, order: Order) -> Order:
    """The order as it comes back after a restart of the program."""
    QueueFile(project).add(order)
    return QueueFile(project).queue.entries[-1].order


def test_ordered_training_is_the_training_that_was_ordered(project: Path) -> None:
    recipe = replace(SHORT, learning_rate=3e-4, preview_seeds=(3, 4))
    with open_project(project) as place:
        first = job_of(reopened(project, train_order(recipe)), place)
        assert isinstance(first, Train) and runs.read_recipe(first.of) == recipe
        refused = (Refusal("R07", "both are meant", "two axes changed"),)
        order = train_order(recipe, first.base, ["Mira"], first.of.id, refused)
        second = job_of(reopened(project, order), place)
    assert runs.read_origin(second.of) == Origin(first.of.id, refused)
    assert second.base.files() == first.base.files()


def test_a_run_is_trained_resumed_and_shown_by_orders_alone(project: Path) -> None:
    queue = QueueFile(project)
    train, sheet = queue.add(train_order(SHORT)), ""
    sheet = queue.add(sheet_order("epoch-by-prompt", axes=["seed=1"]), after=train)
    with open_project(project) as place:
        job = job_of(queue.queue.order_of(train), place)
        run(job, stop_at=lambda event: True)
        queue.mark(train, "failed", run=job.of.id, said="stopped")
        queue.retry(train)
        assert isinstance(run(job_of(queue.queue.order_of(train), place))[-1], Finished)
        queue.mark(train, "finished")
        assert queue.queue.next.id == sheet
        shown = job_of(QueueFile(project).queue.order_of(sheet), place)
        assert isinstance(shown, RenderSheet) and isinstance(run(shown)[-1], Finished)


def test_an_ordered_sheet_gets_its_pictures_from_where_they_were_to_come(project: Path, monkeypatch,
                                                                          tmp_path: Path) -> None:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "home"))
    source = Source("comfyui", "http://127.0.0.1:8188")
    with open_project(project) as place:
        train = job_of(train_order(SHORT), place)
        assert isinstance(run(train)[-1], Finished)
        order = reopened(project, sheet_order("epoch-by-prompt", train.of.id, axes=["seed=1"], source=source))
        assert "127.0.0.1" not in (project / "queue.json").read_text(encoding="utf-8"), "a project may be sent"
        assert job_of(order, place).source == source
        assert job_of(reopened(project, sheet_order("epoch-by-prompt", train.of.id)), place).source == HERE
        monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "another machine"))
        with pytest.raises(UserError, match="a place that this machine does not know"):
            job_of(order, place)


def test_an_ordered_resume_may_ask_for_more_epochs(project: Path) -> None:
    with open_project(project) as place:
        job = job_of(train_order(SHORT), place)
        run(job)
        again = run(job_of(reopened(project, resume_order(job.of.id, epochs=2)), place))
    assert again[-1].facts["step"] == 4


def test_ordered_captions_are_for_the_images_that_were_chosen(project: Path, tmp_path: Path) -> None:
    with open_project(project) as place:
        job = job_of(reopened(project, tag_order(tmp_path / "tagger", 0.3, "merge", ["ab", "cd"])), place)
    assert job == Tag(project, tmp_path / "tagger", 0.3, "merge", images=("ab", "cd"))


def test_what_cannot_be_done_is_told_when_its_turn_comes(project: Path) -> None:
    with open_project(project) as place:
        with pytest.raises(UserError, match="There is no run 'latest'"):
            job_of(resume_order("latest"), place)
        with pytest.raises(UserError, match="no order called 'dance'"):
            job_of(Order("dance"), place)
        with pytest.raises(UserError, match="The order is damaged: it lacks 'recipe'"):
            job_of(Order("train", {}), place)


def test_a_mistake_of_ours_in_a_job_is_not_blamed_on_the_order(project: Path, monkeypatch) -> None:
    def broken(*arguments) -> None:
        raise ValueError("ours")

    monkeypatch.setattr("studio.jobs.orders.start_training", broken)
    with open_project(project) as place, pytest.raises(ValueError, match="ours"):
        job_of(train_order(SHORT, BaseChoice("practice")), place)
