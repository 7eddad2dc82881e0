"""The house's sizes: short functions, short files."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.architecture.tree import ROOT, files

CODE = tuple(path for path in files("studio", "ui", "packaging") if path.suffix == ".py")


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """Each function of a file with its length in lines, docstring and signature included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


@pytest.fixture(scope="module")
def lengths() -> list[tuple[int, str]]:
    return sorted((row for path in CODE for row in functions(path)), reverse=True)


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_line_is_longer_than_120_characters() -> None:
    long = [f"{path.relative_to(ROOT)}:{number}" for path in CODE
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > 120]
    assert long == []


def test_functions_are_short(lengths: list[tuple[int, str]]) -> None:
    sizes = [size for size, _ in lengths]
    assert median(sizes) <= 7, lengths[:10]
    assert quantiles(sizes, n=20)[-1] < 40, lengths[:10]


def test_no_function_is_longer_than_60_lines(lengths: list[tuple[int, str]]) -> None:
    assert [row for row in lengths if row[0] > 60] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path.relative_to(ROOT)) for path in CODE if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []
