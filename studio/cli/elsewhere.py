"""The verbs for what other trainers and other machines make: their recipes, and folders that they fill."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from studio.cli import environment
from studio.cli.flags import DEVICES, base_flags
from studio.core.errors import UserError
from studio.jobs.convert_recipe import ConvertRecipe
from studio.jobs.try_text import TryText
from studio.jobs.watch_folder import WatchFolder
from studio.store.exchange.recipes import ENDINGS, STUDIO

Make = Callable[[str, str], argparse.ArgumentParser]


def add_verbs(make: Make) -> None:
    """Adds each verb with its arguments; `make` takes a name and a summary."""
    _recipe(make("recipe", "Reads a recipe of another trainer, or a LoRA's header, and writes it in other words."))
    _watch(make("watch", "Follows a folder that another machine fills, and tells each LoRA once it is whole."))
    _pack(make("pack", "Packs a run into one archive that a rented machine trains by one command."))
    environment.add_arguments(make("environment", "Tells what a card needs, and writes a script that sets it up."))
    _try_text(make("try-text", "Loads a text encoder alone and lets it read a sentence."))


def recipe_job(chosen: argparse.Namespace) -> ConvertRecipe:
    """Raises UserError for a form without a file to write."""
    if chosen.target is None and chosen.format != STUDIO:
        raise UserError("--format is for a file to write, and none is named", "Name OUT as well.")
    return ConvertRecipe(chosen.source, chosen.target, chosen.format, chosen.trigger)


def watch_job(chosen: argparse.Namespace) -> WatchFolder:
    return WatchFolder(chosen.source)


def try_text_job(chosen: argparse.Namespace) -> TryText:
    return TryText(chosen.text_encoder, chosen.tokenizer)


def _recipe(made: argparse.ArgumentParser) -> None:
    made.add_argument("source", type=Path, metavar="IN",
                      help="AnimaLoraToolkit's YAML, sd-scripts' TOML, a recipe of the studio, or a LoRA")
    made.add_argument("target", type=Path, nargs="?", metavar="OUT", help="the file to write (default: none)")
    made.add_argument("--format", choices=tuple(ENDINGS), default=STUDIO,
                      help=f"for which trainer it is written (default: {STUDIO})")
    made.add_argument("--trigger", default="", metavar="WORD",
                      help="the word that previews spell out elsewhere, and that is {trigger} here")


def _watch(made: argparse.ArgumentParser) -> None:
    made.add_argument("source", type=Path, metavar="DIR", help="the folder that is filled")


def _pack(made: argparse.ArgumentParser) -> None:
    made.add_argument("dir", type=Path, metavar="DIR", help="the folder of the project")
    made.add_argument("run", metavar="RUN", help="which run: its number, its whole name, or latest")
    made.add_argument("--output", type=Path, required=True, metavar="FILE.tar.gz", help="the archive to write")
    made.add_argument("--source", default="", metavar="URL",
                      help="the folder of a server that keeps the base model's files (default: the public release)")
    base_flags(made, otherwise="that of the run, or the project's")


def _try_text(made: argparse.ArgumentParser) -> None:
    made.add_argument("text_encoder", type=Path, metavar="FILE", help="the text encoder")
    made.add_argument("tokenizer", type=Path, metavar="DIR", help="its tokenizer")
    made.add_argument("--device", choices=DEVICES, default="auto",
                      help="what computes (default: the best there is)")
