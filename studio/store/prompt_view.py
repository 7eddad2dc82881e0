"""What do the two readers of a prompt see? Told from the tokenizer files alone."""

from __future__ import annotations

from studio.core.prompt import PromptView, view
from studio.store.tokenizers import Tokenizer

_UNKNOWN = "<unk>"  # what T5's vocabularies call it


def read_prompt(prompt: str, qwen: Tokenizer, t5: Tokenizer) -> PromptView:
    """Segments, weights, token counts, and what is worth a second look."""
    return view(prompt, qwen.encode, t5.encode, lambda text: unknown_pieces(t5, text))


def unknown_pieces(tokenizer: Tokenizer, text: str) -> tuple[str, ...]:
    """The stretches of `text` that this tokenizer has no token for."""
    unknown = tokenizer.backend.token_to_id(_UNKNOWN)
    found = tokenizer.backend.encode(text, add_special_tokens=False)
    places = (place for token, place in zip(found.ids, found.offsets, strict=True) if token == unknown)
    return tuple(piece for start, end in places if (piece := text[start:end].strip()))
