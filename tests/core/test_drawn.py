"""Pictures find their cells by what they say, and only by that."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.drawn import FIELDS, Drawn, WornLora, matching, plain, stem_of
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell

MIRA, TURBO = "a" * 64, "b" * 64
SPEC = RenderSpec("1girl,  mira, smile", "worst quality", 42, 8, 4.0, width=832, height=1216,
                  loras=((TURBO, 1.0), (MIRA, 0.8)), base="d" * 64)
LORAS = {MIRA: {"e010.safetensors", "mira-0001-ab3f-e010.safetensors"}, TURBO: {"anima-turbo.safetensors"}}
BASES = {"d" * 64: {"anima-base-v1.0"}}
WORN = (WornLora("x\\Mira-0001-ab3f-E010.safetensors", 0.8), WornLora("anima-turbo", 1.0))


def cells(*specs: RenderSpec) -> list[Cell]:
    return [Cell(0, column, spec) for column, spec in enumerate(specs)]


def drawn(spec: RenderSpec = SPEC, loras: tuple[WornLora, ...] = WORN, base: str = "Anima-Base-v1.0.safetensors",
          name: str = "a.png", program: str = "ComfyUI", without: tuple[str, ...] = (), **facts: object) -> Drawn:
    settings = {each: getattr(spec, each) for each in FIELDS if each not in without}
    return Drawn(Path(name), program, settings, loras, base, **facts)


def reason(picture: Drawn, *specs: RenderSpec) -> str:
    found = matching([picture], cells(*(specs or (SPEC,))), LORAS, BASES)
    return found.left[0].reason if found.left else ""


def test_folders_cases_and_the_order_of_loras_do_not_matter() -> None:
    assert reason(drawn()) == "" and reason(drawn(loras=WORN[::-1])) == ""
    assert stem_of("a/b\\Mira.SafeTensors") == "mira" and plain(" 1girl,\n mira, ") == "1girl, mira"


@pytest.mark.parametrize("field, value", [("seed", 43), ("steps", 9), ("cfg", 4.5), ("sampler", "euler"),
                                          ("scheduler", "beta"), ("width", 1024), ("negative", "blurry")])
def test_any_setting_that_differs_is_told_with_both_values(field: str, value: object) -> None:
    said = reason(drawn(replace(SPEC, **{field: value})))
    assert said.startswith(f"differs from the nearest cell in {field} (") and ", not " in said


@pytest.mark.parametrize("field", ["negative", "steps", "cfg", "sampler", "scheduler"])
def test_what_a_picture_does_not_say_cannot_speak_against_it(field: str) -> None:
    assert reason(drawn(without=(field,))) == ""


def test_a_picture_that_fits_two_cells_is_given_to_neither() -> None:
    assert "fits several cells" in reason(drawn(without=("steps",)), SPEC, replace(SPEC, steps=20))


def test_at_cfg_1_the_negative_takes_no_part() -> None:
    spec = replace(SPEC, cfg=1.0)
    assert reason(drawn(replace(spec, negative="anything")), spec) == ""


@pytest.mark.parametrize("loras, said", [
    ((), "none, not"), (WORN[:1], "not anima-turbo"), ((*WORN, WornLora("ink", 0.5)), "ink at 0.5"),
    ((replace(WORN[0], strength=0.7), WORN[1]), "at 0.7"), ((replace(WORN[0], sha256="c" * 64), WORN[1]), "LoRA"),
])  # fmt: skip
def test_other_loras_are_told(loras: tuple[WornLora, ...], said: str) -> None:
    assert "LoRA (" in reason(drawn(loras=loras)) and said in reason(drawn(loras=loras))


def test_a_hash_counts_more_than_a_name_and_strength_0_is_none() -> None:
    renamed = (WornLora("whatever", 0.8, MIRA), WORN[1], WornLora("unused", 0.0))
    assert reason(drawn(loras=renamed)) == ""


def test_the_program_of_most_pictures_is_the_sheets() -> None:
    specs = [replace(SPEC, seed=seed) for seed in range(3)]
    pictures = [drawn(spec, name=f"{spec.seed}.png", program="Forge" if spec.seed == 1 else "ComfyUI") for spec in specs]
    found = matching(pictures, cells(*specs), LORAS, BASES)
    assert found.program == "ComfyUI" and len(found.found) == 2
    assert found.left[0].reason == "was drawn by Forge, most of the others by ComfyUI"


def test_no_picture_and_no_cell_are_no_trouble() -> None:
    assert matching([], cells(SPEC), LORAS, BASES).found == {}
    assert matching([drawn()], [], LORAS, BASES).left[0].reason == "the sheet has no cells"


def test_thousands_of_pictures_find_their_cells_at_once() -> None:
    specs = [replace(SPEC, prompt=f"1girl, {prompt}", seed=seed, loras=((f"{epoch:064}", 1.0),))
             for prompt in range(5) for seed in range(20) for epoch in range(50)]
    names = {f"{epoch:064}": {f"mira-{epoch:06}"} for epoch in range(50)}
    pictures = [drawn(spec, (WornLora(f"mira-{int(spec.loras[0][0]):06}", 1.0),), name=f"{number}.png")
                for number, spec in enumerate(specs)]
    began = time.process_time()
    found = matching(pictures, cells(*specs), names, BASES)
    assert len(found.found) == 5000 and not found.left
    assert time.process_time() - began < 20
