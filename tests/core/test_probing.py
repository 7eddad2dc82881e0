from studio.core.axes import BASE
from studio.core.marks import Mark
from studio.core.probing import asked_words, probed
from studio.core.rubric import AS_ASKED, OBTAINED
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell


def cell(prompt: str, seed: int, epoch: str | int = BASE) -> Cell:
    return Cell(0, 0, RenderSpec(prompt=prompt, seed=seed), (("epoch", epoch),))


def marked(cell: Cell, value: int) -> Mark:
    return Mark(cell.key, AS_ASKED, OBTAINED, value, "me")


def test_what_came_in_half_of_the_bases_cells_it_draws_by_itself() -> None:
    behind = [cell("1girl, (from behind:1.3), full body", seed) for seed in range(4)]
    below = [cell("1girl, from below", seed) for seed in range(2)]
    marks = [*(marked(each, 2 * (seed < 2)) for seed, each in enumerate(behind)), *(marked(each, 0) for each in below)]
    assert probed([*behind, *below], marks) == {
        ("angle", "from behind"): True, ("framing", "full body"): True, ("camera", "from below"): False}


def test_cells_of_epochs_and_cells_that_nobody_marked_say_nothing_of_the_base() -> None:
    trained, silent = cell("1girl, from behind", 1, 20), cell("1girl, sitting", 1)
    assert probed([trained, silent], [marked(trained, 2)]) == {}


def test_a_prompt_asks_for_the_words_that_its_tags_decide() -> None:
    assert asked_words("1girl, mira, from side, portrait") == {("angle", "from side"), ("framing", "portrait")}
