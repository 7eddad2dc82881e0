"""Sheets before they are rendered, and how exactly they are taken up again."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.cli.main import main
from studio.core.axes import parse_axis
from studio.core.errors import UserError
from studio.core.events import CellReady, Finished, Note, Stopped
from studio.core.formats import Wording
from studio.core.sheet_plan import SheetPlan, load_plan, plan_from_toml
from studio.jobs.orders import job_of, sheet_order
from studio.jobs.plan_sheet import facts_of, lines_of, plan_sheet
from studio.jobs.render_sheet import sheet_job, start_sheet
from studio.jobs.train import start_training
from studio.store import sweeps, verdicts
from studio.store.picture_text import read_origin
from studio.store.presets import save_plan
from studio.store.queue import QueueFile
from studio.store.wordings import write_wording
from studio.store.workspace import Workspace, open_project

WORDS = (("nl", "She smiles at us."), ("guide_tags", "hair intakes"))


def plain(name: str) -> SheetPlan:
    """A sheet that ships, drawn as the previews of the run are: there is no Turbo LoRA beside a tiny base."""
    return replace(load_plan(name), profile="")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    """A project with a finished run of five epochs, and formats that differ."""
    folder = write_project(tmp_path_factory.mktemp("planned") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0, epochs=5)))
        write_wording(place, Wording("Mira", WORDS))
    return folder


@pytest.fixture
def place(project: Path) -> Iterator[Workspace]:
    """The project without any sheet."""
    with open_project(project) as place:
        for sheet in sweeps.sheets_of(place):
            shutil.rmtree(sheet.folder)
        (project / verdicts.NAME).unlink(missing_ok=True)
        yield place


def test_a_sheet_that_is_stopped_at_20_of_45_renders_exactly_the_other_25(place: Workspace) -> None:
    done: list[CellReady] = []

    def twentieth(event: object) -> bool:
        done.extend([event] if isinstance(event, CellReady) else [])
        return len(done) == 20

    planned = plan_sheet(place, plain("epoch-format-seed"), "latest")
    assert (len(planned.cells), planned.pictures, len(planned.missing)) == (45, 45, 45)
    assert isinstance(run(sheet_job(place, planned), stop_at=twentieth)[-1], Stopped)
    again = plan_sheet(place, plain("epoch-format-seed"), "latest")
    assert len(again.missing) == 45 - 20
    ending = run(sheet_job(place, again))[-1]
    assert isinstance(ending, Finished) and ending.facts["rendered"] == 25
    assert len(sweeps.sheets_of(place)) == 1
    other = plan_sheet(place, plain("epoch-format-seed"), "latest", axes=[parse_axis("seed=42, 100, 7")])
    assert len(other.missing) == 15 and all(spec.seed == 7 for spec in other.missing)


def test_a_forecast_comes_from_the_last_sheet_and_before_it_from_what_is_assumed(place: Workspace) -> None:
    first = plan_sheet(place, plain("epoch-reline"), "latest")
    assert not first.rate.measured and first.render_s > 0
    run(sheet_job(place, plan_sheet(place, plain("multi-seed-recheck"), "latest")))
    then = plan_sheet(place, plain("epoch-reline"), "latest")
    assert then.rate.measured and then.rate.source == "as measured in sheet 0001 on cpu"
    assert then.render_s < first.render_s


def test_the_chosen_epoch_is_that_of_the_last_verdict_that_stands(place: Workspace) -> None:
    assert "No epoch was chosen yet" in str(plan_sheet(place, plain("back-check"), "latest").remarks[0])
    folder = start_sheet(place, plain("epoch-reline"), "latest").folder
    verdicts.write_judgement(place.folder, "ep3", "Take it.", [(folder.name, "key")])
    mistaken = verdicts.write_judgement(place.folder, "ep1", "Take it.", [(folder.name, "key")])
    verdicts.write_judgement(place.folder, "ep2", "Of another run.", [])
    verdicts.retract(place.folder, mistaken.id, "one seed")
    assert plan_sheet(place, plain("back-check"), "latest").sheet.row_labels == ("epoch 3",)


SEVERAL = plan_from_toml('''
title = "several"
[rows]
epoch = "1, 5"
[columns.composition]
near = "portrait"
far = "full body"
[within]
seed = "1-2"
[render]
prompt = "1girl, {trigger}, {composition}"
''')  # fmt: skip


def test_a_cell_may_hold_several_pictures(place: Workspace) -> None:
    planned = plan_sheet(place, SEVERAL, "latest")
    assert facts_of(planned)["pictures_a_cell"] == 2 and planned.sheet.column_labels == ("near", "far")
    job = sheet_job(place, planned)
    events = run(job)
    cells = [event for event in events if isinstance(event, CellReady)]
    assert {(each.row, each.column, each.slot) for each in cells} == set(product((0, 1), repeat=3))
    assert len(sweeps.read_sheet_state(job.of).cells) == 8 and events[-1].facts["rendered"] == 8
    assert run(start_sheet(place, SEVERAL, "latest"))[-1].facts["rendered"] == 0


def test_a_sheet_that_was_just_put_together_can_be_ordered(place: Workspace) -> None:
    queue = QueueFile(place.folder)
    queue.add(sheet_order(SEVERAL, "latest", axes=["epoch=1"]))
    job = job_of(QueueFile(place.folder).queue.entries[-1].order, place)
    assert len(sweeps.read_sheet(job.of).expand()) == 4


VERSIONS = plan_from_toml('''
title = "versions"
[rows.version]
"this run" = {lora = "this", epoch = "last"}
other = {lora = "FILE:0.5", trigger = "kana", base = "BASE", coat = "red coat"}
[columns]
seed = [1, 2]
[words]
coat = "coat"
[render]
prompt = "1girl, {trigger}, {coat}"
''')  # fmt: skip


def with_files(plan: SheetPlan, lora: Path, base: Path) -> SheetPlan:
    [version] = plan.rows
    named = dict(version.sets)
    other = dict(named["other"]) | {"lora": f"{lora}:0.5", "base": str(base)}
    sets = (("this run", named["this run"]), ("other", tuple(other.items())))
    return replace(plan, rows=(replace(version, sets=sets),))


def test_a_value_sets_base_lora_trigger_strength_and_words_and_each_base_is_loaded_once(
        place: Workspace, tmp_path: Path, tiny_base) -> None:
    lora = next(place.folder.glob("runs/*/checkpoints/e001.safetensors"))
    other = tmp_path / "other"
    shutil.copytree(tiny_base.transformer.parents[1], other)
    base = other / tiny_base.transformer.parent.name / tiny_base.transformer.name
    changed(base)
    job = start_sheet(place, with_files(VERSIONS, lora, base), "latest")
    events = run(job)
    assert isinstance(events[-1], Finished), events[-1]
    cells = sweeps.read_sheet(job.of).expand()
    assert cells[0].spec.prompt == "1girl, mira, coat" and cells[2].spec.prompt == "1girl, kana, red coat"
    assert cells[2].spec.loras[0][1] == 0.5 and cells[0].spec.base != cells[2].spec.base
    assert [read_origin(job.of.cell(cell.key)).spec.base for cell in cells] == [cell.spec.base for cell in cells]


def changed(base: Path) -> None:
    """Another base of the same shape."""
    from safetensors.torch import load_file, save_file

    weights = load_file(base)
    name = next(name for name, tensor in sorted(weights.items()) if tensor.is_floating_point())
    save_file(weights | {name: weights[name] * 1.01}, base)


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ("format=K, Q", "There is no format called 'Q'"),
        ("lora=nowhere.safetensors", "There is no LoRA nowhere.safetensors"),
        ("epoch=7", "The run has no checkpoint of epoch 7"),
        ("character=Kai", "There is no character called 'Kai'"),
        ("sede=1", "There is no axis called 'sede'"),
        ("base=nowhere", "nowhere"),
        ("lora=this | BASE", "anima-tiny.safetensors"),
    ],
)
def test_a_mistake_is_refused_in_one_sentence_before_anything_is_made(place: Workspace, tiny_base, axis: str,
                                                                      said: str) -> None:
    axis = axis.replace("BASE", str(tiny_base.transformer))
    with pytest.raises(UserError) as caught:
        start_sheet(place, plain("epoch-format-seed"), "latest", axes=[parse_axis(axis)])
    assert said in caught.value.what and ". " not in caught.value.what
    assert not sweeps.sheets_of(place)


def test_a_dry_run_prints_one_object_and_makes_nothing(place: Workspace, tmp_path: Path,
                                                       capsys: pytest.CaptureFixture) -> None:
    sheet = tmp_path / "mine.toml"
    sheet.write_text('title = "Mine"\nabout = "Which?"\n[rows]\nepoch = "all"\n[columns]\nseed = "1-3"\n')
    place.close()
    command = ["render", str(place.folder), "--sheet", str(sheet), "--run", "latest", "--dry-run"]
    assert main([*command, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["cells"] == facts["missing"] == 15 and facts["render_s"] > 0 and facts["measured"] is False
    assert main(command) == 0
    assert "15 cells   5 rows x 3 columns" in capsys.readouterr().out
    assert not any((place.folder / "sheets").iterdir())


def test_what_is_said_of_a_sheet_is_told_when_it_starts(place: Workspace) -> None:
    planned = plan_sheet(place, plain("version-compare"), "latest")
    assert any("nothing to compare with yet" in line for line in lines_of(planned))
    notes = [event.text for event in run(sheet_job(place, planned)) if isinstance(event, Note)]
    assert set(map(str, planned.remarks)) <= set(notes)


def test_an_own_sheet_is_planned_by_its_name(place: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path))
    save_plan(plain("epoch-reline"), "mine")
    planned = plan_sheet(place, "mine", "latest")
    assert len(planned.cells) == 4
