"""A scene: names become triggers, and whoever is not enabled is nowhere."""

import json

import pytest

from studio.core.errors import UserError
from studio.core.json_schema import problems
from studio.core.scene import (
    Figure,
    Scene,
    Setting,
    lora_trigger,
    prompt_of,
    read_scene,
    scene_json,
    scene_schema,
    with_enabled,
)

TRIGGERS = {"Kei": "keichan", "Kana": "kanachan", "Koharu": "koharux", "Kurara": "kurarax"}
FOUR = Scene(
    Setting(place="a park", weather="sunny", composition="Kei in front", extra="Kurara waves from afar"),
    (Figure("Kei", outfit="school uniform", position="left", action="holding Kana's hand"),
     Figure("Kana", position="right", expression="smile", gaze="at Kurara"), Figure("Koharu", pose="sitting"),
     Figure("Kurara", pose="running", relation="friend of Kei")),
    (Figure("a cat", pose="asleep"),), ("Kana leans on Kei", "Kurara looks at Koharu"), True)  # fmt: skip


def test_four_enabled_characters_are_four_triggers() -> None:
    made = json.loads(scene_json(FOUR, TRIGGERS))
    assert made["lora_trigger"] == "keichan, kanachan, koharux, kurarax" == lora_trigger(FOUR, TRIGGERS)
    assert [each["name"] for each in made["characters"]] == list(TRIGGERS.values())
    assert list(problems(made, scene_schema())) == []


def test_the_keys_are_those_that_a_drawing_program_reads() -> None:
    made = json.loads(scene_json(FOUR, TRIGGERS))
    assert set(made) == {"version", "lora_trigger", "allow_other_people", "global", "characters", "guest_characters",
                         "relations"}
    assert list(made["global"]) == ["place", "weather", "time", "lighting", "camera", "composition", "spatial_layout",
                                    "style", "extra"]
    assert {"id", "enabled", "outfit", "position", "depth", "pose", "action", "expression", "gaze", "prop", "relation",
            "extra"} <= set(made["characters"][0])


def test_disabling_one_removes_her_everywhere() -> None:
    without = with_enabled(FOUR, "Kurara", False)
    text = scene_json(without, TRIGGERS) + prompt_of(without, TRIGGERS)
    assert "kurara" not in text.casefold()
    made = json.loads(scene_json(without, TRIGGERS))
    assert made["lora_trigger"] == "keichan, kanachan, koharux" and len(made["characters"]) == 3
    assert made["relations"] == ["kanachan leans on keichan"]
    assert list(problems(made, scene_schema())) == []


def test_names_are_mapped_to_triggers_as_whole_words_only() -> None:
    scene = Scene(Setting(place="Keiko's garden, Kei's chair"), (Figure("Kei"),))
    assert json.loads(scene_json(scene, TRIGGERS))["global"]["place"] == "Keiko's garden, keichan's chair"


def test_the_prompt_counts_calls_and_describes_them() -> None:
    told = prompt_of(FOUR, TRIGGERS)
    assert told.startswith("5girls, keichan, kanachan, koharux, kurarax, masterpiece, best quality, very aesthetic, ")
    assert "keichan: school uniform, left, holding kanachan's hand" in told
    assert "kanachan leans on keichan" in told and "Kei" not in told.replace("keichan", "")


def test_one_alone_is_a_solo() -> None:
    assert prompt_of(Scene(characters=(Figure("Kei"),)), TRIGGERS, "").startswith("1girl, solo, keichan")


def test_a_scene_that_was_written_is_read_back() -> None:
    text = scene_json(FOUR, TRIGGERS)
    assert scene_json(read_scene(text), TRIGGERS) == text


def test_a_character_without_a_trigger_is_refused() -> None:
    with pytest.raises(UserError, match="Mira has no trigger"):
        scene_json(Scene(characters=(Figure("Mira"),)), TRIGGERS)


@pytest.mark.parametrize("spoil, told", [
    (lambda scene: scene["global"].update(place=3), "global.place is 3, and no string"),
    (lambda scene: scene["global"].pop("weather"), "global.weather is missing"),
    (lambda scene: scene["characters"][1].update(hat="red"), "characters[2].hat is no field"),
    (lambda scene: scene.update(version=7), "version is 7, and none of 1"),
    (lambda scene: scene.update(relations="all"), 'relations is "all", and no array'),
    (lambda scene: scene["characters"][0].update(enabled="yes"), 'characters[1].enabled is "yes"'),
])
def test_what_does_not_fit_the_schema_is_told_with_its_place(spoil, told: str) -> None:
    scene = json.loads(scene_json(FOUR, TRIGGERS))
    spoil(scene)
    with pytest.raises(UserError) as found:
        read_scene(json.dumps(scene), "scene.json")
    assert told in str(found.value)


def test_what_is_no_json_is_told_with_line_and_column() -> None:
    with pytest.raises(UserError, match="line 2, column 13"):
        read_scene('{\n  "version" 1}')
