"""Sheets as an article needs them: picture, page, text and tables that say what the window says."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from PIL import Image
from tiny_project import RECIPE, write_project

from studio.core.article_words import Words, label_of, words_of
from studio.core.axes import BASE, EPOCH, Axis
from studio.core.errors import UserError
from studio.core.events import Failed, Finished, Note, Stopped
from studio.core.marks import Mark
from studio.core.sheet_plan import plan_from_toml
from studio.core.sweep import Cell
from studio.jobs.article import TEXT, Article
from studio.jobs.article_picture import FITTING, article_picture, cell_size
from studio.jobs.article_sheet import evidence_of
from studio.jobs.evidence import find_marked
from studio.jobs.render_sheet import start_sheet
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.marks import Marks
from studio.store.verdicts import retract, write_judgement
from studio.store.workspace import open_project, read_project
from tests.ui.conftest import make_project
from tests.ui.written_sheets import written_epochs, written_sheet

EPOCHS = (20, 80, 180)
STEM = "0001-epoch-by-prompt"
EVIL = '</script><script>window.hacked = 1</script>, "quotes", | pipe, \u2028'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A sheet of three epochs on two prompts and two seeds, marked by two judges."""
    folder = make_project(tmp_path / "mira", pictures=2)
    with open_project(folder) as place:
        written_epochs(place, 1)
        sheet = written_sheet(place, (BASE, *EPOCHS), coloured, prompts=("smile, upper body", EVIL))
        mark(sheet, "keiko", lambda cell: 2 if cell.value(EPOCH) > 20 else 0)
        mark(sheet, "gpt-5.5", lambda cell: 1, only=42)
        cells = [("0001", cell.key) for cell in sweeps.read_sheet(sheet).expand()[:2]]
        write_judgement(place.folder, "ep180", "overtrained", cells, "keiko", clock=lambda: 86_400.0)
        retract(place.folder, 1, "one seed", "ep120-150", clock=lambda: 2 * 86_400.0)
    return folder


def coloured(path: Path, cell: Cell) -> None:
    """A colour that tells the epoch: red grows."""
    epoch = cell.value(EPOCH)
    Image.new("RGB", (104, 152), (0 if epoch == BASE else epoch + 60, 10, cell.spec.seed)).save(path)


def mark(sheet, judge: str, value, only: int | None = None) -> None:
    cells = [cell for cell in sweeps.read_sheet(sheet).expand()
             if cell.value(EPOCH) != BASE and only in (None, cell.spec.seed)]
    Marks(sheet.folder).add([Mark(cell.key, "as asked", "obtained", value(cell), judge, time=5.0) for cell in cells])


def written(project: Path, out: Path, **more: object) -> Path:
    ending = run(Article(project, ("latest",), out, **more))[-1]
    assert isinstance(ending, Finished), ending
    assert sorted(ending.facts["files"]) == sorted(path.name for path in out.iterdir() if path.is_file())
    return out


def data_of(page: Path) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="sheet">(.*?)</script>',
                                page.read_text("utf-8"), re.S)[1])


def test_target_and_step_0_are_at_column_0_and_1(project: Path) -> None:
    evidence = evidence_of(read_project(project), "1")
    picture = article_picture(evidence, "Mira", Words())
    assert [(head.group or head.label, head.pinned) for head in picture.columns] == [
        ("target", True), ("step 0", True), ("epoch 20", False), ("epoch 80", False), ("epoch 180", False)]
    for row in picture.cells:
        assert row[0].is_relative_to(project / "images")
        reds = [Image.open(path).getpixel((0, 0))[0] for path in row[1:]]
        assert reds == [0, 80, 140, 240]


def test_a_pinned_column_without_any_picture_is_left_out(project: Path) -> None:
    evidence = evidence_of(read_project(project), "1")
    picture = article_picture(replace(evidence, targets=(None,) * len(evidence.targets)), "Mira", Words())
    assert [head.group or head.label for head in picture.columns if head.pinned] == ["step 0"]
    assert {len(row) for row in picture.cells} == {4}


@pytest.mark.parametrize("size, cell", [((832, 1216), (208, 304)), ((1024, 1024), (304, 304)), ((128, 160), (179, 224)),
                                        ((208, 272), (208, 272)), ((1216, 832), (304, 208))])
