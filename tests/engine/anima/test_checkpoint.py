import json
import shutil
from dataclasses import replace

import pytest
import torch
from diffusers import AutoencoderKLQwenImage
from safetensors.torch import load_file, save_file
from tiny import ADAPTER, QWEN, TRANSFORMER, VAE_WIDTH, random_transformer, write_tiny_base

from studio.core.errors import UserError
from studio.engine.anima import keys, shapes, vae
from studio.engine.anima.checkpoint import load, outline
from studio.engine.anima.files import find_base
from studio.engine.anima.save import save_original, save_qwen
from studio.engine.anima.shapes import build_conditioner, build_qwen
from studio.engine.anima.text import stacked
from studio.engine.anima.transformer import velocity

CPU = torch.device("cpu")


@pytest.fixture
def own_base(tmp_path):
    """A tiny base that a test may damage."""
    return write_tiny_base(tmp_path / "base")


def rewritten(path, change):
    """Lets `change` loose on the file's tensors and writes what is left."""
    tensors = {name: tensor.clone() for name, tensor in load_file(path).items()}
    change(tensors)
    save_file(tensors, path, {"format": "pt"})


def refusal(files):
    with pytest.raises(UserError) as refused:
        load(files, CPU, torch.float32)
    return str(refused.value)


def drawn(anima):
    latents = torch.randn(1, 16, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    return velocity(anima.transformer, latents, torch.tensor([0.4]), *stacked([anima.text.encode("1girl, blue hair")]))


def pixels(anima):
    latents = torch.randn(1, 16, 1, 4, 4, generator=torch.Generator().manual_seed(4))
    return anima.vae.decode(latents)


def test_loading_gives_exactly_the_files_weights(tiny_base, tiny_anima):
    dit, adapter = keys.split_original(load_file(tiny_base.transformer))
    for model, expected in (
        (tiny_anima.transformer, keys.to_diffusers(dit)),
        (tiny_anima.text.conditioner, adapter),
        (tiny_anima.text.qwen, keys.bare_qwen(load_file(tiny_base.text_encoder))),
    ):
        loaded = model.state_dict()
        assert loaded.keys() == expected.keys()
        assert all(torch.equal(loaded[name], value.float()) for name, value in expected.items())


def test_a_loaded_model_is_frozen_and_whole(tiny_anima):
    for model in (tiny_anima.transformer, tiny_anima.text.conditioner, tiny_anima.text.qwen, tiny_anima.vae):
        assert not model.training
        assert not any(parameter.requires_grad or parameter.is_meta for parameter in model.parameters())
        assert not any(buffer.is_meta for buffer in model.buffers())


def test_in_bf16_the_rotary_angles_keep_their_precision(tiny_base):
    anima = load(tiny_base, CPU, torch.bfloat16)
    assert {parameter.dtype for parameter in anima.transformer.parameters()} == {torch.bfloat16}
    assert anima.text.qwen.rotary_emb.inv_freq.dtype == torch.float32
    assert anima.text.conditioner.rotary_emb.inv_freq.dtype == torch.float32


def test_the_folded_vae_keeps_no_other_storage_alive(tiny_anima):
    for parameter in tiny_anima.vae.parameters():
        assert parameter.is_contiguous()
        assert parameter.untyped_storage().nbytes() == parameter.numel() * parameter.element_size()


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model.", "diffusion_model.", "model.diffusion_model.net."])
def test_a_file_with_other_prefixes_is_the_same_model(own_base, tiny_anima, prefix):
    def renamed(tensors):
        for name in list(tensors):
            tensors[prefix + name.removeprefix("net.")] = tensors.pop(name)

    rewritten(own_base.transformer, renamed)
    assert torch.equal(drawn(load(own_base, CPU, torch.float32)), drawn(tiny_anima))


@pytest.mark.parametrize("blocks", [1, 5])
def test_a_fork_with_another_number_of_blocks_is_loaded(own_base, blocks):
    save_original(random_transformer(replace(TRANSFORMER, layers=blocks)), build_conditioner(ADAPTER),
                  own_base.transformer)
    anima = load(own_base, CPU, torch.float32)
    assert len(anima.transformer.transformer_blocks) == blocks == outline(own_base).blocks
    assert torch.isfinite(drawn(anima)).all()


def test_the_outline_counts_what_loading_gives(tiny_base, tiny_anima):
    seen = outline(tiny_base)
    assert seen.parameters == sum(each.numel() for each in tiny_anima.transformer.parameters())
    models = (tiny_anima.transformer, tiny_anima.text.conditioner, tiny_anima.text.qwen)
    assert seen.numbers > sum(each.numel() for model in models for each in model.parameters())
    assert (seen.formats, seen.left_out) == (("BF16",), ())


def test_a_diffusers_folder_of_shards_without_configs_is_the_same_model(tiny_base, tiny_anima, tmp_path):
    files = find_base(write_diffusers_folder(tiny_base, tiny_anima, tmp_path))
    assert not list(tmp_path.rglob("config.json"))
    assert len(list(files.transformer.glob("*.safetensors"))) > 1
    again = load(files, CPU, torch.float32)
    assert torch.equal(drawn(again), drawn(tiny_anima))
    assert torch.equal(pixels(again), pixels(tiny_anima))


def test_a_damaged_diffusers_folder_is_refused_in_its_own_words(tiny_base, tiny_anima, tmp_path):
    files = find_base(write_diffusers_folder(tiny_base, tiny_anima, tmp_path))
    (shard,) = [file for file in files.transformer.glob("*.safetensors") if "proj_out.weight" in load_file(file)]
    rewritten(shard, lambda tensors: tensors.pop("proj_out.weight"))
    assert "1 missing: proj_out.weight" in refusal(files)
    shard.unlink()
    assert shard.name in refusal(files)


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ("transformer", "net.blocks.1.mlp.layer2.weight"),
        ("transformer", "net.x_embedder.proj.1.weight"),
        ("transformer", "net.llm_adapter.blocks.1.mlp.0.bias"),
        ("transformer", "net.llm_adapter.embed.weight"),
        ("text_encoder", "model.layers.1.mlp.up_proj.weight"),
        ("text_encoder", "model.norm.weight"),
        ("vae", "decoder.middle.0.residual.2.weight"),
        ("vae", "conv2.weight"),
    ],
)
def test_missing_unexpected_and_mis_shaped_tensors_are_named(own_base, thing, name):
    path = getattr(own_base, thing)
    whole = path.read_bytes()

    rewritten(path, lambda tensors: tensors.pop(name))
    message = refusal(own_base)
    assert name in message and str(path) in message

    path.write_bytes(whole)
    rewritten(path, lambda tensors: tensors.update({name + "_extra": torch.ones(1)}))
    message = refusal(own_base)
    assert f"1 unexpected: {name}_extra" in message and str(path) in message

    path.write_bytes(whole)
    rewritten(path, lambda tensors: tensors.update({name: torch.ones(3, 5, 7)}))
    assert str(path) in refusal(own_base)


