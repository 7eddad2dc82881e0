"""How do several processes make one step of a run, so that nobody could tell from the LoRA how many there were?

The batches of a step are dealt out in turns. Which pictures, noises and times a batch has follows from the run's seed
and the step, whoever computes it; and the gradients are added up one batch after the other, in the order in which one
process would have added them. So the sum has the same bits. The first process takes the step alone, and hands the new
weights round with the next one: only it has an optimizer that remembers, a state to save, a person to answer.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

from studio.core.schedule import Batch, chunks
from studio.engine.peers import Peers, flat

Share = Callable[[Batch, int], tuple[Tensor, Tensor]]

_LOSSES = 1  # where the loss of each sample begins in what a process lends; before it is its batch's part of the loss


class Together:
    """Makes the gradients of `parameters` with `peers`; `share` computes one batch of at most `size` samples."""

    def __init__(self, peers: Peers, parameters: Sequence[nn.Parameter], size: int, share: Share) -> None:
        self._peers, self._parameters, self._share = peers, parameters, share
        self._weights = _LOSSES + size  # where the gradients begin
        self._length = self._weights + sum(each.numel() for each in parameters)

    def accumulate(self, step: int, batches: Sequence[Batch]) -> tuple[Tensor, Tensor]:
        """Leaves the gradient of a step with the parameters; the mean loss, (), and that of each sample, (samples,)."""
        total, each, summed = self._parameters[0].new_zeros(()), [], None
        for turn, dealt in enumerate(chunks(batches, self._peers.count)):
            self._peers.ask(step, turn)
            for batch, lent in zip(dealt, self._turn(turn, dealt, _samples(batches))):
                total += lent[0]
                each.append(lent[_LOSSES:_LOSSES + len(batch)])
                summed = lent[self._weights:] if summed is None else summed.add_(lent[self._weights:])
        self._leave(summed)
        return total, torch.cat(each)

    def lend(self, batches_of: Callable[[int], Sequence[Batch]]) -> Iterator[int]:
        """Computes what the first process asks for, until it asks for nothing more; yields the step of each turn."""
        while (asked := self._peers.asked()) is not None:
            step, turn = asked
            batches = batches_of(step)
            self._turn(turn, chunks(batches, self._peers.count)[turn], _samples(batches))
            yield step

    def _turn(self, turn: int, dealt: Sequence[Batch], samples: int) -> list[Tensor]:
        """What each process lends in a turn; its peers are answered even where this one fails."""
        if turn == 0:
            self._take_over(self._peers.spread(flat(self._parameters)))
        lent = self._parameters[0].new_zeros(self._length)
        try:
            if self._peers.place < len(dealt):
                self._compute(dealt[self._peers.place], samples, lent)
        finally:
            found = self._peers.gather(lent)
        return found

    def _compute(self, batch: Batch, samples: int, lent: Tensor) -> None:
        """Writes into `lent` what a batch gives."""
        self._forget()
        share, losses = self._share(batch, samples)
        lent[0] = share
        lent[_LOSSES:_LOSSES + len(batch)] = losses
        lent[self._weights:] = flat(each.grad for each in self._parameters)
        self._forget()

    @torch.no_grad()
    def _take_over(self, weights: Tensor) -> None:
        """The weights of the first process; for itself they are what they were."""
        if not self._peers.is_first:
            for parameter, values in zip(self._parameters, self._parted(weights), strict=True):
                parameter.copy_(values)

    def _leave(self, summed: Tensor) -> None:
        """Each gradient gets memory of its own, as autograd gives it: how sums are cut depends on where they begin."""
        for parameter, values in zip(self._parameters, self._parted(summed), strict=True):
            parameter.grad = values.clone()

    def _forget(self) -> None:
        for parameter in self._parameters:
            parameter.grad = None

    def _parted(self, numbers: Tensor) -> list[Tensor]:
        parts = numbers.split([each.numel() for each in self._parameters])
        return [part.view_as(parameter) for part, parameter in zip(parts, self._parameters, strict=True)]


def _samples(batches: Sequence[Batch]) -> int:
    return sum(len(batch) for batch in batches)
