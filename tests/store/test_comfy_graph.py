"""Graphs written for ComfyUI, and graphs read as ComfyUI writes them."""

import json
import time
from dataclasses import replace

import pytest
from PIL import Image, PngImagePlugin

from studio.core.errors import UserError
from studio.core.spec import MAX_SEED, SAMPLERS, SCHEDULERS, RenderSpec
from studio.store.comfy_graph import Graph, ModelNames, graph_of, graph_text
from studio.store.comfy_reader import read_graph
from studio.store.picture_text import write_png

SPEC = RenderSpec(prompt="mira, 1girl, (red eyes:1.3)\n青い", negative='worst quality, "blurry"', seed=MAX_SEED,
                  steps=8, cfg=4.5, sampler="dpmpp_2m", scheduler="beta", width=64, height=128)
NAMES = ModelNames("other.safetensors", "qwen.safetensors", "wan.safetensors")
GRAPH = Graph(SPEC, (("mira.safetensors", 1.0), ("style/ink.safetensors", -0.35)), NAMES)

ANIMA = {  # as ComfyUI saves its own Anima template, whose nodes lie in a subgraph
    "46": {"inputs": {"filename_prefix": "Anima", "images": ["60:8", 0]}, "class_type": "SaveImage",
           "_meta": {"title": "Save Image"}},
    "60:45": {"inputs": {"clip_name": "qwen_3_06b_base.safetensors", "type": "stable_diffusion", "device": "default"},
              "class_type": "CLIPLoader"},
    "60:15": {"inputs": {"vae_name": "qwen_image_vae.safetensors"}, "class_type": "VAELoader"},
    "60:8": {"inputs": {"samples": ["60:19", 0], "vae": ["60:15", 0]}, "class_type": "VAEDecode"},
    "60:28": {"inputs": {"width": 832, "height": 1216, "batch_size": 1}, "class_type": "EmptyLatentImage"},
    "60:12": {"inputs": {"text": "worst quality", "clip": ["60:45", 0]}, "class_type": "CLIPTextEncode"},
    "60:11": {"inputs": {"text": "1girl, smile", "clip": ["60:45", 0]}, "class_type": "CLIPTextEncode"},
    "60:44": {"inputs": {"unet_name": "anima-base-v1.0.safetensors", "weight_dtype": "default"},
              "class_type": "UNETLoader"},
    "60:19": {"inputs": {"seed": 875817230929465, "steps": 30, "cfg": 4, "sampler_name": "er_sde",
                         "scheduler": "simple", "denoise": 1, "model": ["60:44", 0], "positive": ["60:11", 0],
                         "negative": ["60:12", 0], "latent_image": ["60:28", 0]}, "class_type": "KSampler"},
}  # fmt: skip
ANIMA_SPEC = RenderSpec("1girl, smile", "worst quality", 875817230929465, 30, 4.0, "er_sde", "simple", 832, 1216)


def changed(*changes, add=(), drop=()):
    """The template with inputs of nodes changed ("19.steps", 20), nodes added and left out."""
    nodes = json.loads(json.dumps(ANIMA))
    for place, value in changes:
        number, key = place.split(".")
        nodes[f"60:{number}"]["inputs"][key] = value
    for number, kind, inputs in add:
        nodes[number] = {"class_type": kind, "inputs": inputs}
    return {number: node for number, node in nodes.items() if number not in drop}


def read(nodes):
    return read_graph(json.dumps(nodes))


def test_comfyuis_own_template_is_read_without_obstacles():
    assert read(ANIMA) == Graph(ANIMA_SPEC)


def test_what_is_written_is_read_again():
    assert read_graph(graph_text(GRAPH)) == GRAPH


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_sampler_and_scheduler_makes_the_round_trip(sampler, scheduler):
    graph = Graph(replace(SPEC, sampler=sampler, scheduler=scheduler))
    assert read_graph(graph_text(graph)) == graph


