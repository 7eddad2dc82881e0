"""What stands beside the rows and over the columns of a sheet in an article: only what tells them apart."""

from __future__ import annotations

from studio.core.article_words import Words, label_of
from studio.core.axes import EPOCH, Axis, Pairs, Value, is_text
from studio.core.compared_epochs import SEED
from studio.jobs.article_sheet import SheetEvidence
from studio.jobs.sheet_image import shared_words


class Heads:
    """The heads of one sheet in one language."""

    def __init__(self, evidence: SheetEvidence, words: Words) -> None:
        self._evidence, self._words = evidence, words
        self._short = {(axis.name, value): text for axis in evidence.sheet.axes for value, text in _own_words(axis)}

    def texts(self, pairs: Pairs) -> tuple[str, ...]:
        """One text for each value that tells a row or a column from the others."""
        return tuple(label_of(name, self._short.get((name, value), value), self._words) for name, value in pairs)

    def line(self, pairs: Pairs) -> str:
        """The same on one line."""
        return ", ".join(self.texts(pairs))

    @property
    def start(self) -> str:
        """Where columns are seeds and the like, step 0 is that of the first of them."""
        first = next(iter(self._evidence.grid.columns), ())
        return self.line(tuple(pair for pair in first if pair[0] != EPOCH))

    @property
    def prompts(self) -> tuple[tuple[str, str], ...]:
        """What rows asked for, as (what tells such rows apart, prompt); seeds ask for nothing."""
        grid = self._evidence.grid
        named = {prompt: self.line(tuple(pair for pair in pairs if pair[0] != SEED))
                 for pairs, prompt in zip(grid.rows, grid.prompts, strict=True) if prompt}
        return tuple((name, prompt) for prompt, name in named.items())

    @property
    def every_prompt(self) -> str:
        """What all prompts say; empty if that is nothing."""
        prompts = tuple(dict.fromkeys(filter(None, self._evidence.grid.prompts)))
        shared = prompts[0] if len(prompts) == 1 else shared_words(prompts)[0] if prompts else ""
        return self._words("Every prompt: {prompt}", prompt=shared) if shared else ""


def _own_words(axis: Axis) -> list[tuple[Value, str]]:
    """Prompts by what each says beyond the others; nothing for an axis of anything else."""
    if not is_text(axis.name) or len(axis.values) < 2:
        return []
    return list(zip(axis.values, shared_words([str(value) for value in axis.values])[1], strict=True))
