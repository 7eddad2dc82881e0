"""What a run remembers of the run before it, and of the rules that were overruled for it."""

import pytest

from studio.core.errors import UserError
from studio.core.origin import Origin, Refusal, from_json, refusal, to_json


def test_an_origin_is_read_as_it_was_written() -> None:
    origin = Origin("0001-mira-aaaa", (Refusal("R07", "beides gemeint", "Base and data differ."),))
    assert from_json(to_json(origin)) == origin
    assert from_json(to_json(Origin())) == Origin()


@pytest.mark.parametrize("text", ["[", "{}", '{"parent": "", "refused": [{"rule": "R01"}]}'])
def test_a_damaged_origin_is_named(text) -> None:
    with pytest.raises(UserError, match="origin.json is damaged"):
        from_json(text)


def test_a_refusal_is_typed_with_its_reason() -> None:
    assert refusal("r07 = both are meant") == Refusal("R07", "both are meant")


@pytest.mark.parametrize("text", ["R07", "R07=", "=because", "R07=  "])
def test_a_refusal_without_a_reason_is_none(text) -> None:
    with pytest.raises(UserError, match="no reason"):
        refusal(text)
