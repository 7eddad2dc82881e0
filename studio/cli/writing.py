"""The verbs for what a sheet has shown: the article, a judge who is no person, the files that stay, a scene to draw."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from studio.core.article_words import ENGLISH, LANGUAGES
from studio.core.errors import UserError
from studio.core.scene import Figure, Scene, lora_trigger, prompt_of, read_scene, scene_json, with_enabled
from studio.core.texts import read_text
from studio.jobs.article import FORMATS, Article
from studio.jobs.article_picture import FITTING
from studio.jobs.execute import Job
from studio.jobs.hand_off import HandOff, TakeAnswer
from studio.jobs.retention import RestoreFiles, ThinRun, Wish, facts_of, lines_of, outlook
from studio.store import workspace
from studio.store.numbered import LATEST
from studio.store.runs import find_run
from studio.store.workspace import Workspace, open_project, read_project

Make = Callable[..., argparse.ArgumentParser]

_PROJECT, _SHEET = "the folder of the project", "which sheet: its number, or latest"
_RUN = "which run: its number, its whole name, or latest"


def add_verbs(make: Make) -> None:
    """Adds each verb with its arguments; `make` takes a name and a summary."""
    _article_flags(make("article", "Writes sheets for an article: labelled picture, page to look at, text, tables."))
    _hand_off_flags(make("hand-off", "Hands a sheet to a judge who is no person, and takes the answer in as marks."))
    _thin_flags(make("thin", "Moves LoRA files of a run that nobody needs to the trash, and brings them back.",
                     json="tells each event as a line of JSON; with --dry-run prints one object"))
    _scene_flags(make("scene", "Turns a scene of several characters into JSON and a prompt with their triggers.",
                      json="prints the scene's JSON alone"))


def article_job(chosen: argparse.Namespace, kept: ExitStack) -> Article:
    """Of a project, or of the folder of one sheet."""
    folder, sheets = chosen.dir, tuple(chosen.sheet)
    if folder.parent.name == "sheets" and not (folder / workspace.NAME).exists():
        folder, sheets = folder.parent.parent, (chosen.dir.name, *sheets)
    formats = tuple(dict.fromkeys(chosen.format)) or FORMATS
    return Article(folder, sheets or (LATEST,), chosen.out, chosen.language, formats, chosen.scale, chosen.inside,
                   not chosen.cells_only)


def hand_off_job(chosen: argparse.Namespace, kept: ExitStack) -> HandOff | TakeAnswer:
    """Raises UserError unless it is said what to do, and only that."""
    if (chosen.out is None) == (chosen.answer is None):
        raise UserError("Either --out or --answer is needed",
                        "Name a folder for the bundle with --out, or the answer with --answer.")
    if chosen.out and chosen.judge:
        raise UserError("--judge is for an answer, and a bundle is written", "Name the judge when the answer is there.")
    place = _opened(chosen, kept)
    return HandOff(place, chosen.sheet, chosen.out) if chosen.out else TakeAnswer(
        place, chosen.sheet, chosen.answer, chosen.judge)  # fmt: skip


def thin_job(chosen: argparse.Namespace, kept: ExitStack) -> ThinRun | RestoreFiles:
    place = _opened(chosen, kept)
    run = find_run(place, chosen.run)
    if chosen.restore:
        return RestoreFiles(place, run, frozenset(_epochs(chosen.pin)))
    return ThinRun(place, run, _wish(chosen))


def thin_dry_run(chosen: argparse.Namespace) -> int:
    """Prints what would stay and what would go; nothing is moved."""
    place = read_project(chosen.dir)
    found = outlook(place, find_run(place, chosen.run), _wish(chosen))
    for line in [json.dumps(facts_of(found), ensure_ascii=False)] if chosen.json else lines_of(found):
        print(line)
    return 0


def scene(chosen: argparse.Namespace) -> int:
    """Prints the scene's JSON, then its triggers and its prompt."""
    place = read_project(chosen.dir)
    triggers = {each.name: each.trigger for each in place.project.characters}
    made = read_scene(read_text(chosen.file), chosen.file.name) if chosen.file else Scene(
        characters=tuple(Figure(name) for name in triggers))  # fmt: skip
    for name in chosen.without:
        made = with_enabled(made, name, False)
    print(scene_json(made, triggers), end="")
    if not chosen.json:
        print(f"\nlora_trigger: {lora_trigger(made, triggers)}\nprompt: {prompt_of(made, triggers)}")
    return 0


