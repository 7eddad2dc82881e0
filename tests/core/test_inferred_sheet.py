"""A pile of pictures becomes a sheet: what they differ in is its axes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.drawn import FIELDS, Drawn, WornLora
from studio.core.errors import UserError
from studio.core.inferred_sheet import inferred
from studio.core.spec import RenderSpec

SPEC = RenderSpec("1girl, smile", "bad", 1, 8, 1.0, width=832, height=1216)
TURBO = WornLora("turbo", 1.0)


def picture(name: str, *loras: WornLora, program: str = "ComfyUI", **settings: object) -> Drawn:
    spec = replace(SPEC, **settings)
    return Drawn(Path(f"{name}.png"), program, {each: getattr(spec, each) for each in FIELDS}, loras)


def axes(*pictures: Drawn) -> dict[str, tuple]:
    return {axis.name: axis.values for axis in inferred(pictures, "pile").sheet.axes}


def test_names_of_files_tell_epochs_and_the_one_without_a_number_is_the_last() -> None:
    names = ("mira-000010", "mira-000020", "mira")
    found = axes(picture("0"), *(picture(name, WornLora(f"sub/{name}.safetensors", 1.0)) for name in names))
    assert found == {"epoch": ("base", 10, 20, 21)}


@pytest.mark.parametrize("name, epoch", [("mira-0001-ab3f-e100", 100), ("mira_epoch12", 12), ("e004", 4),
                                         ("mira-v1.5-000030", 30)])
def test_every_naming_is_read(name: str, epoch: int) -> None:
    assert axes(picture("0"), picture("1", WornLora(name, 1.0)))["epoch"] == ("base", epoch)


def test_what_all_wear_is_worn_by_the_sheet() -> None:
    made = inferred([picture(str(n), TURBO, WornLora(f"mira-{n:06}", 1.0)) for n in (10, 20)], "pile")
    assert [strength for _, strength in made.sheet.spec.loras] == [1.0]
    assert {axis.name: axis.values for axis in made.sheet.axes} == {"epoch": (10, 20)}
    alone = inferred([picture(str(seed), TURBO, WornLora("mira", 0.8), seed=seed) for seed in (1, 2)], "pile")
    assert {axis.name: axis.values for axis in alone.sheet.axes} == {"epoch": (1,), "strength": (0.8,), "seed": (1, 2)}


def test_settings_that_differ_are_axes_and_the_others_the_sheets() -> None:
    made = inferred([picture(f"{seed}{steps}", seed=seed, steps=steps, width=832 if seed == 1 else 1024)
                     for seed in (2, 1) for steps in (8, 12)], "pile")
    assert {axis.name: axis.values for axis in made.sheet.columns} == {
        "size": ("1024x1216", "832x1216"), "steps": (8, 12), "seed": (1, 2)}
    assert (made.sheet.spec.prompt, made.sheet.spec.cfg, made.sheet.spec.drawn_by) == ("1girl, smile", 1.0, "ComfyUI")


def test_what_cannot_be_part_of_it_is_told() -> None:
    left = inferred([picture("a"), picture("b", seed=2), picture("c", program="Forge"),
                     picture("d", prompt="1girl, {red|blue} hair {outfit}"),
                     picture("e", WornLora("one", 1.0), WornLora("two", 1.0)),
                     replace(picture("f"), obstacle="takes part")], "pile").left
    assert {each.path.stem: each.reason.split(",")[0] for each in left} == {
        "c": "was drawn by Forge", "d": "has a prompt with words in braces", "e": "wears two LoRAs that other pictures "
        "do not wear", "f": "takes part"}


def test_pictures_on_two_bases_are_not_mixed() -> None:
    on = [replace(picture(str(seed), seed=seed), base="sub/Anima.safetensors" if seed else "pony") for seed in range(4)]
    made = inferred([*on, picture("silent", seed=9)], "pile")
    assert [(each.path.stem, each.reason) for each in made.left] == [
        ("0", "was drawn on pony, most of the others on anima")]


def test_pictures_without_settings_are_refused() -> None:
    with pytest.raises(UserError, match="No picture there tells its settings: does not tell its prompt"):
        inferred([Drawn(Path("a.png"), "Forge", {"seed": 1})], "pile")
    with pytest.raises(UserError, match="No picture there"):
        inferred([], "pile")
