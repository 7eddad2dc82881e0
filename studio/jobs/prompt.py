"""Reads a prompt as a base model's two tokenizers will. No weights are loaded: a window can ask while someone types."""

from __future__ import annotations

from collections.abc import Iterator

from studio.core.events import Facts
from studio.core.prompt import CONTEXT_FLOOR, PromptView
from studio.jobs.bases import BaseChoice
from studio.store.prompt_view import read_prompt
from studio.store.tokenizers import Tokenizer


def look_at(prompt: str, base: BaseChoice) -> PromptView:
    """What the tokenizers of `base` make of the prompt. Raises UserError naming what is missing."""
    files = base.files()
    return read_prompt(prompt, Tokenizer.from_folder(files.qwen_tokenizer), Tokenizer.from_folder(files.t5_tokenizer))


def facts_of(view: PromptView) -> Facts:
    """The view as one object of plain values; a segment stands at [start, end) of what was typed."""
    segments = [
        {"text": each.segment.text, "weight": round(each.segment.weight, 6), "start": each.segment.start,
         "end": each.segment.end, "qwen_tokens": each.qwen, "t5_tokens": each.t5}
        for each in view.segments
    ]  # fmt: skip
    return {"segments": segments, "qwen_tokens": view.qwen, "t5_tokens": view.t5, "context": CONTEXT_FLOOR,
            "excess": view.excess, "unknown": list(view.unknown), "notes": list(view.notes)}


def lines_of(view: PromptView) -> Iterator[str]:
    """The view for people: a line for each segment, one for the sum, then the notes."""
    yield "weight  Qwen3    T5  text"
    for each in view.segments:
        yield f"{each.segment.weight:6.3g}  {each.qwen:5}  {each.t5:4}  {each.segment.text.strip()}"
    yield f"   all  {view.qwen:5}  {view.t5:4}  of {CONTEXT_FLOOR}; T5's closing token is counted"
    yield from view.notes
