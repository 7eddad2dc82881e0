"""Metadata as each tool writes it, by hand."""

import gzip
import json
from io import BytesIO

import pytest
from exchange_drawings import content, drawing, opened, with_texts
from PIL import Image

from studio.core.provenance import Made
from studio.core.spec import RenderSpec
from studio.store.comfy_graph import Graph, graph_text
from studio.store.exchange.embedded import made_by, made_of
from studio.store.picture_text import write_png
from tests.store.exchange.test_hidden_text import hiding

A1111 = ("1girl, mira <lora:mira-v2:0.8>\nNegative prompt: bad\nSteps: 28, Sampler: DPM++ 2M, CFG scale: 4, Seed: 1, "
         "Size: 832x1216, Model hash: aabbccddee, Model: anima-base-v1.0, Version: v1.10.1")
GRAPH = graph_text(Graph(RenderSpec(prompt="1girl")))


def in_exif(raw, format="JPEG", tag=0x9286):
    exif = Image.Exif()
    if tag == 0x9286:
        exif.get_ifd(0x8769)[tag] = raw
    else:
        exif[tag] = raw
    file = BytesIO()
    drawing().save(file, format, exif=exif)
    return opened(file.getvalue())


def test_a_picture_without_metadata_says_nothing():
    assert made_of(opened(content())) is None and made_by({}) is None


def test_the_web_ui_names_its_model_its_hash_and_its_loras():
    assert made_of(with_texts(parameters=A1111)) == Made(
        "AUTOMATIC1111", "AUTOMATIC1111's text", ("anima-base-v1.0",), ("mira-v2",), (), ("aabbccddee",))


@pytest.mark.parametrize("encoding, head", [("utf-16-be", b"UNICODE\0"), ("utf-16-le", b"UNICODE\0"),
                                            ("utf-8", b"ASCII\0\0\0")])
@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_in_jpeg_and_webp_the_same_text_stands_in_the_user_comment(format, encoding, head):
    assert made_of(in_exif(head + A1111.encode(encoding), format)).models == ("anima-base-v1.0",)


@pytest.mark.parametrize("version, generator", [("v1.10.1", "AUTOMATIC1111"), ("f2.0.1v1.10.1", "Forge"), ("neo", "Forge Neo"),
                                                ("ComfyUI", "ComfyUI"), ("Fooocus v2.5.5", "Fooocus")])
def test_tools_that_write_alike_are_told_apart_by_their_version(version, generator):
    assert made_of(with_texts(parameters=A1111.replace("v1.10.1", version))).generator == generator


def test_the_modules_of_forge_are_parts():
    text = A1111.replace("Version", "Module 1: qwen_image_vae, Module 2: qwen_3_06b_base, Version")
    assert made_of(with_texts(parameters=text)).parts == ("qwen_image_vae", "qwen_3_06b_base")


def test_a_prompt_alone_is_no_evidence():
    assert made_of(with_texts(parameters="1girl, smile")) is None


def test_a_comfyui_graph_names_what_it_loaded():
    found = made_of(with_texts(prompt=GRAPH, workflow="{}"))
    assert (found.generator, found.where, found.models) == ("ComfyUI", "The ComfyUI graph", ("anima-base-v1.0.safetensors",))


def test_comfyuis_webp_holds_the_graph_in_exif():
    assert made_of(in_exif(f"prompt:{GRAPH}", "WEBP", 0x0110)).models == ("anima-base-v1.0.safetensors",)


def test_a_graph_of_unknown_loaders_is_still_comfyuis():
    assert made_of(with_texts(prompt='{"1": {"class_type": "X", "inputs": {}}}')) == Made("ComfyUI", "The ComfyUI graph")


@pytest.mark.parametrize("texts, models, loras", [
    ({"invokeai_metadata": {"app_version": "5.0", "model": {"key": "k", "name": "Anima Base", "base": "anima"},
                            "loras": [{"model": {"name": "mira"}, "weight": 1}]}}, ("Anima Base",), ("mira",)),
    ({"invokeai_metadata": {"model": {"model_name": "sdxl", "base_model": "sdxl"},
                            "loras": [{"lora": {"model_name": "x"}, "weight": 1}]}}, ("sdxl",), ("x",)),
    ({"sd_metadata": {"model": "stable diffusion", "model_weights": "sd-1.5", "app_id": "invoke-ai/InvokeAI"}},
     ("sd-1.5",), ()),
])
def test_invokeai_of_every_age_is_read(texts, models, loras):
    found = made_of(with_texts(**{name: json.dumps(table) for name, table in texts.items()}))
    assert (found.generator, found.models, found.loras) == ("InvokeAI", models, loras)


def test_the_oldest_invokeai_wrote_a_command_line():
    assert made_of(with_texts(Dream='"1girl" -s 50 -S 1 -W 512 -H 512 -C 7.5 -A k_lms')).generator == "InvokeAI"


def test_novelai_says_so():
    found = made_of(with_texts(Title="AI generated image", Description="1girl", Software="NovelAI",
                               Source="NovelAI Diffusion V4 37442FCA", Comment="{}"))
    assert (found.generator, found.models) == ("NovelAI", ("NovelAI Diffusion V4 37442FCA",))


