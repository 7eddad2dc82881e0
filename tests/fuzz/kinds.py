"""What is fuzzed: how an input of each kind is made, and who has to stand it. Readers accept, or raise `UserError`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from studio.core.errors import UserError
from tests.fuzz import judgements, pictures, tensors, texts

Make = Callable[[Random], tuple[bytes, bool]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`share` of 10,000 inputs; `file` is what the input is called on disk."""

    name: str
    share: int
    file: str
    make: Make
    read: Callable[[Path], None]


def read_picture(path: Path) -> None:
    """Import, size and training agree on every picture that is accepted."""
    from studio.store import images

    picture = images.read_picture(path)
    seen = images.open_rgb(path)
    assert seen.mode == "RGB" and seen.size == (picture.width, picture.height) == images.size_of_file(path)
    assert all(note.endswith(".") for note in picture.notes)


def read_caption(path: Path) -> None:
    from studio.core.caption import join_caption, names_trigger, split_caption, weighted
    from studio.store.captions import read_caption, write_caption

    text = read_caption(path.with_suffix(".png"))
    if text:
        join_caption(*split_caption(text))
        weighted(text), names_trigger(text, "mira")
        write_caption(path.with_name("again.png"), text)
        assert read_caption(path.with_name("again.png")) == text


def read_recipe(path: Path) -> None:
    from studio.core.recipe import from_toml, load_recipe, to_toml

    recipe = load_recipe(path)
    assert from_toml(to_toml(recipe)) == recipe


def read_plan(path: Path) -> None:
    from studio.core.project import Character
    from studio.core.recipe import Recipe
    from studio.core.sheet_plan import load_plan, sheet_of
    from studio.core.sweep import from_toml, to_toml

    sheet = sheet_of(load_plan(path), Recipe(), [Character("Mira", "mira")], {1: "ab", 2: "cd"}, "base")
    sheet.expand()
    assert from_toml(to_toml(sheet)) == sheet


def read_sheet(path: Path) -> None:
    from studio.core.sweep import from_toml
    from studio.core.texts import read_text

    for cell in from_toml(read_text(path), str(path)).expand():
        assert len(cell.key) > 10


def read_project(path: Path) -> None:
    from studio.core.project import to_toml
    from studio.store.workspace import read_project

    to_toml(read_project(path.parent).project)


def read_journal(path: Path) -> None:
    """As `show` reads it, for a run and for a sheet, and as the next attempt finds it."""
    from studio.cli.show import _run_lines, _sheet_lines
    from studio.core.fold import fold, fold_sheet
    from studio.jobs.bases import base_from_facts
    from studio.store import journal
    from studio.store.runs import RunFolder
    from studio.store.sweeps import SheetFolder

    events = journal.read(path)
    run = fold(events, alive=False)
    base_from_facts(run.course.facts.get("base"))
    list(_run_lines(RunFolder(path.parent), run))
    list(_sheet_lines(SheetFolder(path.parent), "t", fold_sheet(events, alive=False)))
    journal.heal(path)
    assert journal.read(path) == events


def read_dataset(path: Path) -> None:
    from studio.core.buckets import bucket_of
    from studio.core.dataset import from_json, to_json
    from studio.core.preflight import require_ready
    from studio.core.recipe import Recipe
    from studio.core.texts import read_text

    dataset = from_json(read_text(path), str(path))
    assert from_json(to_json(dataset)) == dataset
    require_ready(dataset, Recipe())
    for image in dataset.images:
        bucket_of(image.width, image.height, Recipe())
        assert dataset.repeats_of(image) > 0


def read_marks(path: Path) -> None:
    """As the window opens them, shows what they say, adds to them and takes that back."""
    from studio.core.blind import noise_of, sitting
    from studio.core.feature_boxes import boxes_in, features
    from studio.core.marks import median_seconds, note
    from studio.store.marks import Marks, read_marks

    file = Marks(path.parent)
    state = file.state
    assert read_marks(path.parent) == state
    for judge in state.judges():
        assert {mark.judge for mark in state.counting(judge)} <= {judge}
        assert sitting("abc", ["face"], state.marks(), judge).turns
    assert [mark.share for mark in state.counting() if mark.is_of_trait and not 0 <= mark.share <= 1] == []
    median_seconds(state.marks()), noise_of(state.marks(), 0.1), features("a", boxes_in(state.counting()), {})
    file.add([note("a", "雪", "me")])
    file.undo()
    assert set(file.state.counting()) == set(state.counting())


