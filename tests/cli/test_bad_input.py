"""Whatever lies in a person's files: exit code 2 and one sentence, or it is read as it was meant. Never a traceback."""

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from tiny_project import RECIPE, write_project, write_recipe

from studio.cli.main import main
from studio.core.events import Event, Failed, Finished, Note, from_json
from studio.store import journal
from studio.store.captions import read_caption
from studio.store.workspace import create, open_project, read_project
from tests.fuzz.kinds import is_one_sentence

ROOT = Path(__file__).parents[2]
MODULE = "lora_unet_blocks_0_self_attn_q_proj"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture) -> Callable[..., list[Event]]:
    """Types a command, and answers with what it told."""
    def typed(*words: object) -> list[Event]:
        capsys.readouterr()
        code = main([*map(str, words), "--json"])
        said = capsys.readouterr()
        events = [from_json(line) for line in said.out.splitlines()]
        assert said.err == "" and code == (2 if isinstance(events[-1], Failed) else 0), said
        return events

    return typed


def refused(events: list[Event]) -> str:
    """The one sentence of a refusal."""
    assert isinstance(events[-1], Failed) and events[-1].kind == "person"
    assert sum(isinstance(event, Failed) for event in events) == 1
    said = f"{events[-1].what}. {events[-1].remedy}"
    assert is_one_sentence(said), said
    return said


def notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    create(tmp_path / "p", "Book").close()
    return tmp_path / "p"


def test_of_a_folder_of_everything_what_can_be_read_is_and_the_rest_is_named(project: Path, tmp_path: Path,
                                                                             ask) -> None:
    folder = everything(tmp_path / "in")
    events = ask("import", project, folder, "--character", "Mira", "--trigger", "mira")
    facts = events[-1].facts
    assert sorted(Path(path).name for path in facts["refused"]) == sorted((
        "bomb.png", "empty.png", "photo.heic", "text.png", "torn.png", "loop.png", "dangling.png", "latin.png",
        "drawing.psd"))
    assert facts["imported"] == 8
    left_out = [text for text in notes(events) if " was left out: " in text]
    assert len(left_out) == 9 and all(map(is_one_sentence, left_out)), left_out
    assert "moving.gif is animated; only its first frame is used." in notes(events)
    assert "clear.png is transparent in places; these become white." in notes(events)
    assert any("holds (smile:1.3): in a caption it is literal text" in text for text in notes(events))


def everything(folder: Path) -> Path:
    """Good pictures of every kind, and every kind of bad one."""
    folder.mkdir()
    picture = Image.effect_noise((64, 64), 90).convert("RGB")
    for number, name in enumerate(("good.png", "photo.jpg", "雪 🎤.png", "CON.png", "dots...png", "x" * 200 + ".png")):
        picture.rotate(20 * number).save(folder / name)
    (folder / "good.txt").write_bytes("mira, (smile:1.3)".encode("utf-16"))
    picture.save(folder / "moving.gif", save_all=True, append_images=[picture.rotate(90)])
    clear = picture.convert("RGBA")
    clear.putalpha(100)
    clear.save(folder / "clear.png")
    picture.rotate(5).save(folder / "latin.png")
    (folder / "latin.txt").write_bytes("café".encode("cp1252"))
    (folder / "torn.png").write_bytes((folder / "good.png").read_bytes()[:3000])
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("not a picture")
    (folder / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(64))
    (folder / "drawing.psd").write_bytes(b"8BPS\0\1" + bytes(64))
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "folder.png").mkdir()
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "dangling.png").symlink_to(folder / "gone")
    return folder


def bomb() -> bytes:
    from tests.fuzz.pictures import png_of

    return png_of([(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)), (b"IDAT", b"x"), (b"IEND", b"")])


