"""One call of the diffusion transformer: noisy latents, time and words in, velocity out.

The checkpoint's seventeenth input channel is a padding mask that is zero for every picture; it is appended here, so the
transformer is built with `in_channels=17, concat_padding_mask=False`.
"""

import torch
import torch.nn.functional as F
from diffusers import CosmosTransformer3DModel
from diffusers.models.attention_processor import Attention
from diffusers.models.transformers.transformer_cosmos import CosmosRotaryPosEmbed
from torch import Tensor, nn

RotaryTables = tuple[Tensor, Tensor]


def velocity(
    transformer: CosmosTransformer3DModel, latents: Tensor, t: Tensor, embeds: Tensor, mask: Tensor | None = None
) -> Tensor:
    """The predicted velocity `noise - picture`, (batch, 16, 1, height/8, width/8), float32.

    `latents` (batch, 16, 1, height/8, width/8), normalised; `t` (batch,) in [0, 1]; `embeds` (batch, tokens, width);
    `mask` None or an additive bias of the tokens, (batch, tokens) or (batch, 1, 1, tokens).
    """
    dtype = transformer.patch_embed.proj.weight.dtype
    predicted = transformer(
        hidden_states=_with_padding_channel(latents.to(dtype)),
        timestep=t.float(),  # a bf16 time is off by up to 0.4 %; the model casts only after the sinusoid
        encoder_hidden_states=embeds.to(dtype),
        attention_mask=None if mask is None else mask.flatten(1),
        return_dict=False,
    )[0]
    return predicted.float()


def install_fast_attention(transformer: CosmosTransformer3DModel) -> None:
    """Drops diffusers' copies of keys and values, and builds the rotary tables once per picture size."""
    transformer.rope = CachedRope(transformer.rope)
    for block in transformer.transformer_blocks:
        block.attn1.set_processor(LeanAttention())
        block.attn2.set_processor(LeanAttention())


class CachedRope(nn.Module):
    """diffusers' rotary tables, (tokens, head width) cosines and sines, kept for every size already seen."""

    def __init__(self, rope: CosmosRotaryPosEmbed) -> None:
        super().__init__()
        self.rope = rope
        self._tables: dict[tuple[object, ...], RotaryTables] = {}

    def forward(self, latents: Tensor, fps: int | None = None) -> RotaryTables:
        key = (tuple(latents.shape[2:]), latents.device, fps)
        if key not in self._tables:
            self._tables[key] = self._built(latents, fps)
        return self._tables[key]

    def _built(self, latents: Tensor, fps: int | None) -> RotaryTables:
        self.rope.max_size = [max(*self.rope.max_size, *latents.shape[2:])]  # diffusers stops at 2048 pixels a side
        with torch.inference_mode(False), torch.no_grad():  # a table made while drawing must also serve training
            return self.rope(latents, fps=fps)


class LeanAttention:
    """Attention with per-head RMS norm and rotary positions, as `CosmosAttnProcessor2_0` without its copies."""

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        image_rotary_emb: RotaryTables | None = None,
    ) -> Tensor:
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query = attn.norm_q(_heads(attn.to_q(hidden_states), attn.heads))
        key = attn.norm_k(_heads(attn.to_k(context), attn.heads))
        value = _heads(attn.to_v(context), attn.heads)
        if image_rotary_emb is not None:
            query, key = _rotated(query, image_rotary_emb), _rotated(key, image_rotary_emb)
        bias = None if attention_mask is None else attention_mask.to(value.dtype)
        mixed = F.scaled_dot_product_attention(query.to(value.dtype), key.to(value.dtype), value, bias)
        return attn.to_out[0](mixed.transpose(1, 2).flatten(2))


def _with_padding_channel(latents: Tensor) -> Tensor:
    return F.pad(latents, (0, 0, 0, 0, 0, 0, 0, 1))


def _heads(tokens: Tensor, heads: int) -> Tensor:
    """(batch, tokens, width) -> (batch, heads, tokens, head width)."""
    return tokens.unflatten(2, (heads, -1)).transpose(1, 2)


def _rotated(tokens: Tensor, tables: RotaryTables) -> Tensor:
    cosines, sines = tables
    first, second = tokens.chunk(2, dim=-1)
    return (tokens.float() * cosines + torch.cat((-second, first), dim=-1).float() * sines).to(tokens.dtype)