def read_verdicts(path: Path) -> None:
    from studio.core.verdict_journal import held, report
    from studio.store.verdicts import read_verdicts, write_judgement

    lines = read_verdicts(path.parent)
    assert len(list(report(lines))) == len(held(lines))
    written = write_judgement(path.parent, "ep1", "ep1.", [("0001", "ab")])
    assert read_verdicts(path.parent) == (*lines, written)


def read_rubric(path: Path) -> None:
    from studio.core.rubric import from_toml, to_toml
    from studio.core.texts import read_text

    rubric = from_toml(read_text(path), str(path))
    assert from_toml(to_toml(rubric)) == rubric


def read_picture_text(path: Path) -> None:
    """What the studio, A1111 and ComfyUI wrote; only a graph that was asked for is refused, the rest counts as absent."""
    from studio.store import picture_text
    from studio.store.comfy_graph import graph_of, graph_text

    origin = picture_text.read_origin(path)
    if origin:
        picture_text.parameters_text(origin)
        graph_text(picture_text.graph_from(origin))
    picture_text.read_parameters(path)
    graph_text(graph_of(path))


def read_lora(path: Path) -> None:
    """Read, written in every format that holds it, and read again."""
    from studio.cli.options import FORMATS
    from studio.engine.lora.formats import read_lora, write_lora

    lora = read_lora(path)
    for form in FORMATS:
        again = path.with_name(f"again-{form}.safetensors")
        try:
            write_lora(lora, again, form)
        except UserError as refusal:
            if not is_one_sentence(str(refusal)):
                raise
        else:
            if lora.modules:
                assert read_lora(again).modules.keys() <= lora.modules.keys()


def read_base(path: Path) -> None:
    """All headers are read and fitted to each other; no weight is."""
    from dataclasses import replace

    from studio.engine.anima.checkpoint import outline

    outline(replace(_base(), transformer=path))


def base(chance: Random) -> tuple[bytes, bool]:
    """A sound tiny transformer file with a spoilt header."""
    from tests.fuzz.mutate import rotten

    header, numbers = _base_parts()
    if chance.random() < 0.2:
        whole = tensors.safetensors(header, b"")
        return rotten(whole, chance) + numbers, False
    return tensors.spoilt(header, numbers, chance), True


@cache
def _base():
    from tests.tiny import write_tiny_base

    return write_tiny_base(Path(mkdtemp(prefix="fuzz-base-")))


@cache
def _base_parts() -> tuple[dict, bytes]:
    return tensors.taken_apart(_base().transformer.read_bytes())


KINDS = {kind.name: kind for kind in (
    Kind("picture", 2400, "x.png", pictures.picture, read_picture),
    Kind("caption", 1000, "x.txt", texts.caption, read_caption),
    Kind("recipe", 1000, "x.toml", texts.recipe, read_recipe),
    Kind("sheet plan", 500, "x.toml", texts.plan, read_plan),
    Kind("sheet", 300, "sheet.toml", texts.sheet, read_sheet),
    Kind("project", 400, "project.toml", texts.project, read_project),
    Kind("journal", 500, "journal.jsonl", texts.journal, read_journal),
    Kind("dataset", 400, "dataset.json", texts.dataset, read_dataset),
    Kind("marks", 300, "marks.jsonl", judgements.marks, read_marks),
    Kind("verdicts", 300, "verdicts.jsonl", judgements.verdicts, read_verdicts),
    Kind("rubric", 300, "rubric.toml", judgements.rubric, read_rubric),
    Kind("picture text", 1000, "x.png", texts.picture_text, read_picture_text),
    Kind("lora", 1000, "x.safetensors", tensors.lora, read_lora),
    Kind("base", 600, "x.safetensors", base, read_base),
)}  # fmt: skip


def is_one_sentence(said: str) -> bool:
    """What a person can read in one go: one line, under 400 characters, ended, no traceback and no bare exception."""
    return said.endswith((".", "!", "?")) and "\n" not in said and len(said) < 400 and "Traceback" not in said
