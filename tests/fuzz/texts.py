"""Captions, recipes, sheets, projects, journals, frozen datasets and the text in pictures, wrong on purpose."""

import hashlib
import json
import tomllib
import zlib
from collections.abc import Mapping
from pathlib import Path
from random import Random

import resources
from studio.core import dataset as datasets
from studio.core import project as projects
from studio.core import recipe as recipes
from studio.core.axes import Axis
from studio.core.dataset import ImageItem, dataset_of
from studio.core.events import CellReady, CheckpointSaved, Failed, Finished, Note, Started, StepDone, to_json
from studio.core.project import Character, Group, Project
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.core.sweep import to_toml as sheet_text
from studio.store.picture_text import Origin, parameters_text
from studio.store.picture_text import to_json as origin_text
from tests.fuzz.mutate import SPELLED, WORDS, encoded, mutated, rotten, spelled
from tests.fuzz.pictures import png_with

_CAPTIONS = ("1girl, mira, standing, blue hair", "masterpiece, (smile:1.3). She stands. Then she sits.", "赤い髪、ミラ。",
             "a\r\nb\rc", "A. B. C.", "score_9, \\(x\\), [y], {z}, <lora:a:1>, BREAK, __w__", "👩‍🎤, é́, ﷽")  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "shift-jis", "cp1252", "gb18030")
_MIRA, _KAI = Character("Mira", "mira"), Character("Kai", "kaix", repeats=2)
_EVENTS = (Started("0001", "train", 9, {"base": {"name": "practice"}}), StepDone(1, 1, 0.5, 1e-4, 0.1, 8), Note("hm"),
           CheckpointSaved(1, 9, "checkpoints/e001.safetensors", "ab"), StepDone(2, 1, 0.4, 1e-4, 0.1, 16),
           CellReady("ff", "cells/ff.png", 0, 0, {}), Failed("person", "no", "yes"), Finished({"sheet": "x.png"}))


def caption(chance: Random) -> tuple[bytes, bool]:
    text = chance.choice(_CAPTIONS)
    if chance.random() < 0.3:
        return rotten(text.encode(), chance), False
    for _ in range(chance.choice((1, 2, 5))):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice((*WORDS, ",", "(", ":1.3)", ". A", "\n", "\u2028", "\0", "\ufeff")) + text[at:]
    text *= chance.choice((1, 1, 1, 2, 4000))
    encoding = chance.choice(_ENCODINGS)
    errors = "surrogatepass" if encoding.startswith("utf") and chance.random() < 0.3 else "replace"
    return text.encode(encoding, errors)[:400_000], True


def recipe(chance: Random) -> tuple[bytes, bool]:
    return spoilt_toml(tomllib.loads(recipes.to_toml(recipes.Recipe())), chance)


def plan(chance: Random) -> tuple[bytes, bool]:
    shipped = sorted(resources.folder("sheets").glob("*.toml"))
    text = chance.choice(shipped).read_text(encoding="utf-8")
    return spoilt_toml(tomllib.loads(text), chance)


def sheet(chance: Random) -> tuple[bytes, bool]:
    rows = (Axis("epoch", ("base", 1, 2)), Axis("strength", (0.5, 1.0)))
    columns = (Axis("seed", (1, 2)), Axis("outfit", ("a",)))
    spec = RenderSpec(prompt="{trigger}, {outfit}")
    whole = Sheet("t", rows, columns, spec, (("trigger", "mira"),), ((1, "ab"), (2, "cd")))
    return spoilt_toml(tomllib.loads(sheet_text(whole)), chance)


def project(chance: Random) -> tuple[bytes, bool]:
    whole = Project("Two", (_MIRA, _KAI), "practice", groups=(Group(("Mira", "Kai"), 3),))
    return spoilt_toml(tomllib.loads(projects.to_toml(whole)), chance)


def journal(chance: Random) -> tuple[bytes, bool]:
    lines = [to_json(event).encode() for event in _EVENTS]
    if chance.random() < 0.25:
        return rotten(b"\n".join(lines) + b"\n", chance), False
    for _ in range(chance.choice((1, 1, 3))):
        at = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines.insert(at, lines[at])
            case 1:
                lines[at], lines[0] = lines[0], lines[at]
            case _:
                lines[at] = encoded(spelled(mutated(_tree(lines[at]), chance)))
    return b"\n".join(lines) + chance.choice((b"\n", b"\n", b"", b"\n{", b"\n\0\0\0\n")), True


def dataset(chance: Random) -> tuple[bytes, bool]:
    """The frozen images of a run; half of those that are spoilt with care have a digest that fits again."""
    shown = ((("Mira",), "mira"), (("Kai",), "kaix"), (("Mira", "Kai"), "mira, kaix"))
    images = [ImageItem(f"{number:016x}", Path(f"images/{number}.png"), 512, 640, who, f"1girl, {called}")
              for number, (who, called) in enumerate(shown)]
    text = datasets.to_json(dataset_of((_MIRA, _KAI), images, (Group(("Mira", "Kai"), 3),)))
    if chance.random() < 0.2:
        return rotten(text.encode(), chance), False
    table = mutated(json.loads(text), chance)
    if chance.random() < 0.7 and isinstance(table, dict):
        table["digest"] = _digest(table)
    return encoded(spelled(table)), True


