"""Words to context: what the diffusion transformer reads beside the picture.

Two tokenizers read the prompt. Qwen3 turns its tokens into hidden states; the adapter lets T5's tokens ask questions of
them. The answers, one row a T5 token, are the context. It is padded with zeros to 512 rows, and the zeros matter: they
are where attention goes that finds no word. Longer prompts make a longer context; nothing is cut.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AnimaTextConditioner
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import Qwen3Model

from studio.core.prompt import CONTEXT_FLOOR, Segment, parse_weights
from studio.store.tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class Context:
    """One prompt's context: `tokens` (rows, width), weighted and unpadded."""

    tokens: Tensor

    @property
    def pads(self) -> int:
        """How many zero rows stand behind the tokens."""
        return max(0, CONTEXT_FLOOR - len(self.tokens))


@dataclass(frozen=True, slots=True)
class TextPath:
    """The frozen way from words to context: two tokenizers, Qwen3 and the adapter."""

    qwen: Qwen3Model
    conditioner: AnimaTextConditioner
    qwen_tokens: Tokenizer
    t5_tokens: Tokenizer

    def encode(self, prompt: str, literal: bool = False) -> Context:
        """The context of one prompt; `literal` reads parentheses as text, as in training captions.

        Weights act on the adapter's output; the words reach Qwen3 without markup. Each weighted segment is tokenised
        by itself and the pieces joined, as ComfyUI does (`comfy/sd1_clip.py`, `comfy/ldm/anima/model.py`).
        """
        segments = _literal(prompt) if literal else parse_weights(prompt)
        t5_ids, weights = self._t5_ids(segments)
        answers = self._answers(self._qwen_ids(segments), t5_ids)
        return Context(answers * torch.tensor(weights).to(answers).unsqueeze(1))

    def encode_many(self, prompts: Sequence[str]) -> list[Context]:
        """One context a prompt. Each is encoded alone, so its bits do not depend on its company."""
        known = {prompt: self.encode(prompt) for prompt in dict.fromkeys(prompts)}
        return [known[prompt] for prompt in prompts]

    def _qwen_ids(self, segments: Sequence[Segment]) -> list[int]:
        """An empty prompt is one pad token, which Qwen3 reads like any other: ComfyUI's rule."""
        ids = [token for segment in segments for token in self.qwen_tokens.encode(segment.text)]
        return ids or [self.qwen_tokens.pad_id]

    def _t5_ids(self, segments: Sequence[Segment]) -> tuple[list[int], list[float]]:
        """Ids and their weights; one end token closes them all."""
        weighted = [(token, segment.weight) for segment in segments for token in self.t5_tokens.encode(segment.text)]
        weighted.append((self.t5_tokens.eos_id, 1.0))
        return [token for token, _ in weighted], [weight for _, weight in weighted]

    @torch.no_grad()
    def _answers(self, qwen_ids: list[int], t5_ids: list[int]) -> Tensor:
        """The adapter's output, (len(t5_ids), width). One prompt has no pads, so no mask is needed anywhere."""
        device = self.qwen.embed_tokens.weight.device
        source = torch.tensor([qwen_ids], device=device)
        hidden = self.qwen(input_ids=source, use_cache=False).last_hidden_state  # (1, len(qwen_ids), width)
        return self.conditioner(hidden, torch.tensor([t5_ids], device=device))[0, : len(t5_ids)]


def stacked(contexts: Sequence[Context], exact_trim: bool = True) -> tuple[Tensor, Tensor | None]:
    """Contexts as one tensor (batch, rows, width), and what attention must add to its scores, or None.

    Trimmed, a row is its tokens and *one* zero token whose bias ln(pads) makes it weigh as much as all the pads it
    stands for: softmax over n equal scores s is exp(s + ln n). The bias (batch, 1, 1, rows) is float32; slots that only
    fill up a shorter row carry -inf. Untrimmed, rows are padded with zeros to 512 and need a bias only where a longer
    neighbour forces more slots on them.
    """
    return _trimmed(contexts) if exact_trim else _padded(contexts)


def _trimmed(contexts: Sequence[Context]) -> tuple[Tensor, Tensor]:
    rows = max(len(context.tokens) for context in contexts) + 1
    embeds = torch.stack([_with_zeros(context.tokens, rows) for context in contexts])
    biases = [torch.zeros(len(context.tokens)) for context in contexts]
    sinks = [torch.tensor([math.log(context.pads) if context.pads else -math.inf]) for context in contexts]
    joined = pad_sequence([torch.cat(pair) for pair in zip(biases, sinks, strict=True)], True, -math.inf)
    return embeds, F.pad(joined, (0, rows - joined.shape[1]), value=-math.inf)[:, None, None].to(embeds.device)


def _padded(contexts: Sequence[Context]) -> tuple[Tensor, Tensor | None]:
    lengths = [len(context.tokens) + context.pads for context in contexts]
    embeds = torch.stack([_with_zeros(context.tokens, max(lengths)) for context in contexts])
    if min(lengths) == max(lengths):
        return embeds, None
    bias = pad_sequence([torch.zeros(length) for length in lengths], True, -math.inf)
    return embeds, bias[:, None, None].to(embeds.device)


def _with_zeros(tokens: Tensor, rows: int) -> Tensor:
    return F.pad(tokens, (0, 0, 0, rows - len(tokens)))


def _literal(prompt: str) -> tuple[Segment, ...]:
    return (Segment(prompt, 1.0),) if prompt else ()
