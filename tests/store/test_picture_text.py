import json
import time

import pytest
from PIL import Image, PngImagePlugin

from studio.core.spec import RenderSpec, key_of
from studio.store.picture_text import Origin, parse_parameters, read_origin, read_parameters, write_png

SPEC = RenderSpec(prompt="mirasol, 1girl, (red eyes:1.3)\nShe stands.", negative="worst quality, blurry",
                  seed=2**63 - 1, steps=8, cfg=4.5, sampler="er_sde", width=64, height=128,
                  loras=(("a" * 64, 1.0), ("b" * 64, -0.3)), base="0123456789abcdef")
NAMES = {"base_name": "anima, v1", "lora_names": ("mira.safetensors", "style")}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.png"


def written(path, spec=SPEC, **options):
    write_png(path, Image.effect_noise((64, 128), 60).convert("RGB"), spec, **options)
    return path


def with_chunk(path, name, text):
    info = PngImagePlugin.PngInfo()
    info.add_text(name, text)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def test_a_picture_knows_all_that_made_it(path):
    facts = {"device": "cpu", "epoch": 4}
    assert read_origin(written(path, facts=facts, **NAMES)) == Origin(SPEC, facts=facts, **NAMES)
    assert key_of(read_origin(path).spec) == key_of(SPEC)


def test_other_tools_read_its_parameters(path):
    text = Image.open(written(path, **NAMES)).info["parameters"]
    assert text == (
        "mirasol, 1girl, (red eyes:1.3)\nShe stands. <lora:mira:1> <lora:style:-0.3>\n"
        "Negative prompt: worst quality, blurry\n"
        "Steps: 8, Sampler: ER SDE, Schedule type: Simple, CFG scale: 4.5, Seed: 9223372036854775807, Size: 64x128, "
        'Model hash: 0123456789, Model: "anima, v1", Lora hashes: "mira: aaaaaaaaaaaa, style: bbbbbbbbbbbb", '
        "Version: Character LoRA Studio")


def test_its_parameters_are_taken_apart_again(path):
    parameters = read_parameters(written(path, **NAMES))
    assert parameters.prompt == "mirasol, 1girl, (red eyes:1.3)\nShe stands. <lora:mira:1> <lora:style:-0.3>"
    assert parameters.negative == "worst quality, blurry"
    assert parameters.settings["Seed"] == "9223372036854775807"
    assert parameters.settings["Model"] == "anima, v1"
    assert parameters.settings["Lora hashes"] == "mira: aaaaaaaaaaaa, style: bbbbbbbbbbbb"


def test_a_prompt_in_another_script_survives(path):
    spec = RenderSpec(prompt="ミラ、青い目")
    assert read_origin(written(path, spec)).spec == spec
    assert read_parameters(path).prompt == "ミラ、青い目"


def test_the_pixels_are_lossless_and_nothing_else_is_left(path):
    image = Image.effect_noise((64, 128), 60).convert("RGB")
    write_png(path, image, SPEC)
    assert Image.open(path).tobytes() == image.tobytes()
    assert [each.name for each in path.parent.iterdir()] == ["a.png"]


def test_the_same_picture_is_the_same_file(path):
    first = written(path).read_bytes()
    assert len(first) > 64 * 128  # it is noise
    image = Image.open(path).convert("RGB")
    write_png(path, image, SPEC)
    assert path.read_bytes() == first


def test_a_lora_without_a_name_is_called_by_its_hash(path):
    assert "<lora:aaaaaaaaaaaa:1>" in read_parameters(written(path)).prompt


def test_a_picture_from_elsewhere_has_no_origin(path, tmp_path):
    Image.new("RGB", (8, 8)).save(path)
    assert read_origin(path) is None and read_parameters(path) is None
    (tmp_path / "b.png").write_bytes(b"rubbish")
    assert read_origin(tmp_path / "b.png") is None and read_parameters(tmp_path / "b.png") is None
    assert read_origin(tmp_path / "missing.png") is None


@pytest.mark.parametrize("text", [
    "not json", "[]", "{}", "null", '{"spec": 3}', "[" * 100_000, '{"spec": {"steps": -1, "loras": [], "base": ""}}',
    json.dumps({"spec": {"loras": [["a"]], "base": ""}, "base_name": "", "lora_names": [], "facts": {}}),
])
def test_a_chunk_that_makes_no_sense_counts_as_absent(path, text):
    assert read_origin(with_chunk(path, "charstudio", text)) is None


def test_a_chunk_that_is_far_too_long_counts_as_absent(path):
    assert read_parameters(with_chunk(path, "parameters", "a" * 300_000)) is None
    written(path)
    content = path.read_bytes()
    bomb = PngImagePlugin.PngInfo()
    bomb.add_itxt("parameters", "a" * 5_000_000, zip=True)
    Image.new("RGB", (8, 8)).save(path, pnginfo=bomb)
    assert path.stat().st_size < len(content)
    assert read_parameters(path) is None


@pytest.mark.parametrize("text, prompt, negative, steps", [
    ("a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1", "a cat", "", "20"),
    ("a cat\nNegative prompt: dog\nblurry\nSteps: 20, Sampler: Euler a, Seed: 1", "a cat", "dog\nblurry", "20"),
    ("just a prompt: with a colon", "just a prompt: with a colon", "", None),
    ("", "", "", None),
])
def test_the_text_of_other_tools_is_taken_apart(text, prompt, negative, steps):
    parameters = parse_parameters(text)
    assert (parameters.prompt, parameters.negative, parameters.settings.get("Steps")) == (prompt, negative, steps)


@pytest.mark.parametrize("text", ["a" * 250_000, "a:" * 125_000, 'a b: "' + "\\" * 250_000, " " * 250_000])
def test_hostile_text_is_parsed_in_no_time(text):
    began = time.process_time()
    parse_parameters(text)
    assert time.process_time() - began < 3


def test_more_names_than_loras_make_no_sense(path):
    from studio.store.picture_text import from_json, to_json

    whole = to_json(Origin(SPEC, lora_names=("a", "b")))
    assert from_json(whole)
    assert from_json(whole.replace('["a", "b"]', '["a", "b", "c"]')) is None
