"""Our pipeline against diffusers' own Anima pipeline, both reading the same file in the public release's layout."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import tiny
import torch
import torch.nn.functional as F
from diffusers import (
    AnimaTextConditioner,
    AutoencoderKLQwenImage,
    CosmosTransformer3DModel,
    FlowMatchEulerDiscreteScheduler,
)
from diffusers.loaders.single_file_utils import convert_cosmos_transformer_checkpoint_to_diffusers
from diffusers.models.transformers import transformer_cosmos
from diffusers.modular_pipelines.anima import AnimaAutoBlocks
from safetensors.torch import load_file
from tokenizers import Tokenizer as Backend
from tokenizers import processors
from transformers import PreTrainedTokenizerFast, Qwen3Model

from studio.engine.anima import shapes
from studio.engine.anima.checkpoint import load
from studio.engine.anima.files import find_base
from studio.engine.anima.keys import bare_qwen, split_original
from studio.engine.anima.pipeline import Picture, decode, denoised
from studio.engine.anima.save import save_original, save_qwen
from studio.engine.anima.text import stacked
from studio.engine.anima.transformer import velocity
from studio.engine.anima.vae import config_of, to_diffusers
from studio.engine.latents import start_noise
from studio.store.tokenizers import Tokenizer

PRACTICE = Path(__file__).parents[3] / "resources" / "miniature"
PROMPT = "1girl, side ponytail, hair intakes, red ribbon. She sits on a chair."
NEGATIVE = "worst quality, low quality"
STEPS, CFG, WIDTH, HEIGHT = 5, 4.0, 64, 96

AS_TINY = (tiny.TRANSFORMER, tiny.ADAPTER, tiny.QWEN)
AS_RELEASED = (  # the public release with fewer blocks and a shorter vocabulary
    shapes.TransformerConfig(heads=16, head_dim=128, layers=2, mlp_dim=8192, text_dim=1024, adaln_dim=256),
    shapes.AdapterConfig(source_dim=1024, target_dim=1024, model_dim=1024, layers=1, heads=16, mlp_dim=4096, vocab=512),
    shapes.QwenConfig(hidden=1024, layers=1, heads=16, kv_heads=8, head_dim=128, mlp_dim=3072, vocab=512),
)


@pytest.fixture(scope="module", params=[AS_TINY, AS_RELEASED], ids=["tiny", "full width"])
def random_base(request, tmp_path_factory):
    """A complete random base on disk: (its files, the configs it was written from)."""
    return written(tmp_path_factory.mktemp("base"), request.param)


@pytest.fixture(scope="module", params=[AS_TINY, AS_RELEASED, "practice"], ids=["tiny", "full width", "practice model"])
def base(request, tmp_path_factory):
    """A random base, or the trained one that ships: (its files, its configs)."""
    if request.param == "practice":
        return practice()
    return written(tmp_path_factory.mktemp("base"), request.param)


def practice():
    files = find_base(PRACTICE)
    dit, adapter = split_original(load_file(files.transformer))
    qwen = shapes.qwen_config(bare_qwen(load_file(files.text_encoder)))
    return files, (shapes.transformer_config(dit), shapes.adapter_config(adapter), qwen)


def written(folder, configs):
    files = tiny.write_tiny_base(folder)
    transformer, adapter, qwen = configs
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        conditioner = tiny.lively(shapes.build_conditioner(adapter))
        save_original(tiny.random_transformer(transformer), conditioner, files.transformer, torch.float32)
        save_qwen(tiny.lively(shapes.build_qwen(qwen)), files.text_encoder, torch.float32)
    return files, configs


def weights_of(file):
    return {key: value.float() for key, value in load_file(file).items()}


def reference(files, configs):
    """diffusers' pipeline with every component built by diffusers' own classes and rename function."""
    adapter = {}
    original = {key.removeprefix("net."): value for key, value in weights_of(files.transformer).items()}
    for key in [key for key in original if key.startswith("llm_adapter.")]:
        adapter[key.removeprefix("llm_adapter.")] = original.pop(key)
    pipeline = AnimaAutoBlocks().init_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.update_components(
        transformer=reference_transformer(convert_cosmos_transformer_checkpoint_to_diffusers(original), configs[0]),
        text_conditioner=reference_conditioner(adapter, configs[1]),
        text_encoder=reference_qwen(files, configs[2]),
        tokenizer=reference_tokenizer(files.qwen_tokenizer),
        t5_tokenizer=reference_tokenizer(files.t5_tokenizer, ends=True),
        vae=reference_vae(files),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )
    return pipeline


def reference_transformer(weights, config):
    with torch.device("meta"):
        transformer = CosmosTransformer3DModel(
            in_channels=16, out_channels=16, num_attention_heads=config.heads, attention_head_dim=config.head_dim,
            num_layers=config.layers, mlp_ratio=config.mlp_dim / config.width, text_embed_dim=config.text_dim,
            adaln_lora_dim=config.adaln_dim,
            max_size=(128, 240, 240), patch_size=(1, 2, 2), rope_scale=(1.0, 4.0, 4.0), concat_padding_mask=True,
            extra_pos_embed_type=None,
        )  # fmt: skip
    transformer.load_state_dict(weights, strict=True, assign=True)
    return transformer.eval()


def reference_conditioner(weights, config):
    conditioner = AnimaTextConditioner(
        source_dim=config.source_dim, target_dim=config.target_dim, model_dim=config.model_dim,
        num_layers=config.layers, num_attention_heads=config.heads, mlp_ratio=config.mlp_dim / config.model_dim,
        target_vocab_size=config.vocab,
    )  # fmt: skip
    conditioner.load_state_dict(weights, strict=True)
    return conditioner.eval()


def reference_qwen(files, config):
    qwen = Qwen3Model(shapes.build_qwen(config).config)
    qwen.load_state_dict({key.removeprefix("model."): value for key, value in weights_of(files.text_encoder).items()})
    return qwen.eval()


def reference_vae(files):
    weights = weights_of(files.vae)
    vae = AutoencoderKLQwenImage(**config_of(weights))
    vae.load_state_dict(to_diffusers(weights), strict=True)
    return vae.float().eval()


def reference_tokenizer(folder, ends=False):
    ours = Tokenizer.from_folder(folder)
    backend = Backend.from_str(ours.backend.to_str())
    end = backend.id_to_token(ours.eos_id)
    backend.post_processor = processors.TemplateProcessing(
        single=f"$A {end}" if ends else "$A", special_tokens=[(end, ours.eos_id)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=backend, pad_token=backend.id_to_token(ours.pad_id))


@pytest.fixture
def resize_without_torchvision(monkeypatch):
    """diffusers resizes its constant padding mask with torchvision, which this project does without."""

    def resize(mask, size, interpolation):
        return F.interpolate(mask, size, mode=interpolation)

    stand_in = SimpleNamespace(
        InterpolationMode=SimpleNamespace(NEAREST="nearest"), functional=SimpleNamespace(resize=resize)
    )
    monkeypatch.setattr(transformer_cosmos, "transforms", stand_in, raising=False)


@torch.no_grad()
def test_euler_with_guidance_equals_diffusers_own_pipeline(base, resize_without_torchvision):
    files, configs = base
    picture = Picture(PROMPT, NEGATIVE, 11, STEPS, CFG, "euler", "simple", WIDTH, HEIGHT)
    anima = load(files, torch.device("cpu"), torch.float32)
    [(_, ours)] = denoised(anima, [picture])
    theirs = reference(files, configs)(
        prompt=PROMPT, negative_prompt=NEGATIVE, latents=start_noise(11, WIDTH, HEIGHT),
        width=WIDTH, height=HEIGHT, num_inference_steps=STEPS,
    )  # fmt: skip
    assert theirs.get("latents").std() > 0.1
    assert (ours - theirs.get("latents")).abs().max() <= 1e-4
    levels = torch.frombuffer(bytearray(decode(anima.vae, ours).tobytes()), dtype=torch.uint8).int()
    expected = torch.frombuffer(bytearray(theirs.get("images")[0].tobytes()), dtype=torch.uint8).int()
    assert (levels - expected).abs().max() <= 1


@torch.no_grad()
def test_every_block_of_the_compared_model_matters(random_base):
    files, _ = random_base
    anima = load(files, torch.device("cpu"), torch.float32)
    call = start_noise(1, WIDTH, HEIGHT), torch.tensor([0.6]), *stacked([anima.text.encode(PROMPT)])
    whole = velocity(anima.transformer, *call)
    blocks = anima.transformer.transformer_blocks
    for left_out in range(len(blocks)):
        anima.transformer.transformer_blocks = torch.nn.ModuleList(b for i, b in enumerate(blocks) if i != left_out)
        without = velocity(anima.transformer, *call)
        assert (without - whole).norm() >= 0.1 * whole.norm()
