"""What can be typed, and what becomes of it."""

from pathlib import Path

import pytest

from studio.cli.options import lora, parser, recipe_of, spec_of
from studio.core.errors import UserError
from studio.core.knobs import knobs_of
from studio.core.recipe import Recipe, shipped_recipes
from studio.core.sheet_plan import shipped_plans
from studio.core.spec import RenderSpec

VERBS = ("demo", "new", "import", "tag", "train", "resume", "render", "prompt", "convert", "check", "rehearse", "show",
         "survey", "provenance", "export")
PROMISED = (
    "new DIR --name NAME --base practice",
    "import DIR PATH PATH --character NAME --trigger WORD --repeats 4",
    "import DIR PATH --by-folder --link --provenance same-family --provenance x=unknown",
    "survey PATH PATH --project DIR --provenance x=unknown --json",
    "provenance DIR",
    "export DIR OUT --format studio-json --link --into",
    "tag DIR --tagger DIR",
    "train DIR --recipe official --set rank=16 --set epochs=3",
    "resume DIR latest",
    "render --base FILE --prompt P --negative N --seed 1 --steps 8 --cfg 1.0 --sampler euler --scheduler simple"
    " --size 832x1216 --lora FILE:0.8 --lora OTHER:-1 --out FILE.png",
    "render DIR --sheet NAME --run latest --axis seed=1,2 --axis epoch=base",
    "render DIR --sheet NAME --run latest --dry-run --json",
    "convert IN OUT --format kohya",
    "check --base practice",
    "prompt TEXT --base FILE --json",
    "rehearse --base DIR --match FILE.png --lora-folder DIR --steps 8 --size 256x256 --train-steps 1 --out DIR",
    "show DIR latest",
    "demo --project DIR --json",
)


@pytest.mark.parametrize("line", PROMISED)
def test_every_promised_form_is_understood(line: str) -> None:
    assert parser().parse_args(line.split()).verb == line.split()[0]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_and_speaks_json(verb: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as left:
        parser().parse_args([verb, "--help"])
    assert left.value.code == 0 and "--json" in capsys.readouterr().out


def test_every_setting_of_a_recipe_is_a_flag_in_the_help(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["train", "--help"])
    shown = capsys.readouterr().out
    assert all(f"--{knob.name.replace('_', '-')}" in shown for knob in knobs_of(Recipe))


def test_a_flag_changes_the_recipe_and_set_has_the_last_word() -> None:
    chosen = parser().parse_args("train DIR --recipe x --rank 8 --epochs 5 --set rank=4".split())
    recipe = recipe_of(Recipe(), chosen)
    assert (recipe.rank, recipe.epochs) == (4, 5)


def test_a_wrong_value_reads_the_same_as_a_flag_and_as_an_assignment() -> None:
    said = []
    for typed in (["--rank", "many"], ["--set", "rank=many"]):
        with pytest.raises(UserError) as error:
            recipe_of(Recipe(), parser().parse_args(["train", "DIR", "--recipe", "x", *typed]))
        said.append(str(error.value).partition(": ")[2])
    assert said[0] == said[1]


def test_an_unknown_setting_comes_with_a_suggestion() -> None:
    with pytest.raises(UserError, match="'rank'"):
        recipe_of(Recipe(), parser().parse_args(["train", "DIR", "--recipe", "x", "--set", "rnak=4"]))


def test_a_picture_takes_its_settings_from_the_flags() -> None:
    chosen = parser().parse_args("render --prompt 1girl --seed 7 --cfg 1 --size 64x80 --out a.png".split())
    assert spec_of(chosen) == RenderSpec(prompt="1girl", seed=7, cfg=1.0, width=64, height=80)


def test_a_size_that_the_model_cannot_draw_is_refused() -> None:
    with pytest.raises(UserError, match="multiple of 16"):
        spec_of(parser().parse_args("render --prompt 1girl --size 65x80 --out a.png".split()))


@pytest.mark.parametrize(("text", "expected"), [
    ("a.safetensors:0.8", (Path("a.safetensors"), 0.8)), ("a.safetensors", (Path("a.safetensors"), 1.0)),
    ("a.safetensors:-0.5", (Path("a.safetensors"), -0.5)),
    (r"C:\loras\a.safetensors", (Path(r"C:\loras\a.safetensors"), 1.0)),
    (r"C:\loras\a.safetensors:0", (Path(r"C:\loras\a.safetensors"), 0.0)),
])  # fmt: skip
def test_a_lora_may_carry_a_strength(text: str, expected: tuple[Path, float]) -> None:
    assert lora(text) == expected


@pytest.mark.parametrize("text", ["832", "832x", "x1216", "832*1216", "-64x64"])
def test_a_size_needs_two_numbers(text: str) -> None:
    with pytest.raises(UserError, match="--size: '.*' is not a size"):
        spec_of(parser().parse_args(["render", "--prompt", "1girl", f"--size={text}", "--out", "a.png"]))


@pytest.mark.parametrize(("verb", "names"), [
    ("train", shipped_recipes()), ("demo", shipped_recipes()), ("render", shipped_plans()),
])  # fmt: skip
def test_what_ships_is_named_in_the_help(verb: str, names: tuple[str, ...], capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args([verb, "--help"])
    shown = "".join(capsys.readouterr().out.split())  # long lists are broken at their hyphens too
    assert names and all(name in shown for name in names)
