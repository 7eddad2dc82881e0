"""Loads a text encoder alone and lets it read a sentence: what most often turns out not to work, tried first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Started
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store.tokenizers import Tokenizer

SENTENCE = "1girl, standing, a character with blue hair."


@dataclass(frozen=True, slots=True)
class TryText:
    """Nothing of a transformer is read, so it takes seconds, and can be done before one is there."""

    text_encoder: Path
    tokenizer: Path
    kind = "try-text"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        import torch

        from studio.engine.anima.checkpoint import load_text_encoder
        from studio.engine.anima.files import BaseFiles

        emit(Started(self.text_encoder.name, self.kind, 1))
        tokens = Tokenizer.from_folder(self.tokenizer).encode(SENTENCE)
        alone = BaseFiles(self.text_encoder, self.text_encoder, self.text_encoder, self.tokenizer, self.tokenizer)
        encoder = load_text_encoder(alone, gpu.device, gpu.dtype())
        if max(tokens) >= (rows := encoder.embed_tokens.num_embeddings):
            raise UserError(f"{self.tokenizer} knows more words than the {rows:,} of {self.text_encoder}",
                            "Take the tokenizer that goes with it.")
        with torch.no_grad():
            states = encoder(torch.tensor([tokens], device=gpu.device), use_cache=False).last_hidden_state
        if not bool(torch.isfinite(states).all()) or not bool(states.float().std() > 0):
            raise UserError(f"{self.text_encoder} reads a sentence as nothing, or as no numbers", "Fetch it again.")
        emit(Note(f"{self.text_encoder.name} reads: {len(tokens)} tokens, {states.shape[-1]} wide."))
        return Finished({"tokens": len(tokens), "width": states.shape[-1]})
