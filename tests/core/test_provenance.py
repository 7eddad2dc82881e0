import pytest

from studio.core.errors import UserError
from studio.core.provenance import Made, Target, by_folder, folder_rules, is_anima, provenance_of
from studio.core.record import Provenance

BASE = Target(("anima-base-v1.0", "anima-base-v1.0.safetensors"), "aabbccddeeff00112233")
GRAPH = "The ComfyUI graph"


def made(*models, **more):
    return Made("ComfyUI", GRAPH, models, **more)


def test_the_target_itself_is_the_same_base():
    found = provenance_of(made("anima-base-v1.0.safetensors"), BASE)
    assert found == Provenance("same base", "ComfyUI", "anima-base-v1.0.safetensors",
                               "The ComfyUI graph names anima-base-v1.0.safetensors", "metadata")


@pytest.mark.parametrize("name", [
    "Anima/anima-base-v1.0.safetensors", "anima\\anima_base_v1.0_fp8_e4m3fn.safetensors", "anima-base-v1.0-Q8_0.gguf",
    "Anima-Base-v1.0", "anima-base-v1.0-bf16.safetensors",
])
def test_folders_precision_and_spelling_make_no_other_base(name):
    assert provenance_of(made(name), BASE).kind == "same base"


@pytest.mark.parametrize("name", [
    "WAI-anima-01.safetensors", "waiANIMA_v10", "anima_aestheticV10", "anima-preview3-base.safetensors", "animaika_v36",
    "anima-turbo-v1.1.safetensors", "Anima-2.9B", "animaYume",
])
def test_what_was_made_from_anima_is_the_same_family(name):
    found = provenance_of(made(name), BASE)
    assert (found.kind, found.model) == ("same family", name) and is_anima(name)


@pytest.mark.parametrize("name", ["animagine-xl-4.0", "animaPencilXL_v5", "AnimateDiff", "noobaiXL", "animerge", "flux1-dev"])
def test_what_only_sounds_like_it_is_another_generator(name):
    found = provenance_of(made(name), BASE)
    assert found.kind == "other generator" and name in found.evidence


def test_a_renamed_base_is_known_by_its_hash():
    found = provenance_of(made("mine.safetensors", hashes=("AABBCCDDEE",)), BASE)
    assert found.kind == "same base" and "hash" in found.evidence
    assert provenance_of(made("mine.safetensors", hashes=("aa",)), BASE).kind == "other generator"
    assert provenance_of(made("mine.safetensors", hashes=("AABBCCDDEE",)), Target()).kind == "other generator"


def test_a_renamed_anima_is_known_by_its_text_encoder():
    parts = ("qwen_3_06b_base.safetensors", "qwen_image_vae.safetensors")
    found = provenance_of(made("mine.safetensors", parts=parts), BASE)
    assert found.kind == "same family" and found.evidence == (
        "The ComfyUI graph names mine.safetensors, and qwen_3_06b_base.safetensors and qwen_image_vae.safetensors,"
        " which belong to Anima")
    assert provenance_of(made("other", parts=("clip_l.safetensors", "qwen_image_vae.safetensors")), BASE).kind == (
        "other generator")


def test_the_nearest_of_several_models_counts():
    found = provenance_of(made("sdxl.safetensors", "anima-base-v1.0.safetensors"), BASE)
    assert (found.kind, found.model) == ("same base", "anima-base-v1.0.safetensors")


def test_loras_are_part_of_the_evidence():
    found = provenance_of(made("anima-base-v1.0", loras=("mira.safetensors",)), BASE)
    assert found.evidence.endswith("with the LoRA mira.safetensors")


def test_without_metadata_nobody_knows_and_nobody_claims_a_person_drew_it():
    found = provenance_of(None, BASE)
    assert (found.kind, found.generator) == ("unknown", "") and "No metadata" in found.evidence


def test_a_generator_that_names_no_model_is_another_one():
    found = provenance_of(Made("NovelAI", "NovelAI's metadata"), BASE)
    assert (found.kind, found.evidence) == ("other generator", "NovelAI's metadata was written by NovelAI")


def test_rules_for_folders_are_typed_as_folder_and_kind():
    rules = folder_rules(["WAI out = same-family", "gemini=other generator"])
    assert by_folder(rules, "set/wai out").kind == "same family"
    assert by_folder(rules, "set/Gemini/busts").kind == "other generator"
    assert by_folder(rules, "set/else") is None
    assert by_folder(rules, "set/gemini").origin == "folder" and "gemini" in by_folder(rules, "set/gemini").evidence


def test_the_innermost_rule_decides_and_one_without_a_folder_is_for_all_others():
    rules = folder_rules(["same base", "set=other generator", "inner=unknown"])
    assert [by_folder(rules, folder).kind for folder in ("set/inner", "set", "", "x")] == [
        "unknown", "other generator", "same base", "same base"]


@pytest.mark.parametrize("text", ["gemini=drawn", "other generators", " =unknown"])
def test_a_rule_that_makes_no_sense_is_refused(text):
    with pytest.raises(UserError):
        folder_rules([text])