def test_a_mis_shaped_tensor_is_shown_with_both_shapes(own_base):
    name = "net.blocks.1.mlp.layer2.weight"
    rewritten(own_base.transformer, lambda tensors: tensors.update({name: torch.ones(3, 5)}))
    assert f"1 mis-shaped: {name} is [3, 5], not [64, 256]" in refusal(own_base)


def test_many_faults_are_counted_and_the_first_few_named(own_base):
    def without_block(tensors):
        for name in [name for name in tensors if name.startswith("net.blocks.0.cross_attn") and "k_proj" not in name]:
            del tensors[name]

    rewritten(own_base.transformer, without_block)
    message = refusal(own_base)
    assert "5 missing: net.blocks.0.cross_attn." in message and message.count("net.blocks") == 2


def test_a_gap_in_the_blocks_is_seen(own_base):
    def numbered_wrongly(tensors):
        for name in [name for name in tensors if name.startswith("net.blocks.1.")]:
            tensors[name.replace("blocks.1.", "blocks.7.")] = tensors.pop(name)

    rewritten(own_base.transformer, numbered_wrongly)
    message = refusal(own_base)
    assert "missing: net.blocks.1." in message and "unexpected: net.blocks.7." in message


@pytest.mark.parametrize("thing", ["transformer", "text_encoder", "vae"])
@pytest.mark.parametrize("content", [b"", b"not a model", b"\xff" * 64])
def test_a_file_that_is_no_safetensors_file_is_named(own_base, thing, content):
    getattr(own_base, thing).write_bytes(content)
    assert str(getattr(own_base, thing)) in refusal(own_base)


