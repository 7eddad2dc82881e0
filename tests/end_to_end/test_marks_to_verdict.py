"""From a sheet of cells through blind marks on the disk to the sentence, and into the journal."""

from studio.core.axes import Axis
from studio.core.blind import steadiness, turns
from studio.core.paired import seen_in
from studio.core.rubric import AS_ASKED, OBTAINED, SCALES
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.core.verdict import verdict
from studio.core.verdict_journal import held
from studio.store.marks import Marks
from studio.store.verdicts import read_verdicts, retract, write_judgement

EPOCHS = (20, 50, 100, 180)
SHEET = Sheet("t", (Axis("epoch", ("base", *EPOCHS)),),
              (Axis("view", ("front", "from below")), Axis("seed", tuple(range(8)))),
              RenderSpec(prompt="{trigger}, {view}"), epochs=tuple((each, f"{each:064}") for each in EPOCHS),
              characters=(("Kei", "kei"),))  # fmt: skip


def test_blind_marks_add_up_to_a_sentence_that_can_be_taken_back(tmp_path):
    cells = SHEET.expand()
    by_key = {cell.key: cell for cell in cells}
    marks = Marks(tmp_path)
    for turn in turns(by_key, seed=1):
        digit = 1 if by_key[turn.key].value("epoch") in (100, 180) else 3
        marks.add([turn.mark(AS_ASKED, OBTAINED, SCALES[OBTAINED].value_of_key(digit), "me")])
    state = Marks(tmp_path).state
    steady = steadiness(state.marks())
    found = verdict(seen_in(cells, state.counting("me")), reference=100, noise=steady.noise)
    assert found.sentence == ("ep100 and ep180: no difference shown; ep20 and ep50: worse than ep100 (as asked); "
                              "take ep100.")
    assert set(found.keys) == {cell.key for cell in cells if cell.value("epoch") != "base"}

    written = write_judgement(tmp_path, "ep180", found.sentence, [("0001", key) for key in found.keys])
    retract(tmp_path, written.id, "one seed", "ep100", clock=lambda: 0.0)
    assert held(read_verdicts(tmp_path))[0].text == "ep180 (retracted 1970-01-01: one seed) -> ep100"
