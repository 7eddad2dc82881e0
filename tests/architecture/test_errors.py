"""What a person reads when something is theirs to put right: whole sentences, each with what to do."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT, files

CODE = tuple(path for path in files("studio") if path.suffix == ".py")


def refusals(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Where each `UserError` is raised, and its texts as far as they are literal; `{}` stands for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "UserError":
            yield f"{path.relative_to(ROOT)}:{node.lineno}", [_literal(text) for text in node.args]


def _literal(text: ast.expr) -> str:
    if isinstance(text, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in text.values)
    return text.value if isinstance(text, ast.Constant) else "{}."


def test_every_error_says_what_to_do() -> None:
    assert [place for path in CODE for place, texts in refusals(path) if len(texts) < 2 or not texts[1]] == []


def test_what_happened_begins_like_a_sentence() -> None:
    assert [place for path in CODE for place, (what, *_) in refusals(path) if what[:1].islower()] == []


def test_a_remedy_ends_like_a_sentence() -> None:
    assert [place for path in CODE for place, (_, remedy) in refusals(path) if remedy[-1] not in ".!?"] == []
