import json
import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from tiny import QWEN

from studio.core.errors import UserError
from studio.engine.anima.files import base_digest, find_base, text_digest, vae_digest
from studio.engine.anima.save import save_qwen
from studio.engine.anima.shapes import build_qwen

CHANGEABLE = ("transformer", "text_encoder", "vae", "qwen_tokenizer", "t5_tokenizer")


@pytest.fixture
def arranged(tiny_base, tmp_path):
    """Copies the tiny base's five things to places below tmp_path; returns its root."""

    def arrange(**places):
        for thing, place in places.items():
            source, target = getattr(tiny_base, thing), tmp_path / place
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        return tmp_path

    return arrange


def split_files(root="split_files"):
    return {
        "transformer": f"{root}/diffusion_models/anima.safetensors",
        "text_encoder": f"{root}/text_encoders/qwen.safetensors",
        "vae": f"{root}/vae/vae.safetensors",
        "qwen_tokenizer": f"{root}/tokenizers/qwen2",
        "t5_tokenizer": f"{root}/tokenizers/t5",
    }


COMFYUI = split_files("models") | {
    "transformer": "models/unet/anima/anima.safetensors",
    "text_encoder": "models/clip/qwen.safetensors",
    "qwen_tokenizer": "comfy/text_encoders/qwen25_tokenizer",
    "t5_tokenizer": "comfy/text_encoders/t5_tokenizer",
}
FLAT = {
    "transformer": "anima.safetensors",
    "text_encoder": "qwen.safetensors",
    "vae": "vae.safetensors",
    "qwen_tokenizer": "tokenizers/qwen2",
    "t5_tokenizer": "tokenizers/t5",
}


@pytest.mark.parametrize("places", [split_files(), split_files("models"), split_files("."), FLAT])
@pytest.mark.parametrize("named", ["", "transformer"])
def test_every_layout_is_found_from_its_folder_and_from_its_file(arranged, places, named):
    root = arranged(**places)
    files = find_base(root / places["transformer"] if named else root)
    assert {thing: getattr(files, thing).resolve() for thing in CHANGEABLE} == {
        thing: (root / place).resolve() for thing, place in places.items()
    }


def test_a_file_in_a_comfyui_installation_finds_comfyuis_own_tokenizers(arranged):
    places = COMFYUI | {"transformer": "models/diffusion_models/anima.safetensors"}
    root = arranged(**places)
    files = find_base(root / places["transformer"])
    assert files.qwen_tokenizer == root / places["qwen_tokenizer"]
    assert files.text_encoder == root / places["text_encoder"]


def test_what_is_named_is_taken_as_named(arranged, tiny_base):
    root = arranged(transformer="alone/anima.safetensors")
    named = {thing: getattr(tiny_base, thing) for thing in CHANGEABLE[1:]}
    files = find_base(root / "alone/anima.safetensors", **named)
    assert files == replace(tiny_base, transformer=root / "alone/anima.safetensors")


@pytest.mark.parametrize("thing", ["transformer", "text_encoder", "vae"])
def test_two_candidates_are_refused_and_both_named(arranged, tiny_base, thing):
    root = arranged(**split_files())
    first = root / split_files()[thing]
    second = shutil.copy(getattr(tiny_base, thing), first.with_name("other.safetensors"))
    with pytest.raises(UserError) as refused:
        find_base(root)
    assert str(first) in str(refused.value) and str(second) in str(refused.value)


def test_of_several_text_encoders_the_only_one_that_fits_the_adapter_is_taken(arranged):
    root = arranged(**split_files("models"))
    folder = root / "models/text_encoders"
    for name, width in (("qwen_3_4b", 80), ("qwen_3_8b", 96)):
        save_qwen(build_qwen(replace(QWEN, hidden=width)), folder / f"{name}.safetensors")
    assert find_base(root).text_encoder.name == "qwen.safetensors"


def test_a_quantised_text_encoder_beside_the_plain_one_is_no_candidate(arranged):
    root = arranged(**split_files("models"))
    plain = root / "models/text_encoders/qwen.safetensors"
    tensors = {name: value.to(torch.float8_e4m3fn) for name, value in load_file(plain).items()}
    save_file(tensors, plain.with_name("qwen_fp8.safetensors"))
    assert find_base(root).text_encoder == plain


