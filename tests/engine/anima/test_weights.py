import pytest

from studio.engine.anima.weights import parse_weights


def weights_of(prompt):
    return [(segment.text, round(segment.weight, 9)) for segment in parse_weights(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", []),
        ("1girl, blue hair", [("1girl, blue hair", 1.0)]),
        ("a (b:1.3) c", [("a ", 1.0), ("b", 1.3), (" c", 1.0)]),
        ("(b)", [("b", 1.1)]),
        ("((b))", [("b", 1.21)]),
        ("(a (b:2) c:0.5)", [("a ", 0.5), ("b", 2.0), (" c", 0.5)]),
        ("(a (b) c:0.5)", [("a ", 0.5), ("b", 0.55), (" c", 0.5)]),
        ("(a:1.2)(b:0.8)", [("a", 1.2), ("b", 0.8)]),
        ("(a:-1)", [("a", -1.0)]),
        ("(a:0)", [("a", 0.0)]),
        ("(a: 1.2 )", [("a", 1.2)]),
        ("(time: 12:1.4)", [("time: 12", 1.4)]),
        ("[a]", [("[a]", 1.0)]),
    ],
)
def test_a_prompt_falls_into_weighted_segments(prompt, expected):
    assert weights_of(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (r"mira \(story\)", [("mira (story)", 1.0)]),
        (r"(mira \(story\):1.3)", [("mira (story)", 1.3)]),
        (r"(\(a\))", [("(a)", 1.1)]),
        (r"a\b", [(r"a\b", 1.0)]),
    ],
)
def test_escaped_parentheses_are_text(prompt, expected):
    assert weights_of(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("(a", [("(a", 1.0)]),
        ("a)", [("a)", 1.0)]),
        ("a) (b)", [("a) (b)", 1.0)]),
        ("()", []),
        ("(a:b)", [("a:b", 1.1)]),
        ("(:1.2)", [(":1.2", 1.1)]),
        ("(a:)", [("a:", 1.1)]),
        ("(a (b)", [("a ", 1.1), ("(b", 1.1)]),
        ("(a:nan)", [("a:nan", 1.1)]),
        ("(a:inf)", [("a:inf", 1.1)]),
    ],
)
def test_odd_prompts_mean_what_they_mean_in_comfyui(prompt, expected):
    assert weights_of(prompt) == expected


def test_no_markup_is_left_in_the_text():
    assert "".join(text for text, _ in weights_of(r"a (b:1.3), ((c)), d \(e\)")) == "a b, c, d (e)"


def test_thousands_of_parentheses_are_no_trouble():
    assert [text for text, _ in weights_of("(" * 3000 + "a" + ")" * 3000)] == ["a"]
