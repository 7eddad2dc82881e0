"""The tensors of a module: what fits, and what is refused with the name of the thing at fault."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from studio.core.errors import UserError
from studio.engine.lora.factors import Dora, Factors, LoKr
from studio.engine.lora.formats import read_lora

Q = "diffusion_model.blocks.0.self_attn.q_proj"
PLAIN = {f"{Q}.lora_A.weight": torch.ones(2, 4), f"{Q}.lora_B.weight": torch.ones(4, 2)}
LOKR = {f"{Q}.lokr_w1": torch.ones(2, 2), f"{Q}.lokr_w2_a": torch.ones(2, 3), f"{Q}.lokr_w2_b": torch.ones(3, 2)}
WRONG = {
    "not a number": ({**PLAIN, f"{Q}.lora_A.weight": torch.tensor([[1.0, float("nan")]])}, "lora_A.weight"),
    "infinite": ({**PLAIN, f"{Q}.lora_B.weight": torch.full((4, 2), float("inf"))}, "lora_B.weight"),
    "an infinite alpha": ({**PLAIN, f"{Q}.alpha": torch.tensor(float("inf"))}, f"{Q}.alpha"),
    "another rank": ({**PLAIN, f"{Q}.lora_A.weight": torch.ones(3, 4)}, "blocks.0.self_attn.q_proj"),
    "no rank": ({f"{Q}.lora_A.weight": torch.ones(0, 4), f"{Q}.lora_B.weight": torch.ones(4, 0)}, "(0, 4)"),
    "a convolution": ({**PLAIN, f"{Q}.lora_A.weight": torch.ones(2, 4, 1, 1)}, "no matrix"),
    "two alphas": ({**PLAIN, f"{Q}.alpha": torch.ones(2)}, "alpha"),
    "half a pair": ({f"{Q}.lora_A.weight": torch.ones(2, 4)}, "no up factor for blocks.0.self_attn.q_proj"),
    "alpha alone": ({f"{Q}.alpha": torch.tensor(1.0)}, "no down factor"),
    "one part twice": ({**PLAIN, f"{Q}.lora_down.weight": torch.ones(2, 4)}, "holds the down"),
    "8-bit floats": ({**PLAIN, f"{Q}.lora_A.weight": torch.ones(2, 4).to(torch.float8_e4m3fn)}, "float8_e4m3fn"),
    "integers": ({**PLAIN, f"{Q}.lora_A.weight": torch.ones(2, 4, dtype=torch.int8)}, "int8"),
    "half a LoKr": ({f"{Q}.lokr_w1": torch.ones(2, 2)}, "no w2 factor"),
    "half a side": ({f"{Q}.lokr_w1": torch.ones(2, 2), f"{Q}.lokr_w2_a": torch.ones(2, 2)}, "no w2_b factor"),
    "a side twice": ({**LOKR, f"{Q}.lokr_w2": torch.ones(2, 2)}, "both w2 and w2_a"),
    "a side that does not fit": ({**LOKR, f"{Q}.lokr_w2_b": torch.ones(4, 2)}, "w2 factors that do not fit"),
    "LoKr and LoRA": ({**LOKR, **PLAIN}, "beside a LoKr"),
    "a LoKr on a convolution": ({**LOKR, f"{Q}.lokr_t2": torch.ones(2, 2, 3, 3)}, "a LoKr on a convolution"),
    "a DoRA of another width": ({**PLAIN, f"{Q}.dora_scale": torch.ones(5, 1)}, "DoRA scale of shape (5, 1)"),
    "a DoRA scale alone": ({f"{Q}.dora_scale": torch.ones(4, 1)}, "no down factor"),
    "peft's DoRA": ({**PLAIN, f"{Q}.lora_magnitude_vector": torch.ones(4)}, "a DoRA as peft saves it"),
    "a LoHa": ({f"{Q}.hada_w1_a": torch.ones(2, 2)}, "a LoHa"),
    "a bias": ({f"{Q}.diff_b": torch.ones(4)}, "biases"),
    "a difference and more": ({**PLAIN, f"{Q}.diff": torch.ones(4, 4)}, "beside a diff"),
    "an unknown part": ({**PLAIN, f"{Q}.lora_C.weight": torch.ones(4)}, "lora_C"),
    "an unknown module": ({"diffusion_model.blocks.0.self_attn.qkv.lora_A.weight": torch.ones(2, 4)}, "self_attn.qkv"),
    "two formats": ({**PLAIN, "lora_unet_blocks_0_mlp_layer1.alpha": torch.tensor(1.0)}, "mixes formats"),
    "one module twice": ({f"{prefix}_blocks_0_mlp_layer1.{part}": torch.ones(2, 2)
                          for prefix in ("lora_unet", "lycoris")
                          for part in ("lokr_w1", "lokr_w2")}, "holds blocks.0.mlp.layer1 twice"),
    "nothing": ({}, "no tensors"),
}  # fmt: skip


@pytest.mark.parametrize(("tensors", "named"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, tensors: dict[str, Tensor], named: str) -> None:
    save_file(tensors, tmp_path / "broken.safetensors")
    with pytest.raises(UserError) as caught:
        read_lora(tmp_path / "broken.safetensors")
    assert named in str(caught.value) and "broken.safetensors" in str(caught.value)


@pytest.mark.parametrize(
    ("tensors", "kind"),
    [
        (PLAIN, Factors),
        (LOKR, LoKr),
        ({**PLAIN, f"{Q}.dora_scale": torch.ones(4, 1)}, Dora),
        ({**LOKR, f"{Q}.dora_scale": torch.ones(1, 4)}, Dora),
        ({**PLAIN, f"{Q}.alpha": torch.tensor(2)}, Factors),
        ({f"{Q}.lora_down.weight": torch.ones(2, 4), f"{Q}.lora_up.weight": torch.ones(4, 2)}, Factors),
    ],
)
def test_what_fits_is_read(tmp_path: Path, tensors: dict[str, Tensor], kind: type) -> None:
    save_file(tensors, tmp_path / "good.safetensors")
    found = read_lora(tmp_path / "good.safetensors").modules["blocks.0.self_attn.q_proj"]
    assert isinstance(found, kind) and found.shape == (4, 4)


def test_without_an_alpha_the_scale_is_one(tmp_path: Path) -> None:
    for tensors in (PLAIN, LOKR):
        save_file(tensors, tmp_path / "good.safetensors")
        assert read_lora(tmp_path / "good.safetensors").modules["blocks.0.self_attn.q_proj"].scale == 1.0
