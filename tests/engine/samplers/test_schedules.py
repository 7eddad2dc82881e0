import pytest
import torch

from studio.core.errors import UserError
from studio.engine.samplers import SCHEDULERS
from studio.engine.samplers.schedules import simple


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("steps", [1, 2, 7, 28, 1000])
def test_a_schedule_falls_from_one_to_zero_in_the_asked_number_of_steps(name, steps):
    sigmas = SCHEDULERS[name](steps)
    assert sigmas.dtype == torch.float32 and len(sigmas) == steps + 1
    assert sigmas[0] == 1 and sigmas[-1] == 0
    assert (sigmas.diff() < 0).all()


def test_simple_is_the_shifted_line_when_the_steps_divide_a_thousand():
    t = torch.tensor([1.0, 0.75, 0.5, 0.25, 0.0])
    torch.testing.assert_close(simple(4), 3 * t / (1 + 2 * t))


def test_simple_picks_table_entries_as_comfyui_does_when_they_do_not_divide():
    t = torch.tensor([1000, 858, 715, 572, 429, 286, 143, 0]) / 1000
    torch.testing.assert_close(simple(7), 3 * t / (1 + 2 * t))


@pytest.mark.parametrize("steps", [0, 1001])
def test_impossible_step_counts_are_refused(steps):
    with pytest.raises(UserError, match="steps"):
        simple(steps)
