"""Makes the studio ready on this machine and starts it; needs nothing but Python itself.

    python3 packaging/start.py                     the window, with the sample project
    python3 packaging/start.py --headless          without a window: imports, trains, renders and scores the sample
    python3 packaging/start.py test                the tests
    python3 packaging/start.py bench               how fast the studio is here, against the bare machine
    python3 packaging/start.py -- check            any other verb of charstudio
    python3 packaging/start.py test -- -k journal  anything after -- goes to pytest, bench or charstudio
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UNFINISHED = VENV / "setting-up"  # there from the first file of a set-up to its last
SCREEN_SEEN = VENV / "ready-for-a-screen"  # all that Qt needs of the system was there once
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
SAMPLE = "sample-project"
DEVELOPERS = {"test": "pytest", "bench": "tests.bench"}  # verb -> module; both need what the tests need

TORCH_WHEELS = "https://download.pytorch.org/whl"
CUDA_13_DRIVER = 580  # the first driver that runs CUDA 13; CUDA 12.6 is the only older line torch 2.13 is built for
BEFORE_TURING = ("5.", "6.", "7.0", "7.2")  # compute capabilities of cards that CUDA 13 has left out

# What Qt opens when it draws without a screen, and besides on one: library -> Debian package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libX11.so.6": "libx11-6", "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0", "libfontconfig.so.1": "libfontconfig1", "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0", "libdbus-1.so.3": "libdbus-1-3",
}
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0", "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1", "libxcb-xfixes.so.0": "libxcb-xfixes0", "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libX11-xcb.so.1": "libx11-xcb1",
}
FONTS = {"Latin": "fonts-dejavu-core", "Japanese": "fonts-ipafont-gothic"}


class Stop(Exception):
    """The set-up cannot go on; the message says what happened and what to do."""


class TorchSource(NamedTuple):
    """One place to ask for torch: a version and, where it is not the configured one, an index."""

    version: str
    index: str = ""


def main(arguments: Sequence[str]) -> int:
    """Runs what was asked for and returns its exit code: 2 where a person has to do something first, 130 on Ctrl-C."""
    own, theirs = split_at_dashes(arguments)
    options = options_of(own)
    try:
        check_python(sys.version_info[:2])
        set_up(test=options.verb in DEVELOPERS)
        if options.verb:
            return run_module(DEVELOPERS[options.verb], theirs)
        return run_studio(theirs or sample(headless=options.headless))
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Start again whenever you like.", file=sys.stderr)
        return 130


def split_at_dashes(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """What stands before the first `--`, and what stands after it."""
    own = list(arguments)
    if "--" not in own:
        return own, []
    at = own.index("--")
    return own[:at], own[at + 1:]


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="start.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", nargs="?", choices=tuple(DEVELOPERS), help="run the tests or the benches instead")
    parser.add_argument("--headless", action="store_true", help="open no window")
    return parser.parse_args(arguments)


def check_python(version: tuple[int, int]) -> None:
    if (3, 11) <= version < (3, 14):
        return
    found = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    remedy = f"It is on this machine: start with\n  {found[0]} packaging/start.py" if found else (
        "Please install one of them, from python.org or your system's packages, and start again with it.")
    raise Stop(f"Character LoRA Studio runs on Python 3.11, 3.12 and 3.13; this is {version[0]}.{version[1]}. {remedy}")


# Running


def run_module(module: str, arguments: Sequence[str]) -> int:
    """Runs it from the repository, where `tests` is found; paths among the arguments begin there too."""
    os.chdir(ROOT)
    return hand_over([str(PYTHON), "-m", module, *arguments])


def run_studio(arguments: Sequence[str]) -> int:
    return hand_over([str(PYTHON), "-m", "studio", *studio_arguments(arguments)])


def studio_arguments(arguments: Sequence[str]) -> list[str]:
    """A verb is taken as it is; without one it is the sample project's demo, with the given flags."""
    if arguments and not arguments[0].startswith("-"):
        return list(arguments)
    return ["demo", "--project", str(free_folder(ROOT)), *arguments]


def sample(*, headless: bool) -> list[str]:
    """What shows the sample project: the window where there is a screen, else the demo."""
    if headless:
        return []
    if not ask(PYTHON, HAS_SCREEN, []):
        print("There is no screen here, so no window opens; the sample project runs without one.", flush=True)
        return []
    if not SCREEN_SEEN.exists():
        check_qt(SCREEN_LIBRARIES)
        SCREEN_SEEN.touch()
    return ["open", "--sample"]


def free_folder(parent: Path) -> Path:
    """`sample-project`, or with the first number that is free: what an earlier start made stays."""
    names = [SAMPLE] + [f"{SAMPLE}-{number}" for number in range(2, 1000)]
    return next(parent / name for name in names if not (parent / name).exists())


