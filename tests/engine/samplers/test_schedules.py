import numpy
import pytest
import torch
from scipy.stats import beta as beta_distribution

from studio.core.errors import UserError
from studio.engine.samplers import SCHEDULERS
from studio.engine.samplers.beta_table import beta_index
from studio.engine.samplers.schedules import TABLE_SIZE, beta, sgm_uniform, simple


def shifted(t):
    return 3 * t / (1 + 2 * t)


def entries_by_scipy(steps):
    """ComfyUI's rule, word for word: quantiles of Beta(0.6, 0.6) over the table, rounded."""
    at = 1 - numpy.linspace(0, 1, steps, endpoint=False)
    return numpy.rint(beta_distribution.ppf(at, 0.6, 0.6) * (TABLE_SIZE - 1)).astype(int).tolist()


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("steps", [1, 2, 7, 28, 1000])
def test_a_schedule_falls_from_one_to_zero(name, steps):
    sigmas = SCHEDULERS[name](steps)
    assert sigmas.dtype == torch.float32 and sigmas.device.type == "cpu"
    assert sigmas[0] == 1 and sigmas[-1] == 0
    assert (sigmas.diff() < 0).all()


@pytest.mark.parametrize(("name", "steps"), [("simple", 1000), ("sgm_uniform", 1000), ("beta", 100)])
def test_a_schedule_has_the_asked_number_of_steps(name, steps):
    assert all(len(SCHEDULERS[name](count)) == count + 1 for count in range(1, steps + 1))


def test_simple_is_the_shifted_line_when_the_steps_divide_a_thousand():
    torch.testing.assert_close(simple(4), shifted(torch.tensor([1.0, 0.75, 0.5, 0.25, 0.0])))


def test_simple_picks_table_entries_as_comfyui_does_when_they_do_not_divide():
    torch.testing.assert_close(simple(7), shifted(torch.tensor([1000, 858, 715, 572, 429, 286, 143, 0]) / 1000))


def test_sgm_uniform_shifts_an_even_walk_between_the_ends_of_the_shifted_table():
    least = shifted(0.001)
    walk = torch.tensor([1 - (1 - least) * step / 8 for step in range(8)], dtype=torch.float64)
    expected = torch.cat((shifted(walk), torch.zeros(1, dtype=torch.float64)))
    assert (sgm_uniform(8).double() - expected).abs().max() < 1e-6


def test_beta_meets_the_very_entries_that_scipys_quantiles_round_to():
    for steps in range(1, 201):
        assert [beta_index(1 - step / steps, TABLE_SIZE) for step in range(steps)] == entries_by_scipy(steps)


@pytest.mark.parametrize("steps", [20, 200, 1000])
def test_beta_visits_these_entries_of_the_shifted_table_each_once(steps):
    entries = torch.tensor(list(dict.fromkeys(entries_by_scipy(steps))))
    torch.testing.assert_close(beta(steps)[:-1], shifted((entries + 1) / TABLE_SIZE))


def test_beta_with_200_steps_has_one_less_as_two_fall_on_one_entry():
    assert len(beta(200)) - 1 == 199


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("steps", [0, 1001])
def test_impossible_step_counts_are_refused(name, steps):
    with pytest.raises(UserError, match="steps"):
        SCHEDULERS[name](steps)
