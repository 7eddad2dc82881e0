"""How many tokens is a caption to the two readers of the project's base? Told by its tokenizers; torch stays out."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.errors import UserError
from ui.i18n import tr


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Two tokenizers, or the reason why there are none."""

    qwen: object = None
    t5: object = None
    why_not: str = ""

    def words(self, text: str) -> str:
        """"Qwen 61 · T5 74" for a caption, which is literal text: brackets weigh nothing in it."""
        if self.qwen is None or self.t5 is None:
            return self.why_not
        from studio.core.caption import escaped
        from studio.core.prompt import CONTEXT_FLOOR
        from studio.store.prompt_view import read_prompt

        view = read_prompt(escaped(text), self.qwen, self.t5)
        told = tr("Qwen {qwen} · T5 {t5} of {most}", qwen=view.qwen, t5=view.t5, most=CONTEXT_FLOOR)
        if view.unknown:
            return " · ".join((told, tr("T5 does not know {pieces}", pieces=", ".join(view.unknown[:3]))))
        return told if not view.excess else " · ".join((told, tr("{n} too many", n=view.excess)))


def read_counts(base: str) -> TokenCounts:
    """The tokenizers of a base as a project names it. Takes a moment; without any it says so."""
    from studio.jobs.bases import BaseChoice
    from studio.store.tokenizers import Tokenizer

    if not base:
        return TokenCounts(why_not=tr("Tokens are counted once the project has a base model."))
    try:
        files = BaseChoice(base).files()
        return TokenCounts(Tokenizer.from_folder(files.qwen_tokenizer), Tokenizer.from_folder(files.t5_tokenizer))
    except UserError as error:
        return TokenCounts(why_not=tr("Tokens cannot be counted: {what}", what=error.what))