def test_names_that_other_systems_refuse_become_names_that_all_take(project: Path, tmp_path: Path, ask) -> None:
    (tmp_path / "in").mkdir()
    names = ("CON.png", "dots. . .png", "x" * 200 + ".PNG", 'a"b<c>|?*.png', "👩‍🎤.png", "a\nb.png", ".hidden.png")
    for number, name in enumerate(names):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(tmp_path / "in" / name)
    ask("import", project, tmp_path / "in", "--character", "aux. ", "--trigger", "mira")
    made = [path.name for path in (project / "images").rglob("*.png")]
    assert sorted(made) == sorted(("_CON.png", "dots.png", "x" * 60 + ".png", "a_b_c____.png", "👩‍🎤.png", "a_b.png"))
    assert (project / "images" / "_aux").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is text")
def test_a_folder_whose_name_is_no_text_can_be_worked_in(tmp_path: Path, tiny_base) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    project = write_project(folder / "p", "")
    recipe = write_recipe(tmp_path / "r.toml", RECIPE)
    line = ["train", project, "--recipe", recipe, "--base", tiny_base.transformer, "--set", "epochs=1"]
    done = subprocess.run([sys.executable, "-m", "studio", *line], cwd=ROOT, capture_output=True)
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr
    [told] = project.glob("runs/*/journal.jsonl")
    assert isinstance(journal.read(told)[-1], Finished)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every argument is text")
def test_words_that_are_no_text_are_refused(tmp_path: Path) -> None:
    for words in ((b"new", os.fsencode(tmp_path / "p"), b"--name", b"\xff"),
                  (b"render", b"--prompt", b"\xff", b"--out", b"x.png", b"--base", b"practice")):
        done = subprocess.run([os.fsencode(sys.executable), b"-m", b"studio", *words], cwd=ROOT, capture_output=True)
        assert done.returncode == 2 and b"Traceback" not in done.stderr and done.stderr.count(b"error: ") == 1


