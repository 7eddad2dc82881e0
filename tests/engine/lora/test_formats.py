"""LoRA files: exact key names, exact round trips, clear refusals, and what diffusers' own loader makes of ours."""

import json
import logging
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from some_loras import deltas, small_transformer, trained_transformer
from some_loras import velocity_of as run
from torch import nn

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.engine.lora.factors import Difference, Factors
from studio.engine.lora.formats import LoraFile, read_lora, unwritten, write_lora
from studio.engine.lora.inject import adapter_modules
from studio.engine.lora.layouts import LAYOUTS
from studio.engine.lora.targets import linears

FORMATS = tuple(LAYOUTS)


def some_lora(alphas: tuple[float, ...] = (2.0,), dtype: torch.dtype = torch.float32) -> LoraFile:
    """Rank 2 on two modules of a small DiT and one of the adapter."""
    own = torch.Generator().manual_seed(0)
    names = ("blocks.0.self_attn.q_proj", "blocks.11.mlp.layer1", "llm_adapter.blocks.0.mlp.0")
    modules = {}
    for place, (name, outputs, inputs) in enumerate(zip(names, (24, 48, 32), (24, 24, 16), strict=True)):
        down, up = torch.randn((2, inputs), generator=own), torch.randn((outputs, 2), generator=own)
        modules[name] = Factors(down.to(dtype), up.to(dtype), alphas[place % len(alphas)])
    return LoraFile(modules, metadata={"title": "Mira"})


Q, K = (f"diffusion_model.blocks.0.self_attn.{part}" for part in "qk")


