import pytest

from studio.core.prompt import parse_weights, view


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


def spans_of(prompt):
    return [prompt[segment.start : segment.end] for segment in parse_weights(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("1girl", ["1girl"]),
        ("a (b:1.3) c", ["a ", "b", " c"]),
        ("((b))", ["b"]),
        ("(a (b:2) c:0.5)", ["a ", "b", " c"]),
        (r"x, (mira \(story\):1.3)", ["x, ", r"mira \(story\)"]),
        ("ミラ (青い:1.2)", ["ミラ ", "青い"]),
        ("(a (b)", ["a ", "(b"]),
        ("", []),
    ],
)
def test_a_segment_knows_where_it_stands_in_what_was_typed(prompt, expected):
    assert spans_of(prompt) == expected


def words(text):
    """A reader for whom every word is a token."""
    return text.split()


def look(prompt, unknown=lambda text: ()):
    return view(prompt, lambda text: text, words, unknown)


def test_tokens_are_counted_for_each_segment_and_in_all():
    seen = look("one two (three:1.5) four")
    assert [(each.qwen, each.t5) for each in seen.segments] == [(8, 2), (5, 1), (5, 1)]
    assert (seen.qwen, seen.t5) == (18, 5)  # T5 closes the text with a token of its own
    assert seen.notes == () and seen.excess == 0


def test_tokens_beyond_the_context_are_counted_and_told():
    seen = look("word " * 600)
    assert (seen.t5, seen.excess) == (601, 89)
    assert seen.notes == ("601 T5 tokens: the last 89 lie beyond the 512 that the model was trained with.",)
    assert look("word " * 511).notes == ()


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a (b", "character 3 is never closed"),
        ("a (b) c)", "character 8 closes nothing"),
        ("a) (b)", "character 2 closes nothing"),
        (r"\(a", None),
        (r"(a \( b)", None),
        ("(a (b))", None),
    ],
)
def test_a_parenthesis_without_a_partner_is_told_with_its_place(prompt, said):
    assert [said in note for note in look(prompt).notes] == ([True] if said else [])


def test_pieces_that_t5_does_not_know_are_told_once_each():
    seen = look("青 (青:1.2) 髪", unknown=words)
    assert seen.unknown == ("青", "髪")
    assert len(seen.notes) == 1 and "青, 髪" in seen.notes[0]