def test_the_written_graph_is_comfyuis_template():
    """The same classes with the same inputs, so that nothing is missing or unknown when ComfyUI checks it."""
    written = json.loads(graph_text(Graph(ANIMA_SPEC)))
    shape = {node["class_type"]: set(node["inputs"]) for node in ANIMA.values()}
    assert {node["class_type"]: set(node["inputs"]) for node in written.values()} == shape
    links = [link for node in written.values() for link in node["inputs"].values() if isinstance(link, list)]
    assert len(links) == 9 and all(link[0] in written and link[1] == 0 for link in links)
    assert {name: node for name, node in written.items() if node["class_type"] == "CLIPLoader"} == {
        "2": {"class_type": "CLIPLoader", "inputs": ANIMA["60:45"]["inputs"]}}


def test_at_cfg_1_the_negative_stays_in_the_graph():
    graph = Graph(replace(SPEC, cfg=1.0))
    assert read_graph(graph_text(graph)) == graph


def test_a_rendered_png_carries_its_graph(tmp_path):
    spec = replace(SPEC, loras=(("a" * 64, 1.0), ("b" * 64, -0.35)), base="f" * 64)
    path, names = tmp_path / "a.png", ("mira.safetensors", "ink.safetensors")
    write_png(path, Image.new("RGB", (64, 128)), spec, base_name="anima-v2", lora_names=names, models=NAMES)
    assert graph_of(path) == Graph(SPEC, tuple(zip(names, (1.0, -0.35))), NAMES)
    write_png(path, Image.new("RGB", (64, 128)), spec, base_name="anima-v2")
    assert graph_of(path).models == ModelNames("anima-v2.safetensors")
    assert graph_of(path).loras == (("aaaaaaaaaaaa.safetensors", 1.0), ("bbbbbbbbbbbb.safetensors", -0.35))


def test_the_chunk_is_plain_text_that_every_version_of_comfyui_reads(tmp_path):
    write_png(tmp_path / "a.png", Image.new("RGB", (64, 128)), SPEC)
    assert b"tEXtprompt\0" in (tmp_path / "a.png").read_bytes()


def test_loras_are_read_in_the_order_they_are_put_on():
    nodes = changed(("19.model", ["72", 0]), add=(
        ("71", "LoraLoaderModelOnly", {"model": ["60:44", 0], "lora_name": "first.safetensors", "strength_model": 0.8}),
        ("72", "LoraLoader", {"model": ["71", 0], "clip": ["60:45", 0], "lora_name": "sub\\second.safetensors",
                              "strength_model": 1, "strength_clip": 0.5}),
    ))  # fmt: skip
    assert read(nodes) == Graph(ANIMA_SPEC, (("first.safetensors", 0.8), ("sub\\second.safetensors", 1.0)))


def test_the_advanced_sampler_is_read():
    inputs = ANIMA["60:19"]["inputs"]
    moved = {key: value for key, value in inputs.items() if key not in ("seed", "denoise")}
    moved |= {"noise_seed": 5, "add_noise": "enable", "start_at_step": 0, "end_at_step": 10000,
              "return_with_leftover_noise": "disable"}
    nodes = changed(add=[("60:19", "KSamplerAdvanced", moved)])
    assert read(nodes) == Graph(replace(ANIMA_SPEC, seed=5))
    for key, value in (("add_noise", "disable"), ("start_at_step", 5), ("end_at_step", 20),
                       ("return_with_leftover_noise", "enable")):
        [obstacle] = read(changed(add=[("60:19", "KSamplerAdvanced", moved | {key: value})])).obstacles
        assert obstacle.startswith("KSamplerAdvanced (node 60:19)")


