import time
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


@pytest.mark.parametrize("text", [
    "a = " + "[" * 20_000, "a = " + "{a=" * 5000, "a = " + "9" * 5000, "a" + ".a" * 300_000 + " = 1",
    "[" + '"a".' * 100 + "a]", "a = 1\na = 2", "a = nothing", "\0",
])  # fmt: skip
def test_what_no_parser_should_be_given_is_refused_at_once(text):
    began = time.monotonic()
    with pytest.raises(UserError, match=r"^r\.toml (is not valid TOML|holds a key of more than 64 parts)") as caught:
        toml.loads(text, "r.toml")
    assert len(str(caught.value)) < 400 and time.monotonic() - began < 5


@pytest.mark.parametrize("value", ["x" * 500_000, "b.c " * 1000, "." * 1000])
def test_long_texts_are_no_deep_keys(value):
    assert toml.loads(f"a = '{value}'") == {"a": value}


def test_a_file_larger_than_any_of_ours_is_refused_unread(tmp_path):
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(2**34)
    with pytest.raises(UserError, match=r"huge\.toml is larger than 1 MiB"):
        toml.load(tmp_path / "huge.toml")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfrank = 8\r\n")
    assert toml.load(tmp_path / "a.toml") == {"rank": 8}


def test_what_a_shell_could_not_decode_is_not_written():
    with pytest.raises(UserError, match="is not text"):
        toml.dumps({"name": "\udcff"})