def header(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return file.metadata()


def assert_same(found: LoraFile, expected: LoraFile) -> None:
    assert found.modules.keys() == expected.modules.keys()
    for name, factors in expected.modules.items():
        assert found.modules[name].alpha == factors.alpha
        assert found.modules[name].down.dtype == factors.down.dtype
        assert torch.equal(found.modules[name].down, factors.down) and torch.equal(found.modules[name].up, factors.up)


def test_kohya_names(tmp_path: Path) -> None:
    write_lora(some_lora(), tmp_path / "l.safetensors", "kohya")
    assert sorted(load_file(tmp_path / "l.safetensors")) == sorted(
        f"lora_unet_{module}.{part}"
        for module in ("blocks_0_self_attn_q_proj", "blocks_11_mlp_layer1", "llm_adapter_blocks_0_mlp_0")
        for part in ("lora_down.weight", "lora_up.weight", "alpha")
    )


def test_comfy_names_carry_alpha_only_where_it_differs_from_the_rank(tmp_path: Path) -> None:
    write_lora(some_lora(alphas=(2.0, 1.0, 2.0)), tmp_path / "l.safetensors", "comfy")
    assert sorted(load_file(tmp_path / "l.safetensors")) == sorted(
        [
            "diffusion_model.blocks.0.self_attn.q_proj.lora_A.weight",
            "diffusion_model.blocks.0.self_attn.q_proj.lora_B.weight",
            "diffusion_model.blocks.11.mlp.layer1.alpha",
            "diffusion_model.blocks.11.mlp.layer1.lora_A.weight",
            "diffusion_model.blocks.11.mlp.layer1.lora_B.weight",
            "diffusion_model.llm_adapter.blocks.0.mlp.0.lora_A.weight",
            "diffusion_model.llm_adapter.blocks.0.mlp.0.lora_B.weight",
        ]
    )


def test_diffusers_names_and_header(tmp_path: Path) -> None:
    write_lora(some_lora(alphas=(1.0, 1.0, 0.5)), tmp_path / "l.safetensors", "diffusers")
    assert sorted(load_file(tmp_path / "l.safetensors")) == sorted(
        f"{module}.{part}.weight"
        for module in (
            "transformer.transformer_blocks.0.attn1.to_q",
            "transformer.transformer_blocks.11.ff.net.0.proj",
            "text_conditioner.blocks.0.mlp.0",
        )
        for part in ("lora_A", "lora_B")
    )
    config = json.loads(header(tmp_path / "l.safetensors")["lora_adapter_metadata"])
    assert (config["transformer.r"], config["transformer.lora_alpha"]) == (2, 1)
    assert (config["text_conditioner.r"], config["text_conditioner.lora_alpha"]) == (2, 0.5)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("alphas", [(2.0,), (1.0,), (2.0, 0.5, 16.0)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_round_trips_are_exact(tmp_path: Path, form: str, alphas: tuple[float, ...], dtype: torch.dtype) -> None:
    lora = some_lora(alphas, dtype)
    write_lora(lora, tmp_path / "l.safetensors", form)
    found = read_lora(tmp_path / "l.safetensors")
    assert_same(found, lora)
    assert found.format == form and found.metadata == {"title": "Mira"}


def test_converting_through_every_format_changes_nothing(tmp_path: Path) -> None:
    lora = some_lora((0.5, 2.0, 3.0))
    for form in (*FORMATS, "kohya"):
        write_lora(lora, tmp_path / f"{form}.safetensors", form)
        lora = read_lora(tmp_path / f"{form}.safetensors")
    assert_same(lora, some_lora((0.5, 2.0, 3.0)))


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_lora_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    extra = {str(number): "x" for number in range(20)}
    write_lora(some_lora(), tmp_path / "a.safetensors", form, extra)
    write_lora(some_lora(), tmp_path / "b.safetensors", form, dict(reversed(extra.items())))
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_ranks_may_differ_between_modules(tmp_path: Path) -> None:
    small = Factors(torch.ones(1, 24), torch.ones(24, 1), 4.0)
    lora = LoraFile({**some_lora().modules, "blocks.1.self_attn.q_proj": small})
    for form in FORMATS:
        write_lora(lora, tmp_path / "l.safetensors", form)
        assert_same(read_lora(tmp_path / "l.safetensors"), lora)


def test_a_file_without_alpha_means_alpha_equals_rank(tmp_path: Path) -> None:
    module = "lora_unet_blocks_0_mlp_layer2"
    factors = {f"{module}.lora_down.weight": torch.ones(3, 4), f"{module}.lora_up.weight": torch.ones(5, 3)}
    save_file(factors, tmp_path / "l.safetensors")
    assert read_lora(tmp_path / "l.safetensors").modules["blocks.0.mlp.layer2"].alpha == 3.0


def test_what_is_done_to_the_text_encoder_is_kept_apart_and_told(tmp_path: Path) -> None:
    factors = {"lora_down.weight": torch.ones(2, 4), "lora_up.weight": torch.ones(4, 2), "alpha": torch.tensor(2.0)}
    modules = ("lora_te_layers_0_self_attn_q_proj", "lora_unet_blocks_0_self_attn_q_proj")
    tensors = {f"{module}.{part}": value.clone() for module in modules for part, value in factors.items()}
    save_file(tensors, tmp_path / "l.safetensors")
    found = read_lora(tmp_path / "l.safetensors")
    assert list(found.text_encoder) == ["layers.0.self_attn.q_proj"]
    assert list(found.modules) == ["blocks.0.self_attn.q_proj"]
    assert found.omission == (
        "l.safetensors also changes the text encoder (layers.0.self_attn.q_proj); that part is left out."
    )


def test_the_text_encoder_has_its_own_names_in_each_format(tmp_path: Path) -> None:
    lora = LoraFile(deltas({"blocks.0.mlp.layer1": (8, 4)}), text_encoder=deltas({"layers.7.mlp.up_proj": (6, 4)}))
    for form, module in (
        ("kohya", "lora_te_layers_7_mlp_up_proj.lora_down.weight"),
        ("comfy", "text_encoders.qwen3_06b.transformer.model.layers.7.mlp.up_proj.lora_A.weight"),
    ):
        write_lora(lora, tmp_path / "l.safetensors", form)
        assert module in load_file(tmp_path / "l.safetensors")
        assert unwritten(lora, form) == ()
    assert unwritten(lora, "diffusers") == ("layers.7.mlp.up_proj",)


@pytest.mark.parametrize(("form", "prefix"), [("kohya", "lora_unet_blocks_0_mlp_layer1"),
                                              ("comfy", "diffusion_model.blocks.0.mlp.layer1")])
def test_lokr_and_dora_names(tmp_path: Path, form: str, prefix: str) -> None:
    for kind, parts in (("lokr", ("lokr_w1", "lokr_w2_a", "lokr_w2_b", "alpha")),
                        ("whole lokr", ("lokr_w1", "lokr_w2", "alpha"))):
        write_lora(LoraFile(deltas({"blocks.0.mlp.layer1": (8, 4)}, kind)), tmp_path / "l.safetensors", form)
        assert sorted(load_file(tmp_path / "l.safetensors")) == sorted(f"{prefix}.{part}" for part in parts)
    write_lora(LoraFile(deltas({"blocks.0.mlp.layer1": (8, 4)}, "dora")), tmp_path / "l.safetensors", form)
    assert tuple(load_file(tmp_path / "l.safetensors")[f"{prefix}.dora_scale"].shape) == (8, 1)


@pytest.mark.parametrize(("kind", "name"), [("lokr", "LoKr"), ("dora", "Dora")])
def test_diffusers_holds_plain_loras_only(tmp_path: Path, kind: str, name: str) -> None:
    lora = LoraFile(deltas({"blocks.0.mlp.layer1": (8, 4)}, kind), name="mira.safetensors")
    with pytest.raises(UserError, match=f"mira.safetensors is a {name} at blocks.0.mlp.layer1"):
        write_lora(lora, tmp_path / "l.safetensors", "diffusers")
    assert not (tmp_path / "l.safetensors").exists()


def test_norms_come_as_differences_under_both_names(tmp_path: Path) -> None:
    tensors = {f"{Q}_norm.diff": torch.ones(4), f"{K}_norm.w_norm": torch.ones(4)}
    save_file(tensors, tmp_path / "l.safetensors")
    found = read_lora(tmp_path / "l.safetensors").modules
    assert list(found) == ["blocks.0.self_attn.k_norm", "blocks.0.self_attn.q_norm"]
    assert {type(delta) for delta in found.values()} == {Difference}


def test_an_alpha_that_nobody_applies_is_told(tmp_path: Path) -> None:
    module = "lora_unet_blocks_0_mlp_layer1"
    tensors = {f"{module}.lokr_w1": torch.ones(2, 2), f"{module}.lokr_w2": torch.ones(3, 3),
               f"{module}.alpha": torch.tensor(16)}
    for dim, told in (("32", "alpha (16; dim 32) is not applied"), ("16", "")):
        save_file(tensors, tmp_path / "l.safetensors", {"ss_network_dim": dim})
        found = read_lora(tmp_path / "l.safetensors")
        assert found.modules["blocks.0.mlp.layer1"].scale == 1.0
        assert told in found.omission and bool(found.omission) == bool(told)


def test_modules_on_the_adapter_are_reported() -> None:
    assert some_lora().adapter == ("llm_adapter.blocks.0.mlp.0",)


def test_files_that_are_no_safetensors_are_refused(tmp_path: Path) -> None:
    write_lora(some_lora(), tmp_path / "l.safetensors", "comfy")
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "l.safetensors").read_bytes()[:-9])
    (tmp_path / "text.safetensors").write_text("<html>")
    for name in ("cut.safetensors", "text.safetensors", "missing.safetensors"):
        with pytest.raises(UserError, match=name):
            read_lora(tmp_path / name)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="comfy"):
        write_lora(some_lora(), tmp_path / "l.safetensors", "comfi")