def hand_over(command: Sequence[str]) -> int:
    """Becomes the command where a process can, so that signals and exit codes are the command's own."""
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], list(command), child_environment())
    child = subprocess.Popen(command, env=child_environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the child got it too and is saving its work
            continue


def child_environment() -> dict[str, str]:
    """Ours, with waiting OpenMP threads asleep: spinning ones stall every other torch process on the machine."""
    return {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}


# Setting up


def set_up(*, test: bool) -> None:
    """Brings .venv to what pyproject.toml and the lock say; does nothing where it is there already."""
    if is_ready(test=test):
        return
    make_environment()
    try:
        install(test=test)
    except Stop:
        UNFINISHED.unlink()  # nothing was cut short in the middle of a package: the next start goes on from here
        raise
    UNFINISHED.unlink()


def install(*, test: bool) -> None:
    install_torch()
    install_studio(test=test)
    if test:
        check_qt()
    write_stamp(test=test)


def is_ready(*, test: bool) -> bool:
    """Whether a finished set-up is there, made from the same files; the tests' one serves the studio as well."""
    stamps = (stamp_file(test=True),) if test else (stamp_file(test=True), stamp_file(test=False))
    return PYTHON.exists() and not UNFINISHED.exists() and any(
        stamp.exists() and stamp.read_text("ascii") == digest() for stamp in stamps)


def stamp_file(*, test: bool) -> Path:
    return VENV / ("ready-for-tests" if test else "ready")


def write_stamp(*, test: bool) -> None:
    stamp_file(test=test).write_text(digest(), "ascii")


def digest() -> str:
    """Of all that decides what an environment holds: the project, the lock, its Python and where it stands."""
    return digest_of((ROOT / "pyproject.toml", CONSTRAINTS, VENV / "pyvenv.cfg"), str(ROOT))


def digest_of(files: Sequence[Path], place: str) -> str:
    digest = hashlib.sha256(place.encode())
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def make_environment() -> None:
    """A new .venv, unless a whole one is there; one whose set-up was cut short is made again."""
    if is_whole():
        UNFINISHED.touch()
        return
    check_venv_modules()
    print(f"Making an environment in {VENV} ...", flush=True)
    base = getattr(sys, "_base_executable", sys.executable)  # not the one inside the .venv that is being cleared
    if subprocess.run([base, "-m", "venv", "--clear", str(VENV)]).returncode:
        raise Stop(f"The environment could not be made. Please delete {VENV} and start again.")
    UNFINISHED.touch()


def is_whole() -> bool:
    """Whether .venv has a Python of ours that runs, with pip, and no set-up of it was cut short."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    question = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))"
    return subprocess.run([str(PYTHON), "-c", question], capture_output=True).returncode == 0


def install_torch() -> None:
    """Installs the one pinned torch before all else, so that nothing pulls another build of it."""
    sources = torch_sources(sys.platform, nvidia_driver())
    for source in sources:
        print(f"Installing torch {source.version} from {source.index or 'the usual place'} ...", flush=True)
        if pip(torch_arguments(source)):
            return
        print("That did not work here.", flush=True)
    raise pip_failed(f"torch {sources[-1].version}")


def torch_sources(system: str, driver: int | None) -> tuple[TorchSource, ...]:
    """Where to ask for torch, best first. PyPI's build is CUDA 13 on Linux, CPU on Windows, Metal on macOS."""
    plain = TorchSource(pinned("torch"))
    if system == "darwin" or (system == "win32" and driver is None):
        return (plain,)
    if driver is None:
        return (from_index("cpu"), plain)
    if driver < CUDA_13_DRIVER:
        return (from_index("cu126"), plain)
    return (from_index("cu130"), plain) if system == "win32" else (plain,)


def from_index(build: str) -> TorchSource:
    return TorchSource(f"{pinned('torch')}+{build}", f"{TORCH_WHEELS}/{build}")


def torch_arguments(source: TorchSource) -> list[str]:
    """pip's; its dependencies come later with everything else, pinned and from the usual place."""
    index = ["--index-url", source.index, "--retries", "1", "--timeout", "20"] if source.index else []
    return ["--no-deps", f"torch=={source.version}", *index]


def nvidia_driver() -> int | None:
    """The NVIDIA driver's major version, None without a card; one of CUDA 12 for a card that CUDA 13 has left out."""
    if not shutil.which("nvidia-smi"):
        return None
    version, card = (subprocess.run(["nvidia-smi", f"--query-gpu={what}", "--format=csv,noheader"], capture_output=True,
                                    text=True, stdin=subprocess.DEVNULL).stdout
                     for what in ("driver_version", "compute_cap"))
    major = version.strip().split(".")[0]
    newest = CUDA_13_DRIVER - 1 if card.startswith(BEFORE_TURING) else sys.maxsize
    return min(int(major), newest) if major.isdigit() else None


def install_studio(*, test: bool) -> None:
    """Installs the lock's setuptools, then this folder in place with what it needs."""
    print("Installing the studio and what it needs; the first time this takes a few minutes ...", flush=True)
    what = f"{ROOT}[test]" if test else str(ROOT)
    locked = ["--constraint", str(CONSTRAINTS), "--quiet"]
    if not (pip([f"setuptools=={pinned('setuptools')}", "--quiet"])
            and pip(["--no-build-isolation", *locked, "--editable", what])):
        raise pip_failed("What the studio needs")


def pinned(name: str) -> str:
    """The version the lock gives a package."""
    for line in CONSTRAINTS.read_text("utf-8").splitlines():
        if line.startswith(f"{name}=="):
            return line.split("==")[1].split(";")[0].strip()
    raise KeyError(name)


def pip(arguments: Sequence[str]) -> bool:
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


def pip_failed(what: str) -> Stop:
    return Stop(f"{what} could not be installed; pip says why above. "
                "Check the network and the room on the disk, then start again: what is there is kept by pip's cache.")


# What the system must bring


def check_venv_modules() -> None:
    """Debian packs `venv` and `ensurepip` apart from Python."""
    from importlib.util import find_spec

    if not (find_spec("venv") and find_spec("ensurepip")):
        install_packages([f"python3.{sys.version_info[1]}-venv"], "Python's venv and ensurepip modules are missing.")


def check_qt(libraries: Iterable[str] = ()) -> None:
    """Brings what Qt needs to draw without a screen, and more libraries; a missing font is worth a sentence only."""
    if not sys.platform.startswith("linux"):
        return
    missing = ask(PYTHON, MISSING_LIBRARIES, [*QT_LIBRARIES, *libraries])
    if missing:
        install_packages(packages_for(missing), f"Qt lacks {', '.join(missing)}.")
    check_fonts()


def check_fonts() -> None:
    missing = ask(PYTHON, MISSING_FONTS, list(FONTS))
    if not missing:
        return
    try:
        install_packages([FONTS[script] for script in missing], f"There is no {' or '.join(missing)} font.")
    except Stop as stop:
        print(f"{stop}\nGoing on without.", file=sys.stderr)


def packages_for(libraries: Sequence[str]) -> list[str]:
    """The Debian packages that hold the libraries, in order, each once."""
    return list(dict.fromkeys({**QT_LIBRARIES, **SCREEN_LIBRARIES}[library] for library in libraries))


# Each runs in a process of its own, reads its question from the command line and prints a JSON list.
MISSING_LIBRARIES = """
import ctypes, json, sys
def opens(name):
    try:
        return bool(ctypes.CDLL(name))
    except OSError:
        return False
print(json.dumps([name for name in json.loads(sys.argv[1]) if not opens(name)]))
"""
HAS_SCREEN = """
import json; from studio.cli.main import has_screen
print(json.dumps(["a screen"] if has_screen() else []))
"""
MISSING_FONTS = """
import json, sys
from PySide6.QtGui import QFontDatabase, QGuiApplication
application = QGuiApplication(["fonts", "-platform", "offscreen"])
print(json.dumps([name for name in json.loads(sys.argv[1])
                  if not QFontDatabase.families(QFontDatabase.WritingSystem[name])]))
"""


def ask(python: Path, program: str, question: list[str]) -> list[str]:
    answer = subprocess.run([str(python), "-c", program, json.dumps(question)], capture_output=True, text=True)
    if answer.returncode:
        raise Stop(f"Qt does not start here:\n{answer.stderr.strip()}")
    return json.loads(answer.stdout.splitlines()[-1])


def install_packages(packages: Sequence[str], why: str) -> None:
    """Installs Debian packages where that is ours to do, else says the exact command."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (root and shutil.which("apt-get")):
        raise Stop(advice(packages, why, root=root, debian=bool(shutil.which("apt-get"))))
    print(f"{why} Installing {', '.join(packages)} ...", flush=True)
    apt_get("update", "--quiet")  # its failure alone is none: the lists there may be fresh enough
    if not apt_get("install", "--quiet", "--yes", "--no-install-recommends", *packages):
        raise Stop(advice(packages, why, root=True, debian=True))


def apt_get(*arguments: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", *arguments], stdin=subprocess.DEVNULL, env=environment).returncode == 0


def advice(packages: Sequence[str], why: str, *, root: bool, debian: bool) -> str:
    if not debian:
        return f"{why} Please install what your system calls {', '.join(packages)} (Debian's names), then start again."
    sudo = "" if root else "sudo "
    return f"{why} Please run\n  {sudo}apt-get install --no-install-recommends {shlex.join(packages)}\nand start again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
