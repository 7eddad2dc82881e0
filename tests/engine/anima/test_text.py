import math

import pytest
import torch
from torch import nn

from studio.engine.anima.shapes import CONTEXT_FLOOR
from studio.engine.anima.text import Context, TextPath, stacked
from studio.engine.anima.transformer import velocity
from studio.core.prompt import parse_weights
from studio.store.tokenizers import Tokenizer

PROMPT = "masterpiece, 1girl, blue hair, standing"
SIDES = 8


@pytest.fixture(scope="module")
def text(tiny_anima):
    return tiny_anima.text


@pytest.fixture(scope="module")
def noise():
    return torch.randn(4, 16, 1, SIDES, SIDES, generator=torch.Generator().manual_seed(1))


def adapter_output(text, qwen_ids, t5_ids):
    """What ids become, computed from the models themselves."""
    with torch.no_grad():
        hidden = text.qwen(input_ids=torch.tensor([qwen_ids])).last_hidden_state
        return text.conditioner(hidden, torch.tensor([t5_ids]))[0, : len(t5_ids)]


def closed(text, *pieces):
    return [token for piece in pieces for token in text.t5_tokens.encode(piece)] + [text.t5_tokens.eos_id]


def largest(difference):
    return difference.abs().max().item()


def test_a_prompt_becomes_one_row_for_each_t5_token(text):
    context = text.encode(PROMPT)
    t5_ids = closed(text, PROMPT)
    assert torch.equal(context.tokens, adapter_output(text, text.qwen_tokens.encode(PROMPT), t5_ids))
    assert context.pads == CONTEXT_FLOOR - len(t5_ids)


def test_an_empty_prompt_is_one_pad_for_qwen_and_one_end_for_t5(text):
    expected = adapter_output(text, [text.qwen_tokens.pad_id], [text.t5_tokens.eos_id])
    for prompt, literal in (("", False), ("()", False), ("", True)):
        assert torch.equal(text.encode(prompt, literal).tokens, expected)


def test_words_and_their_order_reach_the_context(text):
    first, second = text.encode("blue hair, red eyes"), text.encode("red hair, blue eyes")
    assert first.tokens.shape == second.tokens.shape
    assert largest(first.tokens - second.tokens) > 0.1


def test_a_weight_multiplies_its_tokens_rows_of_the_adapters_output(text):
    context = text.encode("1girl, (blue hair:1.5), standing")
    pieces = ("1girl, ", "blue hair", ", standing")
    t5_ids = closed(text, *pieces)
    qwen_ids = [token for piece in pieces for token in text.qwen_tokens.encode(piece)]
    first, middle = (len(text.t5_tokens.encode(piece)) for piece in pieces[:2])
    factors = torch.ones(len(t5_ids), 1)
    factors[first : first + middle] = 1.5
    assert torch.equal(context.tokens, adapter_output(text, qwen_ids, t5_ids) * factors)


def test_the_end_token_has_no_weight(text):
    heavy, plain = text.encode("(hair:3)"), text.encode("hair")
    assert torch.allclose(heavy.tokens[:-1], 3 * plain.tokens[:-1])
    assert torch.equal(heavy.tokens[-1], plain.tokens[-1])


def test_each_weighted_segment_is_tokenised_by_itself(text):
    split = text.encode("ha(ir:1)")
    qwen_ids = [*text.qwen_tokens.encode("ha"), *text.qwen_tokens.encode("ir")]
    assert torch.equal(split.tokens, adapter_output(text, qwen_ids, closed(text, "ha", "ir")))
    assert len(split.tokens) > len(text.encode("hair").tokens)


def test_a_caption_has_no_weight_syntax(text):
    caption = r"1girl, (blue hair:1.5), mira \(story\)"
    expected = adapter_output(text, text.qwen_tokens.encode(caption), closed(text, caption))
    assert torch.equal(text.encode(caption, literal=True).tokens, expected)
    assert text.encode(caption).tokens.shape != expected.shape


def test_a_long_prompt_makes_a_longer_context_and_loses_nothing(text):
    prompt = "blue hair, " * 200 + "red eyes"
    context = text.encode(prompt)
    t5_ids = closed(text, prompt)
    assert len(t5_ids) > CONTEXT_FLOOR
    assert context.pads == 0
    assert torch.equal(context.tokens, adapter_output(text, text.qwen_tokens.encode(prompt), t5_ids))


def test_a_prompt_is_encoded_the_same_in_any_company(text):
    prompts = [PROMPT, "", "hair " * 600, PROMPT, "red"]
    together = text.encode_many(prompts)
    for prompt, context in zip(prompts, together, strict=True):
        assert torch.equal(context.tokens, text.encode(prompt).tokens)


