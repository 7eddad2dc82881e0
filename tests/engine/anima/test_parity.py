"""Our pipeline against diffusers' own Anima pipeline, both reading the same file in the public release's layout."""

from pathlib import Path

import pytest
import tiny
import torch
from diffusers_anima import reference, resize_without_torchvision

from studio.engine.anima import shapes
from studio.engine.anima.checkpoint import load
from studio.engine.anima.files import find_base
from studio.engine.anima.pipeline import Picture, decode, denoised
from studio.engine.anima.save import save_original, save_qwen
from studio.engine.anima.text import stacked
from studio.engine.anima.transformer import velocity
from studio.engine.latents import start_noise

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
    """The files of a complete random base."""
    return written(tmp_path_factory.mktemp("base"), request.param)


@pytest.fixture(scope="module", params=[AS_TINY, AS_RELEASED, "practice"], ids=["tiny", "full width", "practice model"])
def base(request, tmp_path_factory):
    """The files of a random base, or of the trained one that ships."""
    if request.param == "practice":
        return find_base(PRACTICE)
    return written(tmp_path_factory.mktemp("base"), request.param)


def written(folder, configs):
    files = tiny.write_tiny_base(folder)
    transformer, adapter, qwen = configs
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        conditioner = tiny.lively(shapes.build_conditioner(adapter))
        save_original(tiny.random_transformer(transformer), conditioner, files.transformer, torch.float32)
        save_qwen(tiny.lively(shapes.build_qwen(qwen)), files.text_encoder, torch.float32)
    return files


@pytest.fixture
def without_torchvision():
    with resize_without_torchvision():
        yield


@torch.no_grad()
def test_euler_with_guidance_equals_diffusers_own_pipeline(base, without_torchvision):
    picture = Picture(PROMPT, NEGATIVE, 11, STEPS, CFG, "euler", "simple", WIDTH, HEIGHT)
    anima = load(base, torch.device("cpu"), torch.float32)
    [(_, ours)] = denoised(anima, [picture])
    theirs = reference(base)(
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
    anima = load(random_base, torch.device("cpu"), torch.float32)
    call = start_noise(1, WIDTH, HEIGHT), torch.tensor([0.6]), *stacked([anima.text.encode(PROMPT)])
    whole = velocity(anima.transformer, *call)
    blocks = anima.transformer.transformer_blocks
    for left_out in range(len(blocks)):
        anima.transformer.transformer_blocks = torch.nn.ModuleList(b for i, b in enumerate(blocks) if i != left_out)
        without = velocity(anima.transformer, *call)
        assert (without - whole).norm() >= 0.1 * whole.norm()
