"""What a LoRA file holds, in a line."""

import torch
from some_loras import deltas

from studio.engine.lora.describe import described
from studio.engine.lora.factors import Difference
from studio.engine.lora.formats import LoraFile

SHAPES = {f"blocks.{block}.mlp.layer1": (8, 4) for block in range(3)}


def test_modules_rank_and_alpha_are_counted() -> None:
    assert described(LoraFile(deltas(SHAPES, rank=4, alpha=2.0))) == "LoRA on 3 modules; rank 4, alpha 2"


def test_the_adapter_and_the_text_encoder_are_named() -> None:
    text = deltas({"layers.0.mlp.up_proj": (8, 4)})
    lora = LoraFile(deltas({**SHAPES, "llm_adapter.in_proj": (8, 4)}), text_encoder=text)
    assert described(lora).startswith("LoRA on 4 modules, 1 of them on the LLM adapter, 1 on the text encoder;")


def test_ranks_that_differ_are_told_as_a_range() -> None:
    thick = deltas({"blocks.3.mlp.layer1": (8, 4)}, rank=2, alpha=0.5)
    assert described(LoraFile(deltas(SHAPES, alpha=3) | thick)).endswith("rank 2 to 4, alpha 0.5 to 3")


def test_each_kind_has_its_name() -> None:
    norms = {"blocks.0.self_attn.q_norm": Difference(torch.ones(4))}
    for kind, told in (("whole lokr", "LoKr on 3 modules and whole difference on 1 module; rank none, alpha none"),
                       ("lokr", "LoKr on 3 modules and whole difference on 1 module; rank 4, alpha 3"),
                       ("dora", "DoRA on 3 modules and whole difference on 1 module; rank 4, alpha 3")):
        assert described(LoraFile(deltas(SHAPES, kind) | norms)) == told


def test_norms_alone_have_no_rank() -> None:
    norm = {"blocks.0.self_attn.q_norm": Difference(torch.ones(4))}
    assert described(LoraFile(norm)) == "whole difference on 1 module"


def test_a_file_for_the_text_encoder_alone_says_so() -> None:
    lora = LoraFile({}, text_encoder=deltas({"layers.0.mlp.up_proj": (8, 4)}))
    assert described(lora) == "no module of the DiT, 1 on the text encoder"
