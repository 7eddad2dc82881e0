"""What a plan is made of: the project's images, its runs, its ledgers and what was measured here."""

from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_pair_project, write_project

from studio.core.errors import UserError
from studio.core.events import Finished
from studio.core.ledger import Ledger, Trait
from studio.core.origin import Refusal
from studio.core.recipe import load_recipe
from studio.jobs.bases import PRACTICE, BaseChoice
from studio.jobs.plan import Proposal, approved, facts_of, ground_of, late_of, lines_of, plan_of, plan_on, run_facts
from studio.jobs.train import start_training
from studio.jobs.trained_images import trained_dataset
from studio.store.edits import Desk
from studio.store.ledgers import write_ledger
from studio.store.records import records
from studio.store.runs import find_run, read_dataset, read_origin
from studio.store.workspace import open_project, read_project

OFFICIAL = load_recipe("official")


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer, repeats=4)


def planned(folder: Path, recipe=RECIPE, **facts):
    return plan_of(read_project(folder), Proposal(recipe, **facts), home=folder.parent / "home")


def trained(folder: Path, recipe=RECIPE, **facts) -> str:
    with open_project(folder) as place:
        job = start_training(place, recipe, **facts)
    assert isinstance(run(job)[-1], Finished)
    return job.of.id


def test_without_a_measurement_the_figures_are_assumed_and_say_so(project) -> None:
    found = planned(project, replace(OFFICIAL, epochs=180)).forecast
    assert not found.measured and "assumed" in found.source
    assert (found.exposures_per_image, found.steps) == (720, 720)
    assert found.hours == pytest.approx(720 / 0.34 / 3600, rel=0.05)


def test_a_project_on_the_practice_model_has_assumptions_of_its_own(tmp_path) -> None:
    folder = write_project(tmp_path / "project", PRACTICE)
    assert "two processor cores" in planned(folder, load_recipe("practice")).forecast.source


def test_an_earlier_run_tells_the_speed_of_the_next(project) -> None:
    long = replace(RECIPE, epochs=4)
    before = trained(project, long)
    found = planned(project, long).forecast
    assert found.measured and before in found.source
    run_folder = find_run(read_project(project), before).folder
    sizes = [path.stat().st_size for path in (run_folder / "checkpoints").iterdir()]
    assert found.disk["checkpoints"] == 4 * max(sizes)


def test_a_run_on_another_base_tells_nothing(project, tmp_path) -> None:
    trained(project, replace(RECIPE, epochs=4))
    assert not planned(project, base=BaseChoice(str(tmp_path / "other.safetensors"))).forecast.measured


def test_reports_are_told_for_recipes_that_mean_something_elsewhere(project) -> None:
    assert {each.range for each in planned(project, OFFICIAL).intent.priors} >= {"480 to 600", "about 80"}
    assert planned(project, RECIPE).intent.priors == ()


def test_a_giveaway_or_a_side_is_a_late_feature(tmp_path, project, tiny_base) -> None:
    place = read_project(project)
    assert late_of(place, trained_dataset(place)) is None
    with open_project(project) as place:
        write_ledger(place, Ledger("Mira", (Trait("blue hair", "absorb"),)))
        assert late_of(place, trained_dataset(place)) is False
        write_ledger(place, Ledger("Mira", (Trait("hair intakes", "absorb", giveaway=True),)))
        assert late_of(place, trained_dataset(place)) is True
    pair = read_project(write_pair_project(tmp_path / "pair", tiny_base.transformer))
    assert late_of(pair, trained_dataset(pair)) is True


def test_what_differs_from_the_parent_is_told_and_how_to_tell_it_apart(project) -> None:
    parent = trained(project)
    assert planned(project, replace(RECIPE, name="renamed"), parent=parent).axes == ()
    found = planned(project, replace(RECIPE, rank=4, learning_rate=1e-3), parent="latest")
    assert [axis.name for axis in found.axes] == ["rank", "learning rate"]
    assert [each.takes for each in found.splits] == [("rank",)]
    assert "R07" in {each.rule for each in found.objections}
    text = "\n".join(lines_of(found, (Refusal("R07", "beide gemeint"),)))
    assert f"Changed against {parent}: rank: " in text and "R07  refused: beide gemeint" in text


def test_a_run_knows_its_base_its_images_and_its_recipe(project, tiny_base) -> None:
    found = run_facts(find_run(read_project(project), trained(project)))
    assert (found.base, found.recipe, len(found.dataset.images)) == (tiny_base.transformer.stem, RECIPE, 4)


def test_an_error_has_to_be_refused_with_a_reason_which_the_run_remembers(project) -> None:
    parent, careless = trained(project), replace(RECIPE, rank=4, learning_rate=1e-3, preview_seeds=())
    found = planned(project, careless, parent=parent)
    with pytest.raises(UserError, match="R09"):
        approved(found, ())
    refused = approved(found, (Refusal("R09", "no pictures today"), Refusal("R07", "both"), Refusal("R01", "unasked")))
    assert [each.rule for each in refused] == ["R09", "R07"]
    with open_project(project) as place:
        kept = read_origin(start_training(place, careless, parent=parent, refused=refused).of)
    assert kept.parent == parent and kept.refused == refused and "no seed" in kept.refused[0].said


def test_latents_of_another_trainer_are_told(project) -> None:
    (project / "images" / "Mira" / "0.npz").write_bytes(b"")
    assert "R02" in {each.rule for each in planned(project).objections}


def test_what_was_read_once_serves_every_change_of_the_recipe(project) -> None:
    ground = ground_of(read_project(project), Proposal(RECIPE), home=project.parent / "home")
    for path in sorted((project / "images").rglob("*.png")):
        path.unlink()
    assert plan_on(ground, Proposal(replace(RECIPE, epochs=7))).forecast.exposures_per_image == 28


def test_facts_say_what_the_lines_say(project) -> None:
    found = planned(project, replace(OFFICIAL, epochs=180), price=0.5)
    facts, lines = facts_of(found), "\n".join(lines_of(found))
    assert facts["steps"] == 720 and "in 720 steps" in lines and facts["previews"] in lines
    assert facts["price"] == pytest.approx(found.forecast.total_s / 7200) and "price" in lines
    assert [each["sentence"] in lines for each in facts["priors"]] == [True] * len(facts["priors"])


def test_an_unknown_parent_is_refused_with_what_there_is(project) -> None:
    with pytest.raises(UserError):
        planned(project, parent="0099")


def test_what_a_person_rejected_is_neither_planned_nor_trained(project) -> None:
    with open_project(project) as place, Desk(place) as desk:
        desk.set("Reject", "rejected", {records(place)[0].id: True})
    assert planned(project).forecast.pictures[0].count == 3
    with open_project(project) as place:
        assert len(read_dataset(start_training(place, RECIPE).of).images) == 3