def test_two_names_of_one_file_are_one_candidate(arranged):
    root = arranged(**split_files("models"))
    (root / "models/clip").symlink_to(root / "models/text_encoders")
    assert find_base(root).text_encoder == root / "models/text_encoders/qwen.safetensors"


def test_parts_lie_where_comfyuis_yaml_says(arranged, tmp_path):
    root = arranged(**COMFYUI | {"text_encoder": "disk/te/qwen.safetensors"})
    (root / "extra_model_paths.yaml").write_text("mine:\n  base_path: disk\n  text_encoders: te\n", encoding="utf-8")
    assert find_base(root / COMFYUI["transformer"]).text_encoder == tmp_path / "disk/te/qwen.safetensors"


def test_a_checkpoint_of_another_family_in_the_same_folder_is_no_candidate(arranged):
    root = arranged(**split_files("models"))
    (root / "models/checkpoints").mkdir()
    save_file({"input_blocks.0.0.weight": torch.ones(2)}, root / "models/checkpoints/sd.safetensors")
    assert find_base(root).transformer == root / split_files("models")["transformer"]


def test_downloaded_tokenizers_serve_a_base_that_has_none(arranged, tiny_base, tmp_path):
    parts = {"text_encoder": "models/clip/q.safetensors", "vae": "models/vae/v.safetensors"}
    root = arranged(transformer="models/unet/a.safetensors", **parts)
    fetched = tiny_base.qwen_tokenizer.parent
    files = find_base(root / "models/unet/a.safetensors", fetched=fetched)
    assert (files.qwen_tokenizer, files.t5_tokenizer) == (fetched / "qwen2", fetched / "t5")


def test_tokenizers_that_are_not_found_can_be_downloaded(arranged, tmp_path):
    places = split_files()
    del places["t5_tokenizer"]
    with pytest.raises(UserError, match="check --fetch-tokenizers"):
        find_base(arranged(**places), fetched=tmp_path / "nothing")


def test_a_file_of_another_kind_is_no_candidate(arranged, tiny_base):
    root = arranged(**split_files())
    shutil.copy(tiny_base.vae, root / "split_files/text_encoders/t5xxl.safetensors")
    assert find_base(root).text_encoder.name == "qwen.safetensors"


def test_a_file_that_cannot_be_read_is_not_ruled_out(arranged):
    root = arranged(**split_files())
    (root / "split_files/vae/broken.safetensors").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"broken\.safetensors"):
        find_base(root)


@pytest.mark.parametrize(
    ("thing", "option"),
    [
        ("text_encoder", "--text-encoder"),
        ("vae", "--vae"),
        ("qwen_tokenizer", "--qwen-tokenizer"),
        ("t5_tokenizer", "--t5-tokenizer"),
    ],
)
def test_the_option_for_what_is_missing_is_named(arranged, thing, option):
    places = split_files()
    del places[thing]
    root = arranged(**places)
    with pytest.raises(UserError, match=option):
        find_base(root)


def test_a_path_without_a_model_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.safetensors"):
        with pytest.raises(UserError, match=path.name):
            find_base(path)


def test_an_index_that_names_a_folder_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "modular_model_index.json").write_text(json.dumps({"transformer": ["diffusers", "X", {}]}))
    with pytest.raises(UserError, match="has no"):
        find_base(tmp_path)


def test_a_base_is_known_by_its_contents_wherever_they_lie(arranged, tiny_base):
    root = arranged(**FLAT)
    assert base_digest(find_base(root)) == base_digest(tiny_base)


def test_a_changed_vae_changes_its_own_digest_and_the_bases_only(arranged, tiny_base):
    root = arranged(**split_files())
    files = find_base(root)
    files.vae.write_bytes(files.vae.read_bytes() + b" ")
    assert vae_digest(files) != vae_digest(tiny_base)
    assert base_digest(files) != base_digest(tiny_base)
    assert text_digest(files) == text_digest(tiny_base)


def test_a_changed_tokenizer_changes_the_text_digest(arranged, tiny_base):
    files = find_base(arranged(**split_files()))
    with (files.t5_tokenizer / "tokenizer_config.json").open("a") as config:
        config.write(" ")
    assert text_digest(files) != text_digest(tiny_base)
