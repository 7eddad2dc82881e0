"""What the transformer's stage writes can be taken up again, and its captions are padded as the engine pads them."""

import random
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("caption", ["", "1girl, smile", "1girl, smile, ahoge, from above. She waves, happily."])
def test_a_cut_caption_says_the_same_words(caption: str) -> None:
    assert {"".join(dit._cut(caption, random.Random(seed))) for seed in range(40)} == {caption}


def test_a_caption_is_cut_as_a_weight_cuts_a_prompt(tmp_path: Path) -> None:
    from studio.store.tokenizers import Tokenizer

    tokenizers.write(tmp_path)
    ours = Tokenizer.from_folder(tmp_path / "t5")
    [ids] = dit._ids(ours.backend, [("1girl, ", "ahoge", ", smile")])
    assert ids == [*ours.encode("1girl, "), *ours.encode("ahoge"), *ours.encode(", smile")]
