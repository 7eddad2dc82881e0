"""`python -m studio.miniature.build [STAGE ...]`: trains the practice model from nothing, stage by stage."""

import argparse
import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads stall every other process

from pathlib import Path

import torch

from studio.miniature.build import dit, tagger, tokenizers, turbo, vae

OUTPUT = Path(__file__).resolve().parents[3] / "resources" / "miniature"


STAGES = ("tokenizers", "vae", "polish", "tagger", "dit", "turbo", "card")


def main() -> None:
    args = _arguments()
    torch.set_num_threads(args.threads)
    for stage in args.stage or STAGES:
        _run(stage, args.output, args.steps, args.fresh)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m studio.miniature.build", description=__doc__)
    parser.add_argument("stage", nargs="*", choices=[*STAGES, []], help="one or more stages, in order; all by default")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the weights go")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="CPU threads of torch")
    parser.add_argument("--steps", type=int, help="optimiser steps of the stage, instead of its own number")
    parser.add_argument("--fresh", action="store_true", help="start from nothing, whatever was trained before")
    return parser.parse_args()


def _run(stage: str, output: Path, steps: int | None, fresh: bool) -> None:
    match stage:
        case "tokenizers":
            tokenizers.write(output / "tokenizers")
        case "vae":
            vae.train(output / "vae" / "qwen-image-practice.safetensors", steps or vae.STEPS, fresh=fresh)
        case "polish":
            vae.polish(output / "vae" / "qwen-image-practice.safetensors", steps or vae.POLISH_STEPS, fresh=fresh)
        case "tagger":
            tagger.train(output, steps or tagger.STEPS, fresh=fresh)
        case "dit":
            dit.train(output, steps or dit.STEPS, fresh=fresh)
        case "turbo":
            turbo.train(output, steps or turbo.STEPS, fresh=fresh)
        case "card":
            from studio.miniature.build import card

            card.write_card(output)


if __name__ == "__main__":
    main()