# --- diffusers' own loader ---


def live_lora(alpha: float) -> nn.Module:
    return trained_transformer(Recipe(rank=3, alpha=alpha))


def diffusers_pipeline(transformer: nn.Module) -> object:
    from diffusers import AnimaModularPipeline
    from diffusers.modular_pipelines.anima import AnimaAutoBlocks

    pipeline = AnimaModularPipeline(blocks=AnimaAutoBlocks())
    pipeline.update_components(transformer=transformer)
    return pipeline


@pytest.mark.parametrize("form", ["diffusers", "comfy"])
def test_diffusers_own_loader_uses_every_key(
    tmp_path: Path, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    alpha = 5.0 if form == "diffusers" else 3.0  # comfy files open there only where alpha = rank
    trained = live_lora(alpha)
    lora = LoraFile(adapter_modules(trained))
    write_lora(lora, tmp_path / "l.safetensors", form)
    fresh = small_transformer()
    with caplog.at_level(logging.WARNING, logger="diffusers.loaders"):
        diffusers_pipeline(fresh).load_lora_weights(str(tmp_path / "l.safetensors"))
    loaded = {name: value for name, value in fresh.named_parameters() if "lora_" in name}
    assert len(loaded) == len(load_file(tmp_path / "l.safetensors")) == 40
    assert torch.equal(run(fresh), run(trained))
    assert not [record for record in caplog.records if "loaders" in record.name or "peft" in record.name]


def test_the_pipeline_would_notice_a_wrong_alpha(tmp_path: Path) -> None:
    trained = live_lora(5.0)
    factors = {name: Factors(each.down, each.up, 4.0) for name, each in adapter_modules(trained).items()}
    write_lora(LoraFile(factors), tmp_path / "l.safetensors", "diffusers")
    fresh = small_transformer()
    diffusers_pipeline(fresh).load_lora_weights(str(tmp_path / "l.safetensors"))
    assert not torch.allclose(run(fresh), run(trained))


def test_every_linear_a_lora_may_hold_has_a_place_in_diffusers() -> None:
    assert len(linears(small_transformer())) == 2 * 16 + 6
