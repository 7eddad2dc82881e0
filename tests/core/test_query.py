"""A line for filtering, and what it is taken for."""

import random

import pytest

from studio.core.query import And, Not, Or, QueryError, Term, Tree, parse, render, written


def tag(value: str) -> Term:
    return Term("tag", ":", value)


def text(value: str) -> Term:
    return Term("text", ":", value)


@pytest.mark.parametrize("line, tree", [
    ("", And()), ("   ", And()), ("smile", text("smile")), ("tag:smile", tag("smile")), ("TAG:Smile", tag("Smile")),
    ("looks back", And((text("looks"), text("back")))), ('"looks back"', text("looks back")),
    ('tag:"long hair"', tag("long hair")), ("-tag:smile", Not(tag("smile"))), ("NOT tag:smile", Not(tag("smile"))),
    ("a OR b", Or((text("a"), text("b")))), ("a AND b", And((text("a"), text("b")))),
    ("a b OR c", Or((And((text("a"), text("b"))), text("c")))),
    ("a (b OR c)", And((text("a"), Or((text("b"), text("c")))))),
    ("-(a OR b)", Not(Or((text("a"), text("b"))))), ("--a", Not(Not(text("a")))),
    ("size<768", Term("size", "<", "768")), ("stars>=3", Term("stars", ">=", "3")),
    ("rejected", Term("is", ":", "rejected")), ('"rejected"', text("rejected")), ('"OR"', text("OR")), ("or", text("or")),
    ("tag:mika_(blue_archive)", tag("mika_(blue_archive)")), ("(tag:a_(b))", tag("a_(b)")),
    ("tag:a_\\(b\\)", tag("a_\\(b\\)")), ("tag:>_<", tag(">_<")), ("tag::d", tag(":d")), (":d", text(":d")),
    ("^_^", text("^_^")), ("- a", And((text("-"), text("a")))), ("blue-eyed", text("blue-eyed")), ('""', text("")),
])  # fmt: skip
def test_a_line_means(line: str, tree: Tree) -> None:
    assert parse(line) == tree


@pytest.mark.parametrize("line, at, problem", [
    ("tag:smile OR", 12, "OR has nothing on one side"), ("OR a", 4, "OR has nothing on one side"),
    ("AND a", 4, "AND has nothing"), ("a AND", 5, "AND has nothing"), ("a AND OR b", 6, "AND has nothing"),
    ("a NOT", 2, "NOT has nothing behind it"), ("(a", 0, "bracket is never closed"),
    ("a (b (c)", 2, "bracket is never closed"), ("a) b", 1, "closing bracket has none"), ("a ()", 2, "nothing between"),
    ("tag:", 0, "'tag:' has no value"), ('tag:""', 0, "has no value"), ('b tag:"long', 6, "quote is never closed"),
    ("tag:a_(b c", 0, "bracket is never closed"), ("(" * 60 + "a" + ")" * 60, 51, "too deep"),
    ("-" * 60 + "a", 51, "too deep"),
])  # fmt: skip
def test_a_line_that_means_nothing_is_refused_in_a_sentence_with_its_place(line: str, at: int, problem: str) -> None:
    with pytest.raises(QueryError, match=problem) as refused:
        parse(line)
    assert refused.value.at == at and f"(character {at + 1})" in refused.value.what and refused.value.remedy


@pytest.mark.parametrize("field, value, sign, expected", [
    ("tag", "smile", ":", "tag:smile"), ("tag", "long hair", ":", 'tag:"long hair"'), ("text", "OR", ":", '"OR"'),
    ("stars", "3", ">=", "stars>=3"), ("text", "-smile", ":", '"-smile"'), ("tag", "a (b)", ":", 'tag:"a (b)"'),
    ("text", "a:b", ":", '"a:b"'), ("text", "rejected", ":", '"rejected"'), ("tag", "-x", ":", "tag:-x"),
])  # fmt: skip
def test_a_condition_is_written_with_quotes_where_it_needs_them(field: str, value: str, sign, expected: str) -> None:
    assert written(field, value, sign) == expected
    assert parse(expected) == Term(field, sign, value)


def test_every_tree_survives_being_written_and_read() -> None:
    rng = random.Random(11)
    for _ in range(2000):
        tree = some_tree(rng, 4)
        assert parse(render(tree)) == tree, render(tree)


def test_every_line_is_either_understood_and_stable_or_refused_in_place() -> None:
    rng = random.Random(12)
    pieces = ["tag:", "a", "b c", '"', "(", ")", " ", "-", "OR", "AND", "NOT", "<", ">=", "3", "\\", ":", "*", "é", "size"]
    understood = 0
    for _ in range(5000):
        line = "".join(rng.choices(pieces, k=rng.randint(0, 8)))
        try:
            tree = parse(line)
        except QueryError as error:
            assert 0 <= error.at <= len(line), line
        else:
            understood += 1
            assert parse(render(tree)) == tree, line
    assert understood > 1000


def some_tree(rng: random.Random, depth: int) -> Tree:
    kind = rng.choice(("term", "not", "and", "or")) if depth else "term"
    if kind == "term":
        value = rng.choice(("smile", "long hair", "a (b)", "x*", ":d", ">_<", "OR", "-b", "rejected", "c:d", "é", "\\("))
        return Term(*rng.choice((("tag", ":"), ("text", ":"), ("stars", ">="), ("size", "<"))), value)
    if kind == "not":
        return Not(some_tree(rng, depth - 1))
    parts = tuple(some_tree(rng, depth - 1) for _ in range(rng.randint(2, 3)))
    return And(parts) if kind == "and" else Or(parts)