def test_cells_fit_a_page_whatever_the_base_draws(project: Path, size: tuple[int, int], cell: tuple[int, int]) -> None:
    with open_project(project) as place:
        sheet = sweeps.read_sheet(sweeps.find_sheet(place, "1"))
        other = replace(sheet, spec=replace(sheet.spec, width=size[0], height=size[1]))
        folder = sweeps.create_sheet(place, other)
        coloured(folder.cell(other.expand()[-1].key), other.expand()[-1])
    assert cell_size(evidence_of(read_project(project), "2"), FITTING) == cell


def test_where_columns_are_seeds_step_0_says_whose_it_is(project: Path, tmp_path: Path) -> None:
    with open_project(project) as place:
        sheet = sweeps.read_sheet(sweeps.find_sheet(place, "1"))
        poses = replace(sheet, rows=(sheet.columns[0],), columns=(Axis(EPOCH, (80,)), sheet.columns[1]))
        folder = sweeps.create_sheet(place, poses)
        for cell in poses.expand():
            coloured(folder.cell(cell.key), cell)
    picture = article_picture(evidence_of(read_project(project), "2"), "Mira", Words())
    assert [(head.group, head.label) for head in picture.columns] == [
        ("target", ""), ("step 0", "seed 42"), ("seed 42", ""), ("seed 100", "")]
    for path in (path for path in (project / "sheets").rglob("*.png") if path.stem in {
            cell.key for cell in sheet.expand() if cell.value(EPOCH) == BASE}):
        path.unlink()
    notes = [event.text for event in run(Article(project, ("2",), tmp_path / "out")) if isinstance(event, Note)]
    assert notes == ["Sheet 0002: step 0 of 2 rows is not rendered yet. Draw it on the grids page, or render the sheet "
                     "with --axis 'epoch=base, all'."]


def test_rows_say_only_what_their_prompts_do_not_share(project: Path) -> None:
    with open_project(project) as place:
        sheet = sweeps.read_sheet(sweeps.find_sheet(place, "1"))
        prompts = Axis("prompt", ("best quality, 1girl, {trigger}, smile", "best quality, 1girl, {trigger}, running"))
        other = replace(sheet, columns=(prompts,), characters=(("Mira", "miravelo"),),
                        spec=replace(sheet.spec, prompt=str(prompts.values[0])))
        folder = sweeps.create_sheet(place, other)
        coloured(folder.cell(other.expand()[-1].key), other.expand()[-1])
    picture = article_picture(evidence_of(read_project(project), "2"), "Mira", Words())
    assert [row.label for row in picture.rows] == ["smile", "running"]
    assert picture.subtitle == "Every prompt: best quality, 1girl, miravelo"


def test_without_them_only_the_cells_are_shown(project: Path) -> None:
    picture = article_picture(evidence_of(read_project(project), "1"), "Mira", Words(), with_pinned=False)
    assert [len(row) for row in picture.cells] == [3, 3, 3, 3] and not any(head.pinned for head in picture.columns)


def test_the_picture_tells_rows_columns_seed_and_profile(project: Path) -> None:
    picture = article_picture(evidence_of(read_project(project), "1"), "Mira", Words(), 0.5)
    assert [(row.label, row.notes) for row in picture.rows[:2]] == [
        ("smile, upper body", ("seed 42",)), ("smile, upper body", ("seed 100",))]
    assert "seeds 42, 100" in picture.footer and "ER SDE, Simple" in picture.footer and "profile" in picture.footer
    assert picture.cell == (48, 72)


def test_all_of_it_is_written(project: Path, tmp_path: Path) -> None:
    out = written(project, tmp_path / "out")
    assert {path.name for path in out.iterdir()} == {
        TEXT, f"{STEM}.png", f"{STEM}.html", f"{STEM}-pictures", f"{STEM}-hits.csv", f"{STEM}-hits-2-gpt-5-5.csv",
        f"{STEM}-cells.csv"}
    with Image.open(out / f"{STEM}.png") as picture:
        picture.load()


