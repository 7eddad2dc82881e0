import json

import pytest

from studio.core.spec import RenderSpec
from studio.store.comfy_graph import Graph, ModelNames, graph_text
from studio.store.exchange.comfy_models import Named, of_graph, of_workflow


def node(kind, **inputs):
    return {"class_type": kind, "inputs": inputs}


def names(nodes):
    return of_graph(json.dumps(nodes))


SDXL = {
    "1": node("CheckpointLoaderSimple", ckpt_name="sdxl.safetensors"),
    "2": node("KSampler", model=["1", 0], steps=20), "3": node("VAEDecode", samples=["2", 0], vae=["1", 2]),
    "4": node("SaveImage", images=["3", 0]),
}  # fmt: skip


def test_the_files_of_animas_own_template_are_named():
    graph = Graph(RenderSpec(prompt="1girl"), (("mira.safetensors", 0.8),), ModelNames())
    assert of_graph(graph_text(graph)) == Named(
        ("anima-base-v1.0.safetensors",), ("mira.safetensors",), ("qwen_image_vae.safetensors",
                                                                  "qwen_3_06b_base.safetensors"))


def test_a_plain_checkpoint_is_named():
    assert names(SDXL).models == ("sdxl.safetensors",)


def test_what_does_not_take_part_is_not_named():
    assert names(SDXL | {"9": node("UNETLoader", unet_name="anima.safetensors")}).models == ("sdxl.safetensors",)


def test_a_graph_that_saves_by_an_unknown_node_is_read_as_a_whole():
    nodes = {name: each for name, each in SDXL.items() if name != "4"}
    assert names(nodes).models == ("sdxl.safetensors",)


def test_unknown_nodes_on_the_way_are_no_obstacle():
    nodes = SDXL | {"2": node("FancySampler3000", anything=["7", 0]), "7": node("Tweak", model=["8", 1]),
                    "8": node("UnetLoaderGGUF", unet_name="anima-base-v1.0-Q8_0.gguf")}
    assert "anima-base-v1.0-Q8_0.gguf" in names(nodes).models


def test_every_sampler_of_several_is_followed():
    nodes = SDXL | {"2": node("KSampler", model=["1", 0], latent_image=["5", 0]),
                    "5": node("KSampler", model=["6", 0]), "6": node("UNETLoader", unet_name="anima.safetensors")}
    assert set(names(nodes).models) == {"sdxl.safetensors", "anima.safetensors"}


def test_a_name_may_come_from_another_node():
    nodes = SDXL | {"1": node("CheckpointLoaderSimple", ckpt_name=["8", 0]), "8": node("PrimitiveString", value="x.ckpt")}
    assert names(nodes).models == ("x.ckpt",)


def test_loras_that_are_switched_off_or_worn_at_nothing_are_not_named():
    nodes = SDXL | {
        "2": node("KSampler", model=["5", 0]),
        "5": node("Power Lora Loader (rgthree)", model=["6", 0], lora_1={"on": True, "lora": "a.safetensors", "strength": 1},
                  lora_2={"on": False, "lora": "b.safetensors", "strength": 1}),
        "6": node("LoraLoader", model=["1", 0], lora_name="c.safetensors", strength_model=0),
    }  # fmt: skip
    assert names(nodes).loras == ("a.safetensors",)


def test_upscalers_are_no_models_of_pictures():
    nodes = SDXL | {"4": node("SaveImage", images=["5", 0]), "5": node("ImageUpscaleWithModel", image=["3", 0], up=["6", 0]),
                    "6": node("UpscaleModelLoader", model_name="4x.pth")}
    assert names(nodes).models == ("sdxl.safetensors",)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"1": 5}', "{" * 4000, '{"1": {"class_type": "KSampler", "inputs": {}}}'])
def test_other_texts_name_nothing(text):
    assert of_graph(text) == Named() == of_workflow(text)


def test_a_circle_of_links_ends():
    nodes = {"1": node("SaveImage", images=["2", 0]), "2": node("A", x=["3", 0]), "3": node("B", x=["2", 0])}
    assert names(nodes) == Named()


def test_the_graph_of_the_window_is_read_where_there_is_no_other():
    nodes = [
        {"type": "UNETLoader", "mode": 0, "widgets_values": ["anima-base-v1.0.safetensors", "default"]},
        {"type": "CLIPLoader", "mode": 0, "widgets_values": ["qwen_3_06b_base.safetensors", "stable_diffusion"]},
        {"type": "LoraLoaderModelOnly", "mode": 4, "widgets_values": ["off.safetensors", 1]},
        {"type": "Note", "mode": 0, "widgets_values": ["see other.safetensors"]}, {"type": "X"},
    ]  # fmt: skip
    assert of_workflow(json.dumps({"nodes": nodes})) == Named(
        ("anima-base-v1.0.safetensors",), (), ("qwen_3_06b_base.safetensors",))