def test_novelai_is_known_when_its_chunks_were_stripped():
    hidden = {"Software": "NovelAI", "Source": "NovelAI Diffusion V3", "Comment": "{}"}
    file = BytesIO()
    hiding(gzip.compress(json.dumps(hidden).encode()), (96, 96)).save(file, "PNG")
    assert made_of(opened(file.getvalue())).models == ("NovelAI Diffusion V3",)


@pytest.mark.parametrize("table, generator", [
    ({"base_model": "animaOfficial_v10", "base_model_hash": "aabbccddee", "version": "Fooocus v2.5.5",
      "loras": [["mira", 0.5, "ff"]]}, "Fooocus"),
    ({"base_model_name": "animaOfficial_v10", "software": "RuinedFooocus", "loras": [["mira", 1]]}, "RuinedFooocus"),
])
def test_fooocus_and_its_kin_write_json(table, generator):
    found = made_of(with_texts(parameters=json.dumps(table)))
    assert (found.generator, found.models, found.loras) == (generator, ("animaOfficial_v10",), ("mira",))


def test_the_first_fooocus_wrote_a_comment():
    assert made_of(with_texts(Comment=json.dumps({"Base Model": "sdxl.safetensors"}))).models == ("sdxl.safetensors",)


def test_swarmui_nests_its_parameters():
    table = {"sui_image_params": {"prompt": "1girl", "model": "anima-base-v1.0", "loras": ["mira"], "vae": "qwen_image_vae"}}
    assert made_of(with_texts(parameters=json.dumps(table))) == Made(
        "SwarmUI", "SwarmUI's text", ("anima-base-v1.0",), ("mira",), ("qwen_image_vae",))


def xmp(inner):
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>{inner}</rdf:RDF></x:xmpmeta>"


def test_draw_things_writes_xmp():
    table = json.dumps({"c": "1girl", "model": "anima_base_v1.0_q8p.ckpt", "sampler": "x"}).replace('"', "&quot;")
    text = xmp(f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{table}</rdf:li></rdf:Alt></exif:UserComment>')
    found = made_by({"xmp": text})
    assert (found.generator, found.models) == ("Draw Things", ("anima_base_v1.0_q8p.ckpt",))


@pytest.mark.parametrize("texts, generator", [
    ({"xmp": xmp('<rdf:Description photoshop:Credit="Made with Google AI" DigitalSourceType="trainedAlgorithmicMedia"/>')},
     "Google AI"),
    ({"xmp": xmp('<rdf:Description xmp:CreatorTool="PaintBot 3" type="http://cv.iptc.org/trainedAlgorithmicMedia"/>')},
     "PaintBot 3"),
    ({"xmp": xmp('<rdf:Description type="trainedAlgorithmicMedia"/>')}, "a generator without a name"),
    ({"Description": "1girl --v 6 Job ID: 8e6f", "Author": "someone"}, "Midjourney"),
    ({"Software": "Adobe Firefly"}, "Adobe Firefly"),
])
def test_services_say_at_least_that_they_drew_it(texts, generator):
    found = made_by(texts)
    assert (found.generator, found.models) == (generator, ())


@pytest.mark.parametrize("texts", [{"Software": "Adobe Photoshop 25.0"}, {"Software": "CLIP STUDIO PAINT"},
                                   {"Description": "gemini, a zodiac sign"}, {"Comment": "Created with GIMP"}])
def test_what_people_draw_with_is_no_generator(texts):
    assert made_by(texts) is None


def test_the_studios_own_pictures_are_known(tmp_path):
    write_png(tmp_path / "x.png", drawing(), RenderSpec(prompt="1girl", loras=(("ab" * 32, 1.0),)),
              base_name="anima-base-v1.0", lora_names=("mira",))
    found = made_of(opened((tmp_path / "x.png").read_bytes()))
    assert (found.generator, found.models, found.loras) == ("Character LoRA Studio", ("anima-base-v1.0",), ("mira",))


@pytest.mark.parametrize("name", ["parameters", "prompt", "workflow", "invokeai_metadata", "sd-metadata", "Comment",
                                  "charstudio", "xmp", "hidden", "exif comment"])
@pytest.mark.parametrize("text", ["{", "[]", "{}", "null", '{"a":' * 4000, '{"base_model": {}}', '{"model": [[[]]]}', "\0",
                                  '{"sui_image_params": 7}', '{"nodes": 7}', '{"1": {"class_type": 1, "inputs": []}}',
                                  "Steps: , Sampler: , Seed: , Model: ", '{"loras": {"a": 1}, "base_model": "x"}'])
def test_no_text_of_a_stranger_breaks_the_reading(name, text):
    found = made_by({name: text})
    assert found is None or isinstance(found, Made)


def test_long_names_are_cut_and_kept_on_one_line():
    found = made_by({"parameters": json.dumps({"base_model": "a\nb" * 500})})
    assert len(found.models[0]) <= 200 and "\n" not in found.models[0]


def test_texts_that_are_too_long_are_not_looked_at():
    assert made_of(with_texts(parameters=A1111)) is not None
    assert made_of(opened(content())) is None
    image = opened(content())
    image.info["parameters"] = A1111 + " " * 2**20
    assert made_of(image) is None