def test_the_text_says_what_the_window_says(project: Path, tmp_path: Path) -> None:
    text = (written(project, tmp_path / "out") / TEXT).read_text("utf-8")
    sentence = find_marked(read_project(project), "1").evidence("keiko").verdict.sentence
    assert f"**{sentence}**" in text.replace("\\", "")
    assert "1970-01-02 ep180 (retracted 1970-01-03: one seed) -> ep120-150: overtrained" in text.replace("\\", "")
    key = sweeps.read_sheet(sweeps.find_sheet(read_project(project), "1")).expand()[0].key
    assert f"([its pictures](<{STEM}.html#{key}>))" in text
    assert "| epoch 80 | as asked | 4/4 | 100 % | \\[39.8, 100\\] |" in text
    assert "Hits, judged by gpt-5.5" in text and f"](<{STEM}.png>)" in text


def test_the_text_says_what_every_row_asked_for(project: Path, tmp_path: Path) -> None:
    text = (written(project, tmp_path / "out") / TEXT).read_text("utf-8").replace("\\", "")
    asked = text.partition("### What was asked for")[2].partition("###")[0].strip().splitlines()
    assert asked[0] == "- smile, upper body: 1girl, miravelo, smile, upper body" and len(asked) == 2


def test_the_hits_are_those_on_screen(project: Path, tmp_path: Path) -> None:
    out = written(project, tmp_path / "out")
    table = find_marked(read_project(project), "1").evidence("keiko").table
    with (out / f"{STEM}-hits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1:] for row in rows[1:]] == [list(texts[1:]) for texts in table.texts[1:]]
    assert rows[0] == ["epoch", "trait", "hits", "hit rate", "95 % Clopper-Pearson"]


def test_every_cell_is_a_row_with_what_was_said_of_it(project: Path, tmp_path: Path) -> None:
    with (written(project, tmp_path / "out") / f"{STEM}-cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    first = next(row for row in rows if row["epoch"] == "80" and row["seed"] == "42")
    assert (first["as asked (keiko)"], first["as asked (gpt-5.5)"]) == ("obtained", "partial")


def test_texts_of_the_page_can_be_no_markup(project: Path, tmp_path: Path) -> None:
    page = written(project, tmp_path / "out") / f"{STEM}.html"
    text = page.read_text("utf-8")
    assert text.count("<script") == text.count("</script>") == 3 and "window.hacked = 1</script>" not in text
    prompts = {cell["prompt"] for row in data_of(page)["rows"] for cell in row["cells"]}
    assert f"1girl, miravelo, {EVIL}" in prompts


def test_the_page_asks_nothing_of_any_network(project: Path, tmp_path: Path) -> None:
    for inside in (True, False):
        text = (written(project, tmp_path / f"out{inside}", inside=inside) / f"{STEM}.html").read_text("utf-8")
        own = re.sub(r'embedded\.push\("data:[^"]*"\)', "", text)
        assert not re.search(r"https?:|//\w|@import|url\(|fetch\(|XMLHttp", own)
        assert "default-src 'none'" in text


def test_pictures_lie_beside_the_page_or_in_it(project: Path, tmp_path: Path) -> None:
    beside = written(project, tmp_path / "beside") / f"{STEM}.html"
    files = data_of(beside)["pictures"]
    assert len(files) == len({*files}) and all((beside.parent / file).is_file() for file in files)
    inside = written(project, tmp_path / "inside", inside=True) / f"{STEM}.html"
    assert data_of(inside)["pictures"] == [] and not (inside.parent / f"{STEM}-pictures").exists()
    assert inside.read_text("utf-8").count('embedded.push("data:image/webp;base64,') == len(files)


def test_every_place_of_the_page_has_its_picture(project: Path, tmp_path: Path) -> None:
    page = written(project, tmp_path / "out") / f"{STEM}.html"
    data = data_of(page)
    assert [column["pinned"] for column in data["columns"]] == [True, True, False, False, False]
    for row in data["rows"]:
        shown = [Image.open(page.parent / data["pictures"][cell["picture"]]) for cell in row["cells"]]
        assert [picture.getpixel((0, 0))[0] for picture in shown[1:]] == [0, 80, 140, 240]


def test_an_article_can_speak_japanese(project: Path, tmp_path: Path) -> None:
    words = words_of("ja")
    out = written(project, tmp_path / "out", language="ja")
    sentence = words.sentence(find_marked(read_project(project), "1").evidence("keiko").verdict.clauses)
    assert re.search("[ぁ-ん]", sentence) and sentence in (out / TEXT).read_text("utf-8").replace("\\", "")
    assert data_of(out / f"{STEM}.html")["language"] == "ja"


def test_labels_are_told_in_the_catalogues_words() -> None:
    words = Words("ja", {"epoch {epoch}": "エポック{epoch}", "seed {seed}": "シード{seed}", "target": "目標",
                         "as asked": "指定どおり", "retracted {day}: {why}": "{day}撤回、{why}"})
    assert label_of(EPOCH, 20, words) == "エポック20" and label_of("seed", 42, words) == "シード42"
    assert label_of(EPOCH, "no trigger", words) == "no trigger" and label_of("pose", "sitting", words) == "sitting"
    assert words.word("as asked") == "指定どおり" and words.word("target") == "target", "a trait is a person's word"


def test_a_sheet_that_is_half_rendered_says_so(project: Path, tmp_path: Path) -> None:
    with open_project(project) as place:
        sheet = sweeps.find_sheet(place, "1")
        next(iter((sheet.folder / "cells").glob("*.png"))).unlink()
    events = run(Article(project, ("1",), tmp_path / "out"))
    assert any("1 of its pictures are not rendered yet" in event.text for event in events if isinstance(event, Note))
    assert isinstance(events[-1], Finished)


def test_it_can_be_stopped(project: Path, tmp_path: Path) -> None:
    events = run(Article(project, ("1",), tmp_path / "out"), stop_at=lambda event: True)
    assert isinstance(events[-1], Stopped)
    assert not list((tmp_path / "out").glob("*.part"))


@pytest.mark.parametrize("more, told", [
    ({"language": "fr"}, "There is no language called 'fr'"), ({"formats": ("pdf",)}, "There is no format called 'pdf'"),
    ({"scale": 0.01}, "Cells cannot be 0.01 times as large"), ({"formats": ()}, "There is nothing to write"),
])
def test_what_cannot_be_is_refused_before_anything_is_written(project: Path, tmp_path: Path, more: dict,
                                                              told: str) -> None:
    ending = run(Article(project, ("1",), tmp_path / "out", **more))[-1]
    assert isinstance(ending, Failed) and told in ending.what
    assert not (tmp_path / "out").exists()


def test_a_sheet_without_pictures_is_refused(project: Path) -> None:
    with open_project(project) as place:
        for path in (sweeps.find_sheet(place, "1").folder / "cells").glob("*.png"):
            path.unlink()
        with pytest.raises(UserError, match="Nothing of sheet 0001 is rendered yet"):
            evidence_of(place, "1")


def test_a_sheet_that_the_engine_rendered_is_written(tmp_path: Path, tiny_base) -> None:
    plan = plan_from_toml("""
title = "small"
[rows]
epoch = "base, all"
[columns]
prompt = "1girl, {trigger}, standing | 1girl, {trigger}, sitting"
""")
    folder = write_project(tmp_path / "tiny", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
        assert isinstance(run(start_sheet(place, plan, "latest"))[-1], Finished)
    evidence = evidence_of(read_project(folder), "latest")
    assert evidence.missing == 0 and None not in (*evidence.starts, *evidence.targets) and evidence.base_title
    out = tmp_path / "out"
    assert isinstance(run(Article(folder, ("latest",), out))[-1], Finished)
    data = data_of(out / "0001-small.html")
    assert [len(row["cells"]) for row in data["rows"]] == [4, 4] and len(data["pictures"]) >= 7
    assert evidence.base_title in (out / TEXT).read_text("utf-8")


def test_the_same_article_can_be_written_again(project: Path, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in written(project, tmp_path / "out").rglob("*") if path.is_file()}
    again = {path.name: path.read_bytes() for path in written(project, tmp_path / "out").rglob("*") if path.is_file()}
    assert first == again


def test_a_text_that_somebody_went_on_writing_in_is_not_written_over(project: Path, tmp_path: Path) -> None:
    out = written(project, tmp_path / "out")
    own = (out / TEXT).read_text("utf-8") + "\nMy own words.\n"
    (out / TEXT).write_text(own, "utf-8")
    assert run(Article(project, ("1",), out))[-1].facts["files"][-1] == "article-2.md"
    assert run(Article(project, ("1",), out))[-1].facts["files"][-1] == "article-2.md", "that one is as it was written"
    assert (out / TEXT).read_text("utf-8") == own
