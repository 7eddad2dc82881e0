"""Tables of an article: what is written is read back, whatever a prompt holds."""

import csv
import io
import random
import re

import pytest

from studio.core.article_table import csv_text, markdown_table, plain

HARD = ("a|b", "\\", "\\|", "*bold*", "_x_", "`code`", "<b>hi</b>", "[a](b)", "![x](y)", "line\nbreak", "# head",
        "~~gone~~", "$x$", "&amp;", "100 %", "(from behind:1.6)", "日本語｜縦線", "", "|", "---", "a \\| b", "^1^",
        "https://example.com/a_b", "1. one", "- item")  # fmt: skip


def read_back(lines: list[str]) -> list[list[str]]:
    """The table as GitHub Flavored Markdown means it: pipes part cells unless a backslash stands before them."""
    rows = [re.findall(r"((?:\\.|[^|\\])*)\|", line[1:]) for line in lines]
    assert set(rows[1]) == {" --- "}
    return [[re.sub(r"\\(.)", r"\1", cell.strip()) for cell in row] for row in (rows[0], *rows[2:])]


def test_a_table_is_read_back_as_it_was_meant() -> None:
    rows = [["what", "value"], *([f"row {place}", text] for place, text in enumerate(HARD))]
    meant = [[" ".join(text.split()) for text in row] for row in rows]
    assert read_back(list(markdown_table(rows))) == meant


def test_tables_of_random_signs_are_read_back() -> None:
    rng = random.Random(1)
    signs = "ab |\\`*_<>[]()#~!&$^{}日本-+.\"'"
    for _ in range(300):
        rows = [["".join(rng.choices(signs, k=rng.randrange(9))) for _ in range(3)] for _ in range(4)]
        assert read_back(list(markdown_table(rows))) == [[" ".join(text.split()) for text in row] for row in rows]


def test_a_markdown_reader_sees_the_same_cells() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    rows = [["what", "value"], *([f"row {place}", text] for place, text in enumerate(HARD))]
    tokens = markdown_it.MarkdownIt("commonmark").enable("table").parse("\n".join(markdown_table(rows)))
    cells = ["".join(part.content for part in token.children) for token in tokens if token.type == "inline"]
    assert cells == [" ".join(text.split()) for row in rows for text in row]
    assert not any(part.type != "text" and part.type != "text_special" and part.type != "html_entity"
                   for token in tokens if token.type == "inline" for part in token.children)


def test_plain_text_stays_on_one_line() -> None:
    assert plain("a\n\nb\tc") == "a b c"


def test_a_csv_is_read_back_and_computes_nothing() -> None:
    rows = [["a", "b"], ["=1+1", "x,y"], ['"q"', "line\nbreak"], ["-", "+5"]]
    found = list(csv.reader(io.StringIO(csv_text(rows))))
    assert found == [["a", "b"], ["'=1+1", "x,y"], ['"q"', "line\nbreak"], ["-", "'+5"]]
