"""The sample project: a character's pictures, and a ledger of her traits."""

import threading
from pathlib import Path

import resources
from studio.core.events import Event, Finished
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.sample_project import SampleProject, sample_ledger
from studio.store.dataset import dataset
from studio.store.ledgers import read_ledger
from studio.store.workspace import open_project

MIRA = resources.folder("samples", "mira")


def test_the_project_has_her_pictures_captions_and_ledger(tmp_path: Path) -> None:
    heard: list[Event] = []
    ending = execute(Ticket(SampleProject(tmp_path / "p", MIRA)), Gpu("cpu"), heard.append)
    with open_project(tmp_path / "p") as place:
        images = dataset(place).images
        assert isinstance(ending, Finished) and place.project.base == "practice"
        assert len(images) == len(list(MIRA.glob("*.png"))) and all(image.caption for image in images)
        assert read_ledger(place, "Mira") == sample_ledger(MIRA)


def test_a_stopped_one_is_a_project_all_the_same(tmp_path: Path) -> None:
    stop = threading.Event()
    job = SampleProject(tmp_path / "p", MIRA)
    job.run(Gpu("cpu"), lambda event: stop.set() if type(event).__name__ == "ImageImported" else None, stop)
    with open_project(tmp_path / "p") as place:
        assert 0 < len(dataset(place).images) < 32


def test_a_ledger_says_what_is_absorbed_what_varies_and_what_is_never_said() -> None:
    ledger = sample_ledger(MIRA)
    assert "blue eyes" in ledger.tags("absorb") and "hair ribbon" in ledger.tags("vary")
    assert "ahoge" in ledger.tags("forbid")
    assert ledger.trait("hair intakes").giveaway and ledger.trait("hair ribbon").structure
