import pytest

from studio.core.errors import UserError
from studio.core.wishes import KINDS, Wish, from_line, to_line


@pytest.mark.parametrize("kind", KINDS)
def test_a_wish_survives_its_line(kind):
    wish = Wish(kind, 3 if kind == "epochs" else 0)
    assert from_line(to_line(wish)) == wish and b"\n" not in to_line(wish)


@pytest.mark.parametrize("value", [0, -1, 10_001])
def test_a_run_cannot_have_any_number_of_epochs(value):
    with pytest.raises(UserError, match=f"cannot have {value} epochs"):
        Wish("epochs", value)


def test_an_unknown_wish_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="Did you mean 'preview'"):
        Wish("previw")


@pytest.mark.parametrize("line", [b"[]", b"{", b'{"kind": 3}', b'{"kind": "save", "value": "x"}',
                                  b'{"kind": "save", "x": 1}', b'{"kind": "dance"}'])
def test_a_line_that_holds_no_wish_is_refused(line):
    with pytest.raises((UserError, ValueError, KeyError, TypeError)):
        from_line(line)
