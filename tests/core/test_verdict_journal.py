import pytest

from studio.core.verdict_journal import Judgement, Retraction, from_json, held, report, resting_on, to_json

DAY = 86_400.0
FIRST = Judgement(1, "ep180", "ep180 is overtrained.", "me", (("0003", "aa"),), DAY)
SECOND = Judgement(2, "ep150", "ep150 keeps the face.", "me", (("0004", "bb"),), 2 * DAY)
BACK = Retraction(3, 1, "one seed", "ep120-150", "me", (("0005", "cc"),), 3 * DAY)


def test_a_retracted_verdict_stays_beside_its_retraction():
    first, second = held((FIRST, SECOND, BACK))
    assert first.text == "ep180 (retracted 1970-01-04: one seed) -> ep120-150"
    assert first.judgement == FIRST
    assert second.text == "ep150"


def test_the_report_has_a_line_for_each_verdict():
    assert list(report((FIRST, SECOND, BACK))) == [
        "1970-01-02  ep180 (retracted 1970-01-04: one seed) -> ep120-150  ep180 is overtrained.",
        "1970-01-03  ep150  ep150 keeps the face."]  # fmt: skip


def test_nothing_need_hold_instead():
    assert held((FIRST, Retraction(2, 1, "")))[0].text == "ep180 (retracted 1970-01-01)"


def test_of_several_retractions_the_last_counts():
    again = Retraction(4, 1, "eight seeds", "ep150", time=4 * DAY)
    assert held((FIRST, BACK, again))[0].text == "ep180 (retracted 1970-01-05: eight seeds) -> ep150"


def test_a_cell_knows_the_verdicts_that_rest_on_it():
    lines = (FIRST, SECOND, BACK)
    assert [each.judgement.id for each in resting_on(lines, "0003", "aa")] == [1]
    assert [each.judgement.id for each in resting_on(lines, "0005", "cc")] == [1]
    assert resting_on(lines, "0003", "bb") == ()


@pytest.mark.parametrize("line", [FIRST, SECOND, BACK, Judgement(9, "ep1", "顔が固まる")])
def test_a_line_comes_back(line):
    assert from_json(to_json(line)) == line


@pytest.mark.parametrize("text", ["{}", "[]", '{"id":"one","pick":"x","text":"y","cells":[]}',
                                  '{"id":1,"cells":[[1]]}', '{"id":1,"pick":"x","text":"y","cells":[],"time":1e999}'])
def test_what_is_no_line_is_refused(text):
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_json(text)
