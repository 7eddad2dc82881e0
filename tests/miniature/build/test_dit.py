"""What the transformer's stage writes can be taken up again, and its captions are padded as the engine pads them."""

from pathlib import Path

import torch

from studio.miniature.build import dit, tokenizers
from studio.miniature.build.stage import Ema


def test_a_later_sitting_takes_up_the_weights_of_an_earlier_one(tmp_path: Path) -> None:
    tokenizers.write(tmp_path / "tokenizers")
    first, second = dit.Model(tmp_path / "tokenizers"), dit.Model(tmp_path / "tokenizers")
    dit.write(first, Ema(first, 0.9), tmp_path)
    dit.take_up(second, tmp_path)
    for name, value in second.named_parameters():
        assert torch.equal(value, first.get_parameter(name).bfloat16().float())


def test_padding_is_masked_and_one_zero_token_stands_for_the_rest_up_to_512() -> None:
    bias = dit._bias(torch.tensor([[1, 1, 0], [1, 1, 1]])).squeeze((1, 2))
    assert bias[0].tolist()[:3] == [0.0, 0.0, float("-inf")]
    assert torch.allclose(bias[:, 3], torch.log(torch.tensor([510.0, 509.0])))