RECIPES = {
    "an unknown key": ("learning_rat = 1e-4", "no setting called 'learning_rat'. Did you mean 'learning_rate'?"),
    "out of range": ("rank = 0", "rank cannot be 0. It must be at least 1."),
    "a wrong type": ('rank = "many"', "rank cannot be 'many'. It must be a whole number."),
    "nan": ("learning_rate = nan", "learning_rate cannot be nan. It must be a finite number."),
    "infinite": ("alpha = inf", "alpha cannot be inf"), "not toml": ("rank: 3", "is not valid TOML"),
    "twice": ("rank = 1\nrank = 2", "is not valid TOML: Cannot overwrite"),
    "another encoding": ("name = 'é'".encode("latin-1"), "is not UTF-8 text"),
    "nothing but zeros": (bytes(100), "is not valid TOML"), "huge": (b"# " + b"x" * 2**21, "is larger than 1 MiB"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0", "is not UTF-8 text"),
    "a number beyond all": ("alpha = 1" + "0" * 400, "alpha cannot be"),
    "a list for a word": ("optimizer = ['adamw']", "optimizer cannot be ['adamw']. It must be text."),
    "no choice": ("optimizer = 'adam'", "optimizer cannot be 'adam'. It must be one of adamw"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", RECIPES)
def test_a_recipe_with_a_mistake_is_refused_by_its_place(mistake: str, tmp_path: Path, tiny_base, ask) -> None:
    content, said = RECIPES[mistake]
    project = write_project(tmp_path / "p", tiny_base.transformer)
    (tmp_path / "r.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    told = refused(ask("train", project, "--recipe", tmp_path / "r.toml"))
    assert said in told and "r.toml" in told
    assert list((project / "runs").iterdir()) == []


def test_a_recipe_that_is_a_folder_or_nowhere_is_refused(tmp_path: Path, ask) -> None:
    project = write_project(tmp_path / "p", "practice")
    for wanted in (tmp_path, tmp_path / "gone.toml", "oficial"):
        refused(ask("train", project, "--recipe", wanted))


@pytest.mark.parametrize("base", ["gone.safetensors", "p", "p/project.toml"])
def test_a_base_that_is_none_is_refused(base: str, tmp_path: Path, ask) -> None:
    project = write_project(tmp_path / "p", "")
    told = refused(ask("train", project, "--recipe", "official", "--base", tmp_path / base))
    assert str(tmp_path / base) in told


def lora(path: Path, rank: int = 2, inputs: int = 64, outputs: int = 64, **changes: object) -> Path:
    """A kohya LoRA for the tiny base, some of its tensors changed."""
    tensors = {f"{MODULE}.lora_down.weight": np.ones((rank, inputs), np.float32),
               f"{MODULE}.lora_up.weight": np.ones((outputs, rank), np.float32),
               f"{MODULE}.alpha": np.array(1.0, np.float32)} | changes  # fmt: skip
    save_file({name: value for name, value in tensors.items() if value is not None}, path)
    return path


LORAS = {
    "not a number": {f"{MODULE}.lora_up.weight": np.full((64, 2), np.nan, np.float32)},
    "infinite": {f"{MODULE}.alpha": np.array(np.inf, np.float32)},
    "factors of different rank": {f"{MODULE}.lora_up.weight": np.ones((64, 3), np.float32)},
    "one factor": {f"{MODULE}.lora_up.weight": None},
    "another model": {"lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight": np.ones((2, 64), np.float32)},
    "no matrix": {f"{MODULE}.lora_down.weight": np.ones((2,), np.float32)},
    "whole numbers": {f"{MODULE}.lora_down.weight": np.ones((2, 64), np.int8)},
}  # fmt: skip


@pytest.mark.parametrize("mistake", LORAS)
def test_a_lora_that_cannot_be_used_is_refused_by_name_wherever_it_is_given(mistake: str, tmp_path: Path, tiny_base,
                                                                            ask) -> None:
    path = lora(tmp_path / "x.safetensors", **LORAS[mistake])
    assert "x.safetensors" in refused(ask("convert", path, tmp_path / "y.safetensors", "--format", "comfy"))
    assert "x.safetensors" in refused(ask(*picture(tmp_path, tiny_base), "--lora", path))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["x.safetensors"]


def test_a_lora_for_wider_layers_is_refused_when_it_meets_the_base(tmp_path: Path, tiny_base, ask) -> None:
    path = lora(tmp_path / "x.safetensors", inputs=128)
    told = refused(ask(*picture(tmp_path, tiny_base), "--lora", path))
    assert "x.safetensors does not fit this base model" in told and "128" in told
    assert not (tmp_path / "x.png").exists()


def test_a_lora_at_a_strength_that_is_no_number_is_refused(tmp_path: Path, capsys) -> None:
    for strength in ("nan", "inf", "-inf", "1e999"):
        with pytest.raises(SystemExit) as left:
            main(["render", "--prompt", "x", "--out", "x.png", "--lora", f"x.safetensors:{strength}"])
        assert left.value.code == 2 and "cannot be worn at strength" in capsys.readouterr().err


def picture(tmp_path: Path, tiny_base) -> tuple[object, ...]:
    return ("render", "--prompt", "mira", "--size", "64x64", "--steps", 1, "--base", tiny_base.transformer,
            "--out", tmp_path / "x.png")


def header(entries: object, numbers: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def entry(shape: list[int], start: int, end: int) -> dict[str, object]:
    return {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}


HEADERS = {
    "a length of an exabyte": struct.pack("<Q", 2**60) + b"{}", "a length of everything": b"\xff" * 8 + b"{}",
    "nothing": b"", "half a length": b"\1\0\0", "a length and no more": struct.pack("<Q", 100),
    "no json": struct.pack("<Q", 4) + b"abcd", "a list": header([1, 2]), "no tensor": header({}),
    "overlapping": header({"a": entry([4], 0, 16), "b": entry([4], 8, 24)}, bytes(24)),
    "a negative shape": header({"a": entry([-4], 0, 16)}, bytes(16)),
    "a shape beyond all": header({"a": entry([2**62, 2**62], 0, 16)}, bytes(16)),
    "offsets behind the end": header({"a": entry([4], 0, 2**60)}, bytes(16)),
    "offsets in reverse": header({"a": entry([4], 16, 0)}, bytes(16)),
    "deep": struct.pack("<Q", 200_000) + b"[" * 200_000, "a pickle": b"\x80\x02}q\0." + bytes(40),
}  # fmt: skip


@pytest.mark.parametrize("mistake", HEADERS)
def test_a_weight_file_with_a_false_header_is_refused_by_name(mistake: str, tmp_path: Path, tiny_base, ask) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(HEADERS[mistake])
    assert "x.safetensors" in refused(ask("convert", path, tmp_path / "y.safetensors", "--format", "comfy"))
    assert "x.safetensors" in refused(ask(*picture(tmp_path, tiny_base), "--lora", path))
    parts = ("--text-encoder", tiny_base.text_encoder, "--vae", tiny_base.vae,
             "--qwen-tokenizer", tiny_base.qwen_tokenizer, "--t5-tokenizer", tiny_base.t5_tokenizer)
    assert "x.safetensors" in refused(ask("check", "--base", path, *parts))


@pytest.mark.parametrize("megabytes", [16, 99])
def test_a_header_of_nothing_but_brackets_hangs_nothing(megabytes: int, tmp_path: Path, ask) -> None:
    import studio.engine.lora.formats  # noqa: F401  seconds that are not the header's

    path = tmp_path / "x.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", megabytes * 10**6) + b'{"a":[' + b"[]," * (megabytes * 10**6 // 3 - 4))
        file.truncate(megabytes * 10**6 + 100)
    began = time.process_time()
    assert "x.safetensors" in refused(ask("convert", path, tmp_path / "y.safetensors", "--format", "comfy"))
    assert time.process_time() - began < 60  # against a hang, not for speed


@pytest.mark.parametrize("content", [
    "", "name = ", "name = 3\nschema = 'x'", "character = 5", "[[character]]\nname = 3", "schema = 99", "\0",
    "character = [[[]]]", "group = 'x'", "x" * 2**21,
])  # fmt: skip
def test_a_damaged_project_is_refused_by_every_verb_or_read(content: str, project: Path, tmp_path: Path, ask) -> None:
    (project / "project.toml").write_text(content)
    for words in (("tag", project), ("train", project, "--recipe", "official", "--base", "practice"),
                  ("resume", project, "latest"), ("render", project, "--sheet", "epoch-by-prompt", "--run", 1)):
        events = ask(*words)
        assert isinstance(events[-1], Finished) or refused(events)


def test_a_journal_and_a_frozen_dataset_that_were_damaged_are_named(tmp_path: Path, tiny_base, ask, capsys) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    ask("train", project, "--recipe", write_recipe(tmp_path / "r.toml", RECIPE), "--set", "max_steps=1")
    [run] = (project / "runs").iterdir()
    frozen, told = (run / "dataset.json").read_text(), (run / "journal.jsonl").read_bytes()
    (run / "journal.jsonl").write_bytes(told.replace(b'"finished"', b'"stopped"'))
    for content in ("", "[]", "{}", "[" * 10_000, frozen.replace('"width": 64', '"width": "64"'), frozen[:-9]):
        (run / "dataset.json").write_text(content)
        assert "dataset.json" in refused(ask("resume", project, 1))
    (run / "dataset.json").write_text(frozen)
    (run / "journal.jsonl").write_bytes(b"rubbish\n" + told)
    assert "journal.jsonl is damaged at byte 0" in refused(ask("resume", project, 1))
    assert main(["show", str(project)]) == 2
    assert "journal.jsonl is damaged at byte 0" in capsys.readouterr().err


def test_a_run_that_went_astray_can_be_shown(tmp_path: Path, tiny_base, ask, capsys) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    ask("train", project, "--recipe", write_recipe(tmp_path / "r.toml", RECIPE), "--set", "preview_every=0")
    [told] = project.glob("runs/*/journal.jsonl")
    for loss in (b"null", b"1e308"):
        facts = b'"step":1,"epoch":1,"loss":%s,"lr":null,"seconds":null,"exposures":2,"time":1e300' % loss
        told.write_bytes(told.read_bytes() + b'{"event":"step_done",%s}\n' % facts)
        capsys.readouterr()
        assert main(["show", str(project)]) == 0
        assert "Traceback" not in capsys.readouterr().err


HOLD = "import sys; from pathlib import Path; from studio.store.lock import Lock; " \
       "held = Lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"


def test_a_project_open_elsewhere_is_refused_naming_the_process_and_free_after_its_death(project: Path, ask) -> None:
    words = ("import", project, ROOT / "resources" / "samples", "--character", "Mira", "--trigger", "mira")
    with subprocess.Popen([sys.executable, "-c", HOLD, str(project)], cwd=ROOT, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as other:
        other.stdout.readline()
        assert refused(ask(*words)) == f"The project p is already open in process {other.pid}. Close it there first."
        other.kill()
    assert (project / "project.lock").read_text() == str(other.pid)
    with open_project(project):
        assert (project / "project.lock").read_text() == str(os.getpid())


@pytest.mark.parametrize("content", [b"", b"999999999", b"\xff\xfe", b"x" * 5000, b"-1"])
def test_whatever_a_dead_process_left_in_the_lock_the_project_opens(content: bytes, project: Path, ask) -> None:
    (project / "project.lock").write_bytes(content)
    with open_project(project) as place:
        assert place.is_owner


def test_captions_in_every_encoding_arrive_as_text_or_are_named(project: Path, tmp_path: Path, ask) -> None:
    (tmp_path / "in").mkdir()
    contents = {"bom": "mira, é".encode("utf-8-sig"), "wide": "mira, é".encode("utf-16"), "crlf": "mira,\r\né".encode(),
                "commas": b",,,", "sjis": "ミラ".encode("shift-jis"), "zeros": b"mira\0", "long": b"a" * 2**20}
    for number, (name, content) in enumerate(contents.items()):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(tmp_path / "in" / f"{name}.png")
        (tmp_path / "in" / f"{name}.txt").write_bytes(content)
    events = ask("import", project, tmp_path / "in", "--character", "Mira", "--trigger", "mira")
    assert sorted(Path(path).stem for path in events[-1].facts["refused"]) == ["long", "sjis", "zeros"]
    read = {path.stem: read_caption(path) for path in (project / "images").rglob("*.png")}
    assert read == {"bom": "mira, é", "wide": "mira, é", "crlf": "mira,\né", "commas": None}
    assert read_project(project).project.characters[0].name == "Mira"


@pytest.mark.parametrize("words", [
    ("show", "{p}", "9" * 5000), ("show", "{p}", "sheet/" + "9" * 5000), ("show", "{p}", "\udcff"),
    ("show", "x" * 5000), ("resume", "{p}", "9" * 5000), ("tag", "{p}", "--threshold", "nan"),
    ("render", "{p}", "--sheet", "epoch-by-prompt", "--run", "1", "--axis", "seed=0, 1e-999999, ..., 9"),
    ("render", "--prompt", "x", "--out", "x.png", "--size", "9" * 5000 + "x1"),
    ("render", "--prompt", "x", "--out", "x.png", "--seed", "9" * 5000),
    ("render", "--prompt", "x", "--out", "x.png", "--cfg", "nan"),
    ("import", "{p}", "{p}", "--character", "M", "--repeats", "x"), ("import", "{p}", "", "--character", "M"),
    ("train", "{p}", "--recipe", "official", "--set", "x" * 100_000 + "=1"),
    ("new", "{p}/project.toml/x", "--name", "x"), ("new", "{p}", "--name", ""),
    ("convert", "{p}", "{p}/y.safetensors", "--format", "comfy"),
])  # fmt: skip
def test_words_that_mean_nothing_are_refused_in_a_sentence(words: tuple[str, ...], project: Path, capsys) -> None:
    assert main([word.replace("{p}", str(project)) for word in words]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: ") and is_one_sentence(said), said