def custom(guider, **inputs):
    return changed(add=(
        ("60:19", "SamplerCustomAdvanced", {"noise": ["n", 0], "guider": ["g", 0], "sampler": ["k", 0],
                                            "sigmas": ["s", 0], "latent_image": ["60:28", 0]}),
        ("n", "RandomNoise", {"noise_seed": 9}), ("k", "KSamplerSelect", {"sampler_name": "euler"}),
        ("s", "BasicScheduler", {"scheduler": "beta", "steps": 12, "denoise": 1.0, "model": ["60:44", 0]}),
        ("g", guider, {"model": ["60:44", 0], **inputs}),
    ))  # fmt: skip


def test_the_custom_sampler_is_read_with_either_guider():
    spec = replace(ANIMA_SPEC, seed=9, sampler="euler", scheduler="beta", steps=12)
    guided = custom("CFGGuider", positive=["60:11", 0], negative=["60:12", 0], cfg=5.5)
    assert read(guided) == Graph(replace(spec, cfg=5.5))
    assert read(custom("BasicGuider", conditioning=["60:11", 0])) == Graph(replace(spec, cfg=1.0, negative=""))


def test_an_unknown_part_of_a_custom_sampler_is_named():
    nodes = custom("DualCFGGuider", cond1=["60:11", 0])
    assert any("DualCFGGuider (node g) takes part" in each for each in read(nodes).obstacles)


def test_values_may_come_from_nodes_of_their_own():
    nodes = changed(("19.steps", ["p", 0]), ("11.text", ["q", 0]), add=(
        ("p", "PrimitiveInt", {"value": 12}), ("q", "PrimitiveStringMultiline", {"value": "1girl, hat"})))
    assert read(nodes) == Graph(replace(ANIMA_SPEC, steps=12, prompt="1girl, hat"))


def test_animas_own_shift_written_out_is_no_obstacle_and_another_is():
    def shift(by):
        node = ("70", "ModelSamplingAuraFlow", {"model": ["60:44", 0], "shift": by})
        return read(changed(("19.model", ["70", 0]), add=[node]))

    assert shift(3.0) == Graph(ANIMA_SPEC)
    assert shift(5.0).obstacles == ("ModelSamplingAuraFlow (node 70) has another shift than 3.",)


