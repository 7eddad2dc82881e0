import tomllib

import pytest

from studio.core import toml
from studio.core.errors import UserError

TABLES = [
    {},
    {"a": 1, "b": -2.5, "c": True, "d": "x"},
    {"small": 2e-5, "large": 1e20, "seed": 2**63 - 1},
    {"text": 'a "quoted" \\ back\tslash\nline \x7f \x01 é 雪 😀'},
    {"empty": [], "numbers": [1, 2], "texts": ["a, b", "]"], "mixed": ["base", 1]},
    {"long": ["x" * 80, "y" * 80]},
    {"odd key": 1, "": 2, "dotted.key": {"in": 3}},
    {"top": 1, "table": {"a": 1, "below": {"b": 2}}, "hollow": {}},
    {"rows": [{"name": "a", "values": [1]}, {"name": "b", "deep": {"c": 1}}], "after": {"d": 1}},
]


@pytest.mark.parametrize("table", TABLES)
def test_what_is_written_reads_back_the_same(table):
    assert tomllib.loads(toml.dumps(table)) == table


def test_plain_values_come_before_tables_whatever_their_order():
    assert tomllib.loads(toml.dumps({"table": {"a": 1}, "plain": 2})) == {"table": {"a": 1}, "plain": 2}


def test_what_toml_has_no_place_for_is_our_bug():
    with pytest.raises(TypeError):
        toml.dumps({"nothing": None})


def test_a_broken_file_is_named_with_the_place(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("rank = = 3\n")
    with pytest.raises(UserError, match=r"recipe\.toml is not valid TOML.*line 1"):
        toml.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone\.toml does not exist"):
        toml.load(tmp_path / "gone.toml")


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "old.toml"
    path.write_bytes("name = 'é'".encode("latin-1"))
    with pytest.raises(UserError, match=r"old\.toml is not UTF-8"):
        toml.load(path)
