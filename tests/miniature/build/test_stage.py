"""A stage that is killed goes on where it was, and ends as if nothing had happened."""

from pathlib import Path

import pytest
import torch

from studio.miniature.build.stage import Ema, Stage


class Cut(Exception):
    """Stands for a kill."""


def trained(steps: int, cut_at: int | None = None) -> torch.Tensor:
    torch.manual_seed(0)
    net = torch.nn.Linear(3, 3)
    optimizer, ema = torch.optim.AdamW(net.parameters(), lr=0.1), Ema(net, 0.9)
    stage = Stage("toy", steps, {"net": net, "optimizer": optimizer, "ema": ema})

    def step(index: int) -> dict[str, float]:
        if index == cut_at:
            stage.save()
            raise Cut
        optimizer.zero_grad()
        net(torch.randn(4, 3)).square().sum().backward()
        optimizer.step()
        ema.update(net, index)
        return {}

    stage.run(step)
    return torch.cat([value.flatten() for value in (*net.parameters(), *ema.shadow.values())])


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_cut_stage_ends_bit_equal_to_an_uncut_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(8)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    with pytest.raises(Cut):
        trained(8, cut_at=5)
    assert torch.equal(trained(8), whole)


def test_a_finished_stage_takes_no_further_step() -> None:
    first = trained(4)
    assert torch.equal(trained(4), first)
