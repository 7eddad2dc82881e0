"""Compiles the transformer block by block, and goes back to plain blocks where that fails.

One compiled block serves all that are built like it, and every size of picture and length of caption: sizes are symbols
from the first call on, or which kernels a run gets would depend on the picture that it happens to begin with.
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn

_VARIANTS = 64  # how many compilations of one block torch keeps before it gives up on it without a word; 8 is its own


class Blocks:
    """The blocks of `transformer`, compiled if that is `wanted`, for as long as nobody gives them up."""

    def __init__(self, transformer: nn.Module, wanted: bool) -> None:
        self._blocks = list(transformer.transformer_blocks) if wanted else []
        if self._blocks:
            torch._dynamo.config.recompile_limit = max(torch._dynamo.config.recompile_limit, _VARIANTS)
        for block in self._blocks:  # forward and not the call, which would draw the hooks on a block in
            block.forward = torch.compile(block.forward, dynamic=True)

    @property
    def are_compiled(self) -> bool:
        return bool(self._blocks)

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """The errors of a step that say that a block cannot be compiled, which shows when it is called; else none."""
        return _failures() if self._blocks else ()

    def passed_over(self) -> AbstractContextManager[object]:
        """Inside the blocks run plain: pictures come in other batches than steps, and each would be compiled for."""
        return torch.compiler.set_stance("force_eager") if self._blocks else nullcontext()

    def restore(self) -> None:
        """Makes the blocks plain again; a second call does nothing."""
        for block in self._blocks:
            del block.forward
        self._blocks = []


def reason_of(error: Exception) -> str:
    """What went wrong, in its first line."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _failures() -> tuple[type[Exception], ...]:
    """torch's own words for it, loaded only when something was compiled: they take a second."""
    from torch._dynamo.exc import TorchDynamoException
    from torch._inductor.exc import CppCompileError, InvalidCxxCompiler, OperatorIssue

    return TorchDynamoException, CppCompileError, InvalidCxxCompiler, OperatorIssue
