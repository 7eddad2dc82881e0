from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from studio.core.typed import typed


@dataclass(frozen=True, slots=True)
class Jar:
    label: str
    grams: float
    count: int = 1
    lid: str | None = None
    shelf: Path = Path()
    facts: Mapping[str, object] = field(default_factory=dict)


def test_values_of_their_declared_types_make_the_instance():
    assert typed(Jar, {"label": "a", "grams": 2, "lid": None, "facts": {"x": [1]}}) == Jar("a", 2, facts={"x": [1]})


@pytest.mark.parametrize("facts", [
    {"label": 1}, {"label": None}, {"grams": "2"}, {"count": 1.5}, {"count": 2**70}, {"lid": 3}, {"facts": []},
    {"shelf": 4}, {"count": [[[]]]}, {"lid": {"a": 1}},
])  # fmt: skip
def test_a_value_of_another_type_is_named(facts):
    [name] = facts
    with pytest.raises(ValueError, match=f"^{name} cannot be "):
        typed(Jar, {"label": "a", "grams": 1.0} | facts)


def test_unknown_and_missing_names_are_told():
    with pytest.raises(KeyError, match="colour"):
        typed(Jar, {"label": "a", "grams": 1.0, "colour": "red"})
    with pytest.raises(TypeError, match="grams"):
        typed(Jar, {"label": "a"})