@pytest.mark.parametrize("thing", ["transformer", "text_encoder", "vae"])
def test_a_file_cut_short_is_named(own_base, thing):
    path = getattr(own_base, thing)
    path.write_bytes(path.read_bytes()[:-100])
    assert str(path) in refusal(own_base)


def test_a_quantised_file_is_refused(own_base):
    name = "net.blocks.0.mlp.layer1.weight"
    rewritten(own_base.transformer, lambda tensors: tensors.update({name: torch.ones(256, 64, dtype=torch.int8)}))
    assert "quantised" in refusal(own_base)


@pytest.mark.parametrize("thing", ["transformer", "text_encoder", "vae", "qwen_tokenizer", "t5_tokenizer"])
def test_a_missing_file_is_named_before_anything_is_read(own_base, tmp_path, thing):
    missing = tmp_path / "missing"
    assert str(missing) in refusal(replace(own_base, **{thing: missing}))


def test_files_of_different_models_are_told_apart(own_base):
    save_qwen(build_qwen(replace(QWEN, hidden=64)), own_base.text_encoder)
    message = refusal(own_base)
    assert "text width 64 against 32" in message
    assert str(own_base.text_encoder) in message and own_base.transformer.name in message


def test_a_tokenizer_larger_than_its_embedding_is_refused(own_base):
    save_qwen(build_qwen(replace(QWEN, vocab=100)), own_base.text_encoder)
    message = refusal(own_base)
    assert str(own_base.qwen_tokenizer) in message and "rows for 100" in message


def test_a_t5_tokenizer_larger_than_the_adapters_embedding_is_refused(own_base):
    name = "net.llm_adapter.embed.weight"
    rewritten(own_base.transformer, lambda tensors: tensors.update({name: tensors[name][:100].clone()}))
    assert str(own_base.t5_tokenizer) in refusal(own_base)


def test_the_cheap_checks_come_first(own_base):
    name = "net.blocks.0.mlp.layer1.weight"
    rewritten(own_base.transformer, lambda tensors: tensors.pop(name))
    assert str(own_base.transformer) in refusal(own_base)
    rewritten(own_base.vae, lambda tensors: tensors.pop("conv1.weight"))
    assert str(own_base.vae) in refusal(own_base)
    rewritten(own_base.text_encoder, lambda tensors: tensors.pop("model.norm.weight"))
    assert str(own_base.text_encoder) in refusal(own_base)
    (own_base.t5_tokenizer / "tokenizer.json").write_text("{")
    assert "tokenizer.json" in refusal(own_base)
    own_base.vae.write_bytes(b"nothing")
    assert str(own_base.vae) in refusal(own_base)
    shutil.rmtree(own_base.qwen_tokenizer)
    assert str(own_base.qwen_tokenizer) in refusal(own_base)


def test_loading_leaves_the_global_random_numbers_alone(tiny_base):
    before = torch.random.get_rng_state()
    load(tiny_base, CPU, torch.float32)
    assert torch.equal(before, torch.random.get_rng_state())


def write_diffusers_folder(tiny_base, anima, root):
    """The same weights as diffusers' own modular repository: one folder a component, the transformer in shards."""
    transformer = shapes.build_transformer(TRANSFORMER)
    transformer.load_state_dict(anima.transformer.state_dict())
    vae_3d = AutoencoderKLQwenImage(base_dim=VAE_WIDTH)
    vae_3d.load_state_dict(vae.to_diffusers(load_file(tiny_base.vae)))
    transformer.save_pretrained(root / "transformer", max_shard_size="200KB")
    anima.text.conditioner.save_pretrained(root / "text_conditioner")
    anima.text.qwen.save_pretrained(root / "text_encoder")
    vae_3d.save_pretrained(root / "vae")
    shutil.copytree(tiny_base.qwen_tokenizer, root / "tokenizer")
    shutil.copytree(tiny_base.t5_tokenizer, root / "t5_tokenizer")
    for config in root.rglob("config.json"):
        config.unlink()
    parts = ("transformer", "text_conditioner", "text_encoder", "vae", "tokenizer", "t5_tokenizer")
    index = {part: ["diffusers", "Component", {"subfolder": part}] for part in parts}
    (root / "modular_model_index.json").write_text(json.dumps(index))
    return root
