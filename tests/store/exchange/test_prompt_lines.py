"""sd-scripts' file of prompts, by its documented flags."""

from studio.core.recipe import Recipe
from studio.store.exchange.prompt_lines import from_lines, to_lines


def test_lines_become_prompts_seeds_and_what_all_share() -> None:
    text = "# one\n1girl, smile --d 4 --w 640 --h 960\n\n1girl, standing --d 5 --w 640\n"
    settings, without = from_lines(text, "p.txt")
    assert settings["preview_prompts"] == ("1girl, smile", "1girl, standing")
    assert (settings["preview_seeds"], settings["preview_width"], settings["preview_height"]) == ((4, 5), 640, 960)
    assert settings["preview_negative"] == "" and without == ()


def test_what_differs_between_lines_or_is_wrong_is_told() -> None:
    _, without = from_lines("a --w 640 --s 20\nb --w 832 --s many --ss euler --h 100001", "p.txt")
    assert [(line.key, line.value) for line in without] == [("--w", "832"), ("--s", "many"), ("--ss", "euler"),
                                                            ("--h", "100001")]
    assert all(line.why.startswith("p.txt, line 2: ") for line in without)


def test_an_empty_file_says_nothing() -> None:
    assert from_lines("# nothing\n\n", "p.txt") == ({}, ())


def test_a_line_is_one_picture() -> None:
    recipe = Recipe(preview_prompts=("a\nb", "c"), preview_seeds=(1, 2), preview_negative="bad")
    lines = to_lines(recipe).splitlines()
    assert len(lines) == 4 and lines[0].startswith("a b --d 1 --n bad ")
    assert from_lines(to_lines(recipe), "p")[0]["preview_seeds"] == (1, 2)