def picture_text(chance: Random) -> tuple[bytes, bool]:
    """A sound PNG whose texts are not; checksums and packing are right."""
    spec = RenderSpec(prompt='mira, "x": (a:1.2), b', negative="bad, worse", seed=3)
    origin = Origin(spec, "base, 1", (), {"run": "0001"})
    texts = {b"parameters": parameters_text(origin), b"charstudio": origin_text(origin), b"prompt": _graph(),
             b"workflow": _graph()}  # fmt: skip
    name = chance.choice(list(texts))
    structured = chance.random() < 0.75
    if structured and texts[name].startswith("{"):
        content = encoded(spelled(mutated(json.loads(texts[name]), chance)))
    elif structured:
        content = encoded(_spliced(texts[name], chance))
    else:
        content = rotten(texts[name].encode(), chance)
    others = [(b"iTXt", other + b"\0\0\0\0\0" + text.encode()) for other, text in texts.items() if other != name]
    return png_with([_text_chunk(name, content, chance), *others[:chance.randrange(3)]]), structured


def spoilt_toml(table: Mapping[str, object], chance: Random) -> tuple[bytes, bool]:
    """The text of a table, wrong on purpose, and whether it is TOML still."""
    from studio.core.errors import UserError
    from studio.core.toml import dumps

    if chance.random() < 0.25:
        return rotten(dumps(table).encode(), chance), False
    try:
        text = dumps(mutated(dict(table), chance, _odd_in_toml))
    except (TypeError, AttributeError, UserError):
        text = dumps(table) + chance.choice(("\nx = 1", "\n[[a]]\n[a]", "\nname = 1\nname = 2", '\n"\\ud800" = 1'))
    for word, meant in SPELLED.items():
        text = text.replace(json.dumps(word), {"NaN": "nan", "-Infinity": "-inf"}.get(meant, meant))
    if chance.random() < 0.1:
        text += chance.choice(("\na" + ".a" * 20_000 + " = 1", "\n[" + "a." * 5000 + "a]", "\nx = 1979-05-27", "\r\n"))
    return encoded(text), True


def _odd_in_toml(chance: Random) -> object:
    return chance.choice((
        True, 0, -1, 2**63, 2**70, 0.5, 1e308, float("nan"), float("-inf"), [], [1], ["a", 1], [[]], {"a": 1},
        [{"a": 1}], chance.choice(WORDS), chance.choice(tuple(SPELLED)), "1, 2, ..., 1e9", "0, 1e-9999, ..., 9", "x" * 100_000,
        list(range(3000)), "a | b", "64x64", "9" * 5000 + "x1",
    ))  # fmt: skip


def _tree(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return {"event": "note", "text": "x"}


def _digest(table: dict) -> object:
    """As the studio computes it, where the table still allows that."""
    try:
        facts = {key: value for key, value in table.items() if key != "digest"}
        facts["images"] = [{key: value for key, value in each.items() if key != "path"} for each in facts["images"]]
        facts["characters"] = [{key: value for key, value in each.items() if key != "asymmetric"}
                               for each in facts["characters"]]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    except (KeyError, TypeError, AttributeError, ValueError):
        return table.get("digest")


def _graph() -> str:
    """A small ComfyUI graph."""
    return json.dumps({
        "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "a.safetensors", "weight_dtype": "default"}},
        "2": {"class_type": "CLIPLoader", "inputs": {"clip_name": "q.safetensors", "type": "stable_diffusion"}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "mira", "clip": ["2", 0]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "5": {"class_type": "LoraLoaderModelOnly",
              "inputs": {"model": ["1", 0], "lora_name": "m.safetensors", "strength_model": 1.0}},
        "6": {"class_type": "KSampler", "inputs": {
            "model": ["5", 0], "positive": ["3", 0], "negative": ["3", 0], "latent_image": ["4", 0], "seed": 1,
            "steps": 2, "cfg": 1.0, "sampler_name": "er_sde", "scheduler": "simple", "denoise": 1.0}},
        "7": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["8", 0]}},
        "8": {"class_type": "VAELoader", "inputs": {"vae_name": "v.safetensors"}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["7", 0], "filename_prefix": "x"}},
    })  # fmt: skip


def _spliced(text: str, chance: Random) -> str:
    """Odd words put into a text that is read by its marks."""
    for _ in range(chance.choice((1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice((*WORDS, ",", ": ", '"', "\\", "Negative prompt:", "Steps: 1, ", "\n" * 300,
                                          "a: b, " * 20_000, '"' * 20_000, "x " * 100_000)) + text[at:]
    return text


def _text_chunk(name: bytes, content: bytes, chance: Random) -> tuple[bytes, bytes]:
    match chance.randrange(4):
        case 0:
            return b"tEXt", name + b"\0" + content
        case 1:
            return b"zTXt", name + b"\0\0" + zlib.compress(content)
        case 2:
            return b"iTXt", name + b"\0\1\0\0\0" + zlib.compress(content)
        case _:
            return b"iTXt", name + b"\0\0\0\0\0" + content
