"""Trains the run in this folder on this machine; needs nothing but Python itself.

    python3 start.py                         everything: looks, fetches, tries the text encoder, trains
    python3 start.py --source http://host/f  fetches the base model's files from below another address
    python3 start.py --python /env/python    takes an environment that is there instead of making one
    python3 start.py --processes 2           shares the batches of each step between two cards; the LoRA is the same

Once more, it goes on where it was stopped. What was trained lies in project/, a folder that the studio opens. Where a
single file comes from is written in sources.json; a file that is not the one this run was planned with is not taken.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
BASE, PROJECT, STUDIO = ROOT / "base", ROOT / "project", ROOT / "studio"
MIB = 2**20
CHUNK = 8 * MIB
ATTEMPTS = 4
TIMEOUT_S = 60
SPARE = 2 * 2**30  # bytes for checkpoints and states, beside the base model
OLDEST_CARD, NEWEST_OF_CUDA_12 = (5, 0), (9, 0)  # compute capabilities of torch's CUDA 12.6 build
TEXT = ("text_encoder", "qwen_tokenizer")
FLAGS = {"transformer": "--base", "text_encoder": "--text-encoder", "vae": "--vae"}
FOLDER_FLAGS = {"qwen_tokenizer": "--qwen-tokenizer", "t5_tokenizer": "--t5-tokenizer"}


class Stop(Exception):
    """It cannot go on; the message says what happened and what to do."""


def main(arguments):
    """Does everything and returns the exit code: 2 where a person has to do something first, 130 on Ctrl-C."""
    options = options_of(arguments)
    try:
        if sys.version_info < (3, 11):
            raise Stop("This needs Python 3.11, 3.12 or 3.13; this is {}.{}.".format(*sys.version_info[:2]))
        return run(options)
    except Stop as stop:
        print("\n{}".format(stop), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Start again whenever you like.", file=sys.stderr)
        return 130


def options_of(arguments):
    parser = argparse.ArgumentParser(
        prog="start.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", default="", help="the address that the base model's files lie below")
    parser.add_argument("--python", default="", help="the Python of an environment that holds all the studio needs")
    parser.add_argument("--device", default="auto", help="what computes: auto, cuda or cpu")
    parser.add_argument("--processes", type=int, default=1, help="how many cards train it together (default: 1)")
    return parser.parse_args(arguments)


def run(options):
    """The cheap looks first, the text encoder before the large file, then the training."""
    kit = json.loads((ROOT / "kit.json").read_text("utf-8"))
    check_kit()
    check_card(card(), driver())
    check_room(kit["base"])
    sources = sources_of(kit["base"], options.source)
    fetch_all([each for each in kit["base"] if each["role"] in TEXT], sources)
    python = options.python or environment()
    try_text(python, kit["base"], options.device)
    fetch_all([each for each in kit["base"] if each["role"] not in TEXT], sources)
    return train(python, kit["base"], options.device, options.processes)


# Looking


def check_kit():
    """Raises Stop for a file of this folder that is not as it was packed."""
    for line in (ROOT / "checksums.txt").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if name == "sources.json" or name.startswith("project/"):
            continue  # the one is there to be edited, in the other the run goes on
        if not (ROOT / name).is_file() or sha256_of(ROOT / name) != digest:
            raise Stop("{} is not as it was packed. Unpack the archive again.".format(name))


def check_card(capability, major):
    """Raises Stop where the pinned torch has no build for this card and its driver."""
    if capability is None:
        print("No NVIDIA card is seen here; the processor will train, which takes very long.", flush=True)
        return
    if capability < OLDEST_CARD:
        raise Stop("This card's generation (compute {}.{}) is older than any torch here supports.".format(*capability))
    if capability > NEWEST_OF_CUDA_12 and (major or 0) < 580:
        raise Stop("This card's generation (compute {}.{}) needs CUDA 13, so a driver from 580 on; this is {}. "
                   "Rent a machine with a newer driver.".format(*capability, major))


def check_room(files):
    """Raises Stop for a disk that is too full for what is still to be fetched."""
    wanted = sum(each["size"] for each in files if not (BASE / each["path"]).exists()) + SPARE
    free = shutil.disk_usage(ROOT).free
    if free < wanted:
        raise Stop("{:,.0f} MiB are free here, and {:,.0f} are needed.".format(free / MIB, wanted / MIB))


def card():
    """The compute capability of the first card, such as (8, 9); None without one."""
    answer = asked("compute_cap")
    return tuple(int(part) for part in answer.split(".")) if answer.replace(".", "", 1).isdigit() else None


def driver():
    """The driver's major version; None without one."""
    answer = asked("driver_version").partition(".")[0]
    return int(answer) if answer.isdigit() else None


