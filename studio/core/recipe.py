"""Everything that decides a training run, in one value."""

from dataclasses import dataclass
from pathlib import Path

from studio.core import shipped, toml
from studio.core.knobs import build, knob, to_mapping
from studio.core.spec import MAX_SEED, SAMPLERS, SCHEDULERS, SIDE_STEP

QUALITY = "masterpiece, best quality, score_7, safe"
NEGATIVE = "worst quality, low quality, score_1, score_2, score_3, artist name"
PREVIEW_PROMPTS = (
    f"{QUALITY}, 1girl, {{trigger}}, smile, upper body, front view, white background",
    f"{QUALITY}, 1girl, {{trigger}}, standing, full body, front view, white background",
)
ADAPTERS = ("lora", "dora", "lokr")
OPTIMIZERS = ("adamw", "adamw_8bit", "prodigy", "adamw_schedulefree")
LR_SCHEDULES = ("constant", "cosine", "linear")
LOSS_WEIGHTINGS = ("none", "sigma_sqrt", "cosmap")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every training setting. Epochs and steps count from 1; an exposure is one picture seen once."""

    name: str = knob("custom", "Name", "What this recipe is called.")
    rank: int = knob(32, "Rank", "How much the LoRA can learn.", lo=1, hi=512)
    alpha: float = knob(32.0, "Alpha", "Scale of what was learnt: alpha / rank.", lo=0.0, hi=1024.0)
    adapter: str = knob("lora", "Adapter", "The form of what is learnt: two thin factors, with a magnitude of its own, "
                        "or a Kronecker product.", choices=ADAPTERS)
    lokr_factor: int = knob(8, "LoKr factor", "Size of the small Kronecker factor; acts with 'lokr' only.", lo=1, hi=64)
    train_adaln: bool = knob(False, "Train AdaLN", "Also train the linears that steer each block by the noise level.")
    learning_rate: float = knob(2e-5, "Learning rate", "Size of each step; 1 with prodigy.", lo=0.0, hi=1.0)
    batch_size: int = knob(1, "Batch size", "Pictures looked at together.", lo=1, hi=256, unit="images")
    accumulation: int = knob(1, "Accumulation", "Batches that make one step.", lo=1, hi=256, unit="batches")
    epochs: int = knob(10, "Epochs", "How often all pictures are shown, repeats included.", lo=1, hi=10_000)
    max_steps: int = knob(0, "Most steps", "Stop after so many steps; 0 is no limit.", lo=0, hi=10_000_000)
    seed: int = knob(42, "Seed", "All randomness of the run derives from it.", lo=0, hi=MAX_SEED)

    resolution: int = knob(1024, "Resolution", "Side of the square that has the area of a training picture.",
                           lo=64, hi=2048, unit="px")
    area_band: float = knob(0.1, "Area band", "How far a bucket's area may stray from that square's, as a share.",
                            lo=0.0, hi=0.5)
    bucket_step: int = knob(64, "Bucket step", "Sides of buckets are multiples of this.", lo=16, hi=256, unit="px",
                            multiple=SIDE_STEP)
    min_aspect: float = knob(0.5, "Narrowest", "Smallest width / height of a bucket.", lo=0.1, hi=1.0)
    max_aspect: float = knob(2.0, "Widest", "Largest width / height of a bucket.", lo=1.0, hi=10.0)

    caption_dropout: float = knob(0.0, "Caption dropout", "Share of exposures with an empty caption.", lo=0.0, hi=1.0)
    caption_variants: int = knob(1, "Caption variants", "In how many orders the tags behind the trigger are shown; "
                                 "1 leaves them as they are written.", lo=1, hi=64)
    tag_dropout: float = knob(0.0, "Tag dropout", "Share of the tags behind the trigger left out of an exposure; "
                              "the sentences go as one.", lo=0.0, hi=0.9)
    flip: bool = knob(False, "Flip", "Mirror every other exposure. Spoils a character who is not symmetric.")
    timestep_sampling: str = knob("logit_normal", "Timesteps", "How noise levels are drawn.",
                                  choices=("logit_normal", "uniform", "shifted"))
    timestep_shift: float = knob(1.0, "Timestep shift", "Above 1 leans towards noise; acts with 'shifted' only.",
                                 lo=0.01, hi=100.0)
    logit_mean: float = knob(0.0, "Logit mean", "Above 0 leans towards noise; acts with 'logit_normal' and 'shifted'.",
                             lo=-5.0, hi=5.0)
    logit_std: float = knob(1.0, "Logit spread", "How far noise levels spread; acts with 'logit_normal' and 'shifted'.",
                            lo=0.01, hi=5.0)
    loss_weighting: str = knob("none", "Loss weighting", "How much each noise level counts.", choices=LOSS_WEIGHTINGS)

    optimizer: str = knob("adamw", "Optimizer", "The rule that turns gradients into steps.", choices=OPTIMIZERS)
    lr_schedule: str = knob("constant", "Schedule", "The course of the learning rate after the warm-up.",
                            choices=LR_SCHEDULES)
    lr_floor: float = knob(0.0, "Schedule floor", "Share of the learning rate that a falling schedule ends at.",
                           lo=0.0, hi=1.0)
    weight_decay: float = knob(0.01, "Weight decay", "Pull of every weight towards zero.", lo=0.0, hi=1.0)
    beta1: float = knob(0.9, "Beta 1", "Memory of the gradient's mean.", lo=0.0, hi=0.9999)
    beta2: float = knob(0.99, "Beta 2", "Memory of the gradient's size.", lo=0.0, hi=0.99999)
    warmup_steps: int = knob(0, "Warm-up", "Steps over which the learning rate rises to its value.", lo=0, hi=1_000_000,
                             unit="steps")
    clip: float = knob(1.0, "Gradient clip", "Largest norm of a gradient; 0 is no limit.", lo=0.0, hi=1000.0)
    gradient_checkpointing: bool = knob(True, "Gradient checkpointing", "Less memory for about a third more time.")
    compile: bool = knob(False, "Compile", "Compile each block: minutes at the start, about a fifth faster after.")
    blocks_to_swap: int = knob(0, "Blocks to swap", "Blocks whose weights wait in main memory: less on the card, "
                               "slower steps.", lo=0, hi=256, unit="blocks")
    ema: float = knob(0.0, "EMA", "Decay of a running average that is saved and shown instead; 0 is off.",
                      lo=0.0, hi=0.99999)
    precision: str = knob("auto", "Precision", "auto is bf16 on CUDA and fp32 elsewhere.",
                          choices=("auto", "bf16", "fp32"))

    save_every: int = knob(1, "Save every", "Epochs between checkpoints.", lo=1, hi=10_000, unit="epochs")
    keep_last: int = knob(0, "Keep last", "How many of the newest checkpoints stay on disk; 0 is all.", lo=0, hi=10_000,
                          unit="checkpoints")
    keep_every: int = knob(0, "Keep every", "Epochs whose checkpoints stay whatever 'keep last' says; 0 is none.",
                           lo=0, hi=10_000, unit="epochs")
    state_every: int = knob(0, "State every", "Steps between states to resume from; 0 is once an epoch.",
                            lo=0, hi=1_000_000, unit="steps")

    preview_every: int = knob(1, "Preview every", "Epochs between previews; 0 is none.", lo=0, hi=10_000, unit="epochs")
    preview_prompts: tuple[str, ...] = knob(PREVIEW_PROMPTS, "Preview prompts",
                                             "What previews show; {trigger} stands for the character's.")
    preview_negative: str = knob(NEGATIVE, "Preview negative prompt", "What previews avoid. Inactive at CFG 1.")
    preview_seeds: tuple[int, ...] = knob((42,), "Preview seeds", "Each prompt is drawn with each of them.",
                                          lo=0, hi=MAX_SEED)
    preview_steps: int = knob(25, "Preview steps", "Sampling steps of a preview.", lo=1, hi=1000)
    preview_cfg: float = knob(4.0, "Preview CFG", "CFG of a preview.", lo=0.0, hi=100.0)
    preview_sampler: str = knob("er_sde", "Preview sampler", "Sampler of a preview.", choices=SAMPLERS)
    preview_scheduler: str = knob("simple", "Preview scheduler", "Scheduler of a preview.", choices=SCHEDULERS)
    preview_width: int = knob(1024, "Preview width", "Width of a preview.", lo=64, hi=4096, unit="px",
                              multiple=SIDE_STEP)
    preview_height: int = knob(1024, "Preview height", "Height of a preview.", lo=64, hi=4096, unit="px",
                               multiple=SIDE_STEP)

    transferable: bool = knob(True, "Transferable", "Whether these figures mean anything for another base model.")


def load_recipe(path_or_name: str | Path) -> Recipe:
    """A recipe file, or one that ships with the studio by its name (`official`, `practice`)."""
    path = shipped.find("recipe", "recipes", path_or_name)
    return build(Recipe, toml.load(path), str(path))


def shipped_recipes() -> tuple[str, ...]:
    """The names that `load_recipe` knows."""
    return shipped.names("recipes")


def from_toml(text: str, where: str = "recipe") -> Recipe:
    """The recipe of a TOML text; what it does not name keeps its default. Raises `UserError` naming `where`."""
    return build(Recipe, toml.loads(text, where), where)


def to_toml(recipe: Recipe) -> str:
    """Every setting, so that a frozen recipe says all there is to say."""
    return toml.dumps(to_mapping(recipe))