def through(place, kind, key="model"):
    """The template with a strange node put into a link."""
    number, link = place.split(".")
    before = ANIMA[f"60:{number}"]["inputs"][link]
    return changed((place, ["99", 0]), add=[("99", kind, {key: before})])


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        (changed(("19.sampler_name", "dpmpp_3m_sde")), "KSampler (node 60:19): sampler cannot be 'dpmpp_3m_sde'"),
        (changed(("19.scheduler", "karras")), "scheduler cannot be 'karras'"),
        (changed(("19.seed", 2**64 - 1)), "seed cannot be"),
        (changed(("19.steps", "many")), "steps cannot be 'many'"),
        (changed(("19.denoise", 0.5)), "has another denoise than 1"),
        (changed(("28.batch_size", 4)), "has another batch_size than 1"),
        (changed(("28.width", 1000)), "width cannot be 1000"),
        (changed(("44.weight_dtype", "fp8_e4m3fn")), "has another weight_dtype than default"),
        (changed(("11.text", ["p", 0]), add=[("p", "RandomPrompt", {"seed": 1})]), "RandomPrompt (node p) takes part"),
        (changed(("11.text", "embedding:nice, 1girl")), "asks for an embedding"),
        (through("19.model", "FreeU"), "FreeU (node 99) takes part"),
        (through("19.positive", "ControlNetApply", "conditioning"), "ControlNetApply (node 99) takes part"),
        (through("19.latent_image", "VAEEncode", "pixels"), "VAEEncode (node 99) takes part"),
        (through("11.clip", "CLIPSetLastLayer", "clip"), "CLIPSetLastLayer (node 99) takes part"),
        (changed(("8.samples", ["99", 0]), add=[("99", "LatentUpscale", {"samples": ["60:19", 0]})]),
         "LatentUpscale (node 99) takes part"),
        (changed(add=[("99", "FaceDetailer", {"image": ["60:8", 0]})]), "FaceDetailer (node 99) takes part"),
        (changed(drop=["60:44"]), "linked to the sampler's model"),
        (changed(("19.positive", "no link")), "linked to the sampler's positive"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_here_is_named(nodes, said):
    obstacles = read(nodes).obstacles
    assert any(said in each for each in obstacles), obstacles
    assert all(each.endswith(".") for each in obstacles)


def test_a_setting_that_is_not_understood_leaves_the_others_as_they_are():
    graph = read(changed(("19.sampler_name", "uni_pc")))
    assert graph.spec == replace(ANIMA_SPEC, sampler=RenderSpec().sampler)


def test_at_cfg_1_a_strange_negative_is_no_obstacle():
    nodes = through("19.negative", "ConditioningZeroOut", "conditioning")
    assert any("ConditioningZeroOut" in each for each in read(nodes).obstacles)
    nodes["60:19"]["inputs"]["cfg"] = 1.0
    assert read(nodes) == Graph(replace(ANIMA_SPEC, cfg=1.0, negative=""))


def test_a_second_sampler_is_refused_by_name():
    twice = changed(add=[("99", "KSampler", dict(ANIMA["60:19"]["inputs"]))])
    with pytest.raises(UserError, match=r"samples 2 times, in KSampler \(node 60:19\) and KSampler \(node 99\)"):
        read(twice)


@pytest.mark.parametrize("text", [
    "", "not json", "[]", "null", "{}", '{"1": 3}', "[" * 100_000, '{"a":' * 50_000, "NaN", '"' + "a" * 200_000,
    json.dumps({str(number): {} for number in range(6000)}), json.dumps({"1": {"class_type": "KSampler"}}),
    json.dumps({"1": {"class_type": ["KSampler"], "inputs": {}}}), '{"1": ' + "9" * 10_000 + "}",
])  # fmt: skip
def test_a_text_that_is_no_graph_is_refused(text):
    with pytest.raises(UserError, match="ComfyUI graph"):
        read_graph(text)


def test_links_in_a_circle_come_to_an_end():
    nodes = changed(("19.model", ["99", 0]), add=[("99", "LoraLoaderModelOnly", {
        "model": ["99", 0], "lora_name": "a", "strength_model": 1})])
    assert "The model's file is not named." in read(nodes).obstacles


@pytest.mark.parametrize("value", [None, [], {}, [1], ["60:44"], [["60:44"], 0], [{}, 0], "x" * 10_000, float("nan"),
                                   10**300, True, -1, ["60:19", 0]])  # fmt: skip
def test_any_value_anywhere_is_survived(value):
    for node in ANIMA:
        for key in ANIMA[node]["inputs"]:
            nodes = json.loads(json.dumps(ANIMA))
            nodes[node]["inputs"][key] = value
            assert isinstance(read(nodes).spec, RenderSpec)


def test_a_long_chain_is_followed_in_no_time():
    chain = [(str(number), "LoraLoaderModelOnly", {"model": [str(number + 1), 0], "lora_name": "a.safetensors",
                                                   "strength_model": 0.1}) for number in range(4000)]  # fmt: skip
    text = json.dumps(changed(("19.model", ["0", 0]), add=chain))
    began = time.process_time()
    assert len(read_graph(text).loras) == 4000
    assert time.process_time() - began < 3


def test_a_picture_without_a_graph_is_refused_by_name(tmp_path):
    path = tmp_path / "plain.png"
    Image.new("RGB", (8, 8)).save(path)
    for name in ("plain.png", "missing.png"):
        with pytest.raises(UserError, match=f"{name} holds no ComfyUI graph"):
            graph_of(tmp_path / name)
    chunk = PngImagePlugin.PngInfo()
    chunk.add_text("prompt", "{}")
    Image.new("RGB", (8, 8)).save(path, pnginfo=chunk)
    with pytest.raises(UserError, match="plain.png: The ComfyUI graph has no sampler"):
        graph_of(path)