JOBS: dict[str, Callable[[argparse.Namespace, ExitStack], Job]] = {
    "article": article_job, "hand-off": hand_off_job, "thin": thin_job,
}


def _article_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("dir", type=Path, metavar="DIR", help=f"{_PROJECT}, or of one of its sheets")
    made.add_argument("sheet", nargs="*", metavar="SHEET", help=f"{_SHEET} (default: latest; several may be named)")
    made.add_argument("--out", type=Path, required=True, metavar="OUT", help="the folder to write to, made if missing")
    made.add_argument("--language", choices=tuple(LANGUAGES), default=ENGLISH,
                      help=f"of heads, labels and sentences (default: {ENGLISH})")
    made.add_argument("--format", action="append", default=[], choices=FORMATS,
                      help="only this: the labelled picture, the page to look at, the text, the tables "
                      "(may be repeated; default: all)")
    made.add_argument("--scale", type=float, default=FITTING, metavar="X",
                      help="how large cells are in the labelled picture, 1 being their own size (default: what fits a "
                      "page; 0.25 for 832x1216)")
    made.add_argument("--inside", action="store_true",
                      help="puts the pictures into the page, as WebP, instead of into a folder beside it")
    made.add_argument("--cells-only", action="store_true", help="leaves the target and step 0 out")


def _hand_off_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("sheet", metavar="SHEET", help=_SHEET)
    made.add_argument("--out", type=Path, metavar="OUT", help="writes a bundle into this new or empty folder")
    made.add_argument("--answer", type=Path, metavar="FILE.json", help="takes an answer in")
    made.add_argument("--judge", default="", metavar="NAME",
                      help="who answered, best with a version (default: what the answer says)")


def _thin_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("run", metavar="RUN", help=_RUN)
    made.add_argument("--pin", default="", metavar="N,...", help="keeps these epochs too; with --restore: only these")
    made.add_argument("--every", type=int, default=0, metavar="N", help="keeps every N-th epoch (default: none)")
    made.add_argument("--last", type=int, default=1, metavar="N",
                      help="keeps the newest N, 0 for none where another epoch stays (default: 1)")
    made.add_argument("--elsewhere", action="store_true",
                      help="also files that lie outside the project, which belong to another program or person")
    made.add_argument("--restore", action="store_true", help="brings files back from the trash")
    made.add_argument("--dry-run", action="store_true", help="tells what would stay and what would go")


def _scene_flags(made: argparse.ArgumentParser) -> None:
    made.add_argument("dir", type=Path, metavar="DIR", help=_PROJECT)
    made.add_argument("file", type=Path, nargs="?", metavar="FILE.json",
                      help="a scene (default: a new one of all characters)")
    made.add_argument("--without", action="append", default=[], metavar="NAME",
                      help="leaves a character out (may be repeated)")


def _opened(chosen: argparse.Namespace, kept: ExitStack) -> Workspace:
    return kept.enter_context(open_project(chosen.dir))


def _wish(chosen: argparse.Namespace) -> Wish:
    return Wish(frozenset(_epochs(chosen.pin)), chosen.every, chosen.last, chosen.elsewhere)


def _epochs(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and len(part) < 10 for part in parts):
        raise UserError(f"--pin: '{text}' is no list of epochs", "Write numbers, for example --pin 20,80,150.")
    return [int(part) for part in parts]