def test_encoding_needs_no_gradients_and_no_global_random_numbers(text):
    before = torch.random.get_rng_state()
    assert not text.encode(PROMPT).tokens.requires_grad
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("prompts", [[PROMPT], [""], [PROMPT, "", "red"], ["hair " * 600], ["hair " * 600, "red", ""]])
def test_a_trimmed_context_draws_what_a_padded_one_draws(tiny_anima, noise, prompts):
    contexts = tiny_anima.text.encode_many(prompts)
    latents, times = noise[: len(prompts)], torch.linspace(0.2, 0.9, len(prompts))
    drawn = [velocity(tiny_anima.transformer, latents, times, *stacked(contexts, trim)) for trim in (True, False)]
    assert largest(drawn[0] - drawn[1]) <= 1e-5


def test_a_padded_context_is_zeros_up_to_512_and_needs_no_mask(text):
    context = text.encode(PROMPT)
    embeds, bias = stacked([context], exact_trim=False)
    assert embeds.shape[1] == CONTEXT_FLOOR
    assert torch.equal(embeds[0, : len(context.tokens)], context.tokens)
    assert not embeds[0, len(context.tokens) :].any()
    assert bias is None


def test_a_long_neighbour_adds_no_pads_to_a_short_prompt(tiny_anima, noise):
    short, long = tiny_anima.text.encode_many(["red", "hair " * 600])
    times = torch.tensor([0.5, 0.5])
    alone, _ = stacked([short], exact_trim=False)
    expected = velocity(tiny_anima.transformer, noise[:1], times[:1], alone)
    for trim in (True, False):
        drawn = velocity(tiny_anima.transformer, noise[:2], times, *stacked([short, long], trim))
        assert largest(drawn[:1] - expected) <= 1e-5


def test_one_zero_token_stands_for_all_pads():
    contexts = [Context(torch.ones(2, 3)), Context(torch.ones(4, 3)), Context(torch.ones(600, 3))]
    embeds, bias = stacked(contexts)
    assert embeds.shape == (3, 601, 3)
    assert bias.shape == (3, 1, 1, 601)
    assert bias[0, 0, 0, :4].tolist() == pytest.approx([0, 0, math.log(510), -math.inf])
    assert bias[1, 0, 0, 4].item() == pytest.approx(math.log(508))
    assert bias[2, 0, 0, -1].item() == -math.inf


def test_pads_may_not_simply_be_masked_away(tiny_anima, noise):
    context = tiny_anima.text.encode(PROMPT)
    exact = velocity(tiny_anima.transformer, noise[:1], torch.tensor([0.5]), *stacked([context]))
    bare = velocity(tiny_anima.transformer, noise[:1], torch.tensor([0.5]), context.tokens[None])
    assert largest(exact - bare) > 1e-2


def test_every_block_and_the_words_move_the_tiny_models_output(tiny_anima, noise):
    """Parity tests on random weights mean something only if no part of the model is idle."""
    contexts, times = tiny_anima.text.encode_many([PROMPT]), torch.tensor([0.5])
    whole = velocity(tiny_anima.transformer, noise[:1], times, *stacked(contexts))
    blocks = tiny_anima.transformer.transformer_blocks
    for place, block in enumerate(blocks):
        blocks[place] = _Idle()
        without = velocity(tiny_anima.transformer, noise[:1], times, *stacked(contexts))
        blocks[place] = block
        assert (without - whole).norm() >= 0.1 * whole.norm()
    other = velocity(tiny_anima.transformer, noise[:1], times, *stacked(tiny_anima.text.encode_many(["red"])))
    assert (other - whole).norm() >= 0.05 * whole.norm()


def test_real_tokenizers_give_comfyuis_ids(tiny_anima, real_tokenizers):
    qwen, t5 = (Tokenizer.from_folder(real_tokenizers / name) for name in ("qwen2", "t5"))
    path = TextPath(tiny_anima.text.qwen, tiny_anima.text.conditioner, qwen, t5)
    segments = parse_weights("a, (b:1.2)")
    assert path._t5_ids(segments) == ([3, 9, 6, 3, 115, 1], [1, 1, 1, 1.2, 1.2, 1])
    assert path._qwen_ids(segments) == [64, 11, 220, 65]
    assert path._t5_ids(()) == ([1], [1.0])
    assert path._qwen_ids(()) == [151643]


class _Idle(nn.Module):
    def forward(self, tokens, *_):
        return tokens