def asked(what):
    if not shutil.which("nvidia-smi"):
        return ""
    query = ["nvidia-smi", "--query-gpu={}".format(what), "--format=csv,noheader"]
    answer = subprocess.run(query, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    lines = answer.stdout.split()
    return lines[0] if answer.returncode == 0 and lines else ""


# Fetching


def sources_of(files, source):
    """Path in base/ -> address: below `source`, or as sources.json says."""
    if source:
        return {each["path"]: "{}/{}".format(source.rstrip("/"), each["path"]) for each in files}
    return json.loads((ROOT / "sources.json").read_text("utf-8"))


def fetch_all(files, sources):
    for each in files:
        target = BASE / each["path"]
        if not (target.is_file() and target.stat().st_size == each["size"] and sha256_of(target) == each["sha256"]):
            fetch(each, sources.get(each["path"], ""), target)


def fetch(file, url, target):
    """Fetches one file, goes on where a line broke off, and keeps it only if it has the right checksum."""
    if not url:
        raise Stop("sources.json names no address for {}.".format(file["path"]))
    print("Fetching {} ({:,.1f} MiB) from {}".format(file["path"], file["size"] / MIB, url), flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    for attempt in range(ATTEMPTS):
        try:
            receive(url, part, file["size"])
            break
        except (OSError, urllib.error.URLError) as error:
            if attempt == ATTEMPTS - 1 or isinstance(error, urllib.error.HTTPError) and error.code in (401, 403, 404):
                raise Stop("{} cannot be fetched: {}. Put its address into sources.json.".format(url, error)) from None
            time.sleep(2**attempt)
    if part.stat().st_size != file["size"] or sha256_of(part) != file["sha256"]:
        part.unlink()
        raise Stop("{} is not the {} that this run was planned with. Put another address into sources.json.".format(
            url, Path(file["path"]).name))
    os.replace(part, target)


def receive(url, part, size):
    """Appends what is missing. A server that cannot begin in the middle sends the whole again."""
    there = part.stat().st_size if part.exists() else 0
    if there >= size:
        part.unlink(missing_ok=True)
        there = 0
    with urllib.request.urlopen(request_for(url, there), timeout=TIMEOUT_S) as answer:
        with part.open("ab" if there and answer.status == 206 else "wb") as out:
            while chunk := answer.read(CHUNK):
                out.write(chunk)
                if out.tell() > size:
                    return
    if part.stat().st_size < size:
        raise OSError("the connection ended early")


def request_for(url, there):
    request = urllib.request.Request(url, headers={"User-Agent": "character-lora-studio"})
    if there:
        request.add_header("Range", "bytes={}-".format(there))
    if url.startswith("https://huggingface.co/") and os.environ.get("HF_TOKEN"):
        request.add_unredirected_header("Authorization", "Bearer {}".format(os.environ["HF_TOKEN"]))
    return request


def sha256_of(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


# Setting up and training


def environment():
    """The Python of an environment that is made from the lock, with torch's build for this card and driver."""
    start = start_script()
    try:
        start.check_python(sys.version_info[:2])
        start.set_up(test=False)
    except start.Stop as stop:
        raise Stop(str(stop)) from None
    return str(start.PYTHON)


def start_script():
    spec = importlib.util.spec_from_file_location("studio_start", STUDIO / "packaging" / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def try_text(python, files, device):
    """Raises Stop if the text encoder does not read: seconds now, or minutes of loading later."""
    where = places(files)
    command = ["try-text", where["text_encoder"], where["qwen_tokenizer"], "--device", device]
    if studio(python, command):
        raise Stop("The text encoder does not work on this machine; the reason stands above. Nothing was trained.")


def train(python, files, device, processes=1):
    """Trains, or goes on with what was begun."""
    where = places(files)
    base = [word for role, flag in {**FLAGS, **FOLDER_FLAGS}.items() for word in (flag, where[role])]
    how = ["--device", device, "--processes", str(processes), *base]
    runs = PROJECT / "runs"
    if runs.is_dir() and any(path.is_dir() for path in runs.iterdir()):
        return studio(python, ["resume", str(PROJECT), "latest", *how])
    return studio(python, ["train", str(PROJECT), "--recipe", str(ROOT / "recipe.toml"), *how])


def places(files):
    """Part of the base model -> its file, or the folder of a tokenizer."""
    found = {}
    for each in files:
        path = BASE / each["path"]
        found.setdefault(each["role"], str(path.parent if each["role"] in FOLDER_FLAGS else path))
    for role in FLAGS:  # of a merged checkpoint all parts are one file
        found.setdefault(role, found["transformer"] if "transformer" in found else found.get("text_encoder", ""))
    return found


def studio(python, arguments):
    """Runs one verb of the studio that was packed, and returns its exit code."""
    known = os.environ.get("PYTHONPATH")
    path = str(STUDIO) if not known else os.pathsep.join((str(STUDIO), known))
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONPATH": path}
    child = subprocess.Popen([python, "-m", "studio", *arguments], env=environment, cwd=str(STUDIO))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the child got it too and is saving its work
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
