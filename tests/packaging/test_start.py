"""The start script's decisions; it is read by its path, `packaging/` being no package."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "start.py"


@pytest.fixture
def start() -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def elsewhere(start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as if its .venv stood in a folder of its own."""
    venv = tmp_path / ".venv"
    for name, value in (("VENV", venv), ("PYTHON", venv / "bin" / "python"), ("UNFINISHED", venv / "setting-up"),
                        ("SCREEN_SEEN", venv / "ready-for-a-screen")):
        monkeypatch.setattr(start, name, value)
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("version = 3.12.1\n")
    return start


def make_ready(start: ModuleType, *, test: bool) -> None:
    start.PYTHON.symlink_to(sys.executable)
    start.write_stamp(test=test)


# What it runs on


def test_it_imports_the_standard_library_and_nothing_else() -> None:
    tree = ast.parse(SCRIPT.read_text("utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_old_python_can_still_read_it() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_three_pythons_are_welcome(start: ModuleType, version: tuple[int, int]) -> None:
    start.check_python(version)


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_another_python_is_told_which_one_to_use(
        start: ModuleType, version: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None)
    with pytest.raises(start.Stop, match=r"this is 3\.\d+\. It is on this machine: start with\s+python3\.12 "):
        start.check_python(version)


# Which torch


def test_a_linux_machine_without_a_card_gets_the_small_build(start: ModuleType) -> None:
    first, second = start.torch_sources("linux", None)
    assert first.version == f"{start.pinned('torch')}+cpu" and first.index.endswith("/whl/cpu")
    assert second == start.TorchSource(start.pinned("torch"))


@pytest.mark.parametrize("system, driver, builds", [
    ("linux", 580, [""]),
    ("linux", 550, ["cu126", ""]),
    ("win32", None, [""]),
    ("win32", 591, ["cu130", ""]),
    ("win32", 560, ["cu126", ""]),
    ("darwin", None, [""]),
])
def test_the_build_fits_the_machine(start: ModuleType, system: str, driver: int | None, builds: list[str]) -> None:
    assert [source.index.rpartition("/")[2] for source in start.torch_sources(system, driver)] == builds


def test_torch_is_asked_for_alone_and_by_its_exact_version(start: ModuleType) -> None:
    for source in start.torch_sources("linux", None):
        arguments = start.torch_arguments(source)
        assert arguments[:2] == ["--no-deps", f"torch=={source.version}"]


def test_when_the_fitting_index_cannot_be_reached_the_usual_one_is_asked(
        start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(start, "nvidia_driver", lambda: None)
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start, "pip", lambda arguments: asked.append(list(arguments)) or "--index-url" not in arguments)
    start.install_torch()
    assert ["--index-url" in arguments for arguments in asked] == [True, False]


# The lock


def test_the_lock_agrees_with_the_exact_versions_of_the_project(start: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    exact = [requirement.split("==") for requirement in project["dependencies"] if "==" in requirement]
    assert exact and all(start.pinned(name) == version for name, version in exact)


def test_the_lock_holds_every_dependency(start: ModuleType) -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    for requirement in map(Requirement, [*project["dependencies"], *extras]):
        if requirement.name != project["name"]:
            assert requirement.specifier.contains(start.pinned(requirement.name)), requirement


# The stamp


def test_a_finished_set_up_is_not_done_again(elsewhere: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    make_ready(elsewhere, test=False)
    monkeypatch.setattr(elsewhere, "make_environment", lambda: pytest.fail("it set up again"))
    elsewhere.set_up(test=False)


def test_the_tests_set_up_serves_the_studio_too_but_not_the_other_way_round(elsewhere: ModuleType) -> None:
    make_ready(elsewhere, test=True)
    assert elsewhere.is_ready(test=False)
    elsewhere.stamp_file(test=True).rename(elsewhere.stamp_file(test=False))
    assert elsewhere.is_ready(test=False) and not elsewhere.is_ready(test=True)


def test_another_python_asks_for_a_new_set_up(elsewhere: ModuleType) -> None:
    make_ready(elsewhere, test=False)
    (elsewhere.VENV / "pyvenv.cfg").write_text("version = 3.13.0\n")
    assert not elsewhere.is_ready(test=False)


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_a_changed_project_or_lock_asks_for_a_new_set_up(start: ModuleType, tmp_path: Path, changed: str) -> None:
    files = [tmp_path / name for name in ("pyproject.toml", "constraints.txt")]
    for file in files:
        file.write_text("before")
    before = start.digest_of(files, "here")
    (tmp_path / changed).write_text("after")
    assert start.digest_of(files, "here") != before


def test_a_moved_folder_asks_for_a_new_set_up(start: ModuleType) -> None:
    assert start.digest_of([SCRIPT], "here") != start.digest_of([SCRIPT], "there")


def test_a_set_up_cut_short_is_made_again(elsewhere: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "PYTHON", Path(sys.executable))
    elsewhere.write_stamp(test=False)
    assert elsewhere.is_ready(test=False)
    assert elsewhere.is_whole()
    elsewhere.UNFINISHED.touch()
    assert not elsewhere.is_ready(test=False) and not elsewhere.is_whole()


def test_an_environment_without_a_working_python_is_not_whole(elsewhere: ModuleType) -> None:
    assert not elsewhere.is_whole()
    elsewhere.PYTHON.symlink_to(elsewhere.VENV / "gone")
    assert not elsewhere.is_whole()


@pytest.mark.parametrize("how, left", [("Stop", False), ("KeyboardInterrupt", True)])
def test_only_a_cut_is_marked_as_one(
        elsewhere: ModuleType, monkeypatch: pytest.MonkeyPatch, how: str, left: bool) -> None:
    ending = elsewhere.Stop("no network") if how == "Stop" else KeyboardInterrupt()
    monkeypatch.setattr(elsewhere, "make_environment", elsewhere.UNFINISHED.touch)
    monkeypatch.setattr(elsewhere, "install_torch", lambda: _raise(ending))
    with pytest.raises(type(ending)):
        elsewhere.set_up(test=False)
    assert elsewhere.UNFINISHED.exists() is left


def _raise(error: BaseException) -> None:
    raise error


# What the system must bring


def test_each_library_has_its_package(start: ModuleType) -> None:
    assert start.packages_for(["libEGL.so.1", "libdbus-1.so.3"]) == ["libegl1", "libdbus-1-3"]


def test_what_is_missing_is_asked_in_a_process_of_its_own(start: ModuleType) -> None:
    missing = start.ask(Path(sys.executable), start.MISSING_LIBRARIES, ["libno-such-thing.so.7"])
    assert missing == ["libno-such-thing.so.7"]


def test_a_person_who_is_not_root_reads_the_exact_command(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/apt-get")
    with pytest.raises(start.Stop) as stop:
        start.install_packages(["libegl1", "libgl1"], "Qt lacks libEGL.so.1, libGL.so.1.")
    assert "sudo apt-get install --no-install-recommends libegl1 libgl1" in str(stop.value)


def test_root_on_debian_installs(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, ...]] = []
    monkeypatch.setattr(start.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(start.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(start, "apt_get", lambda *arguments: done.append(arguments) or True)
    start.install_packages(["libegl1"], "Qt lacks libEGL.so.1.")
    assert done[-1][0] == "install" and done[-1][-1] == "libegl1"


def test_another_system_is_told_the_names(start: ModuleType) -> None:
    assert "libegl1" in start.advice(["libegl1"], "Qt lacks libEGL.so.1.", root=True, debian=False)


def test_a_missing_font_stops_nobody(
        start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(start, "ask", lambda *_: ["Japanese"])
    monkeypatch.setattr(start, "install_packages", lambda packages, why: _raise(start.Stop(f"{why} {packages}")))
    start.check_fonts()
    assert "no Japanese font" in capsys.readouterr().err


def test_a_screen_asks_for_more_libraries_than_drawing_without_one(
        start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(start, "ask", lambda python, program, question: asked.append(question) or [])
    start.check_qt()
    start.check_qt(start.SCREEN_LIBRARIES)
    without, fonts, on_one, _ = asked
    assert fonts == ["Latin", "Japanese"] and set(on_one) - set(without) == set(start.SCREEN_LIBRARIES)
    assert start.packages_for(["libxcb-cursor.so.0"]) == ["libxcb-cursor0"]


# The command line


@pytest.mark.parametrize("arguments, has_screen, ran", [
    ([], True, ["open", "--sample"]), ([], False, ["demo"]), (["--headless"], True, ["demo"]),
    (["--", "check"], True, ["check"]), (["--", "--json"], True, ["demo"]),
])
def test_the_window_opens_where_there_is_a_screen_and_nothing_else_was_asked(
        elsewhere: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
        arguments: list[str], has_screen: bool, ran: list[str]) -> None:
    done: list[list[str]] = []
    monkeypatch.setattr(elsewhere, "set_up", lambda *, test: None)
    monkeypatch.setattr(elsewhere, "ask", lambda *_: ["a screen"] if has_screen else [])
    monkeypatch.setattr(elsewhere, "check_qt", lambda libraries: None)
    monkeypatch.setattr(elsewhere, "hand_over", lambda command: done.append(list(command)) or 0)
    assert elsewhere.main(arguments) == 0
    assert done[0][3:3 + len(ran)] == ran
    assert ("no screen" in capsys.readouterr().out) is (not has_screen)


def test_what_a_screen_needs_is_looked_for_once(elsewhere: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(elsewhere, "ask", lambda *_: ["a screen"])
    monkeypatch.setattr(elsewhere, "check_qt", looked.append)
    assert [elsewhere.sample(headless=False) for _ in range(2)] == [["open", "--sample"]] * 2
    assert looked == [elsewhere.SCREEN_LIBRARIES]


def test_a_screen_is_asked_of_the_studio_itself(start: ModuleType) -> None:
    assert start.ask(Path(sys.executable), start.HAS_SCREEN, []) in (["a screen"], [])


def test_what_follows_the_dashes_is_passed_on(start: ModuleType) -> None:
    assert start.split_at_dashes(["test", "--", "-k", "journal", "--", "x"]) == (["test"], ["-k", "journal", "--", "x"])
    assert start.split_at_dashes(["--headless"]) == (["--headless"], [])


def test_without_a_verb_the_sample_project_is_made(start: ModuleType) -> None:
    verb, flag, folder, *rest = start.studio_arguments(["--json"])
    assert (verb, flag, rest) == ("demo", "--project", ["--json"])
    assert Path(folder).parent == ROOT and not Path(folder).exists()
    assert start.studio_arguments(["check", "--json"]) == ["check", "--json"]


def test_an_earlier_sample_project_is_left_alone(start: ModuleType, tmp_path: Path) -> None:
    assert start.free_folder(tmp_path) == tmp_path / "sample-project"
    (tmp_path / "sample-project").mkdir()
    assert start.free_folder(tmp_path) == tmp_path / "sample-project-2"


def test_waiting_threads_sleep_unless_a_person_says_otherwise(
        start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert start.child_environment()["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert start.child_environment()["OMP_WAIT_POLICY"] == "ACTIVE"


@pytest.mark.parametrize("verb, module", [("test", "pytest"), ("bench", "tests.bench")])
def test_tests_and_benches_are_set_up_alike_and_run_from_the_repository(
        start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, module: str) -> None:
    done: list[object] = []
    monkeypatch.setattr(start, "set_up", lambda *, test: done.append(test))
    monkeypatch.setattr(start, "hand_over", lambda command: done.append(command) or 0)
    monkeypatch.chdir(tmp_path)
    assert start.main([verb, "--", "one", "--two"]) == 0
    assert done == [True, [str(start.PYTHON), "-m", module, "one", "--two"]]
    assert Path.cwd() == ROOT


def test_the_help_shows_every_command() -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "--help"], capture_output=True, text=True)
    assert answer.returncode == 0
    assert all(f"start.py {command}" in answer.stdout for command in ("test", "bench", "--headless", "-- check"))
