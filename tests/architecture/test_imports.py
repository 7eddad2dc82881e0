"""The dependency rule, read from `sys.modules` of fresh processes: counting `import` lines would lie."""

import sys

import pytest

from tests.architecture.tree import loaded_by, modules, offenders

QT = ("PySide6", "shiboken6", "qasync")
TORCH = ("torch", "diffusers", "transformers", "peft", "safetensors.torch")
LIGHT = ("studio.core", "studio.store", "studio.cli", "ui", "resources")
BUILD = "studio.miniature.build"
HEAVY = ("studio.engine", "studio.miniature", "studio.jobs", BUILD)  # they load torch, and share one process


def loaded(package: str) -> dict[str, frozenset[str]]:
    """What each module of a package adds to `sys.modules`; what an earlier one of HEAVY loaded is its own matter."""
    if package in LIGHT:
        return dict(loaded_by(*modules(package)))
    together = loaded_by(*(name for heavy in HEAVY for name in own_modules(heavy)))
    return {name: together[name] for name in own_modules(package)}


def own_modules(package: str) -> tuple[str, ...]:
    """A package's modules; those of the build count for the build alone."""
    return tuple(name for name in modules(package) if package == BUILD or not name.startswith(BUILD))


@pytest.mark.parametrize("package", ["studio.core", "studio.store", "studio.cli", *HEAVY])
def test_the_studio_never_reaches_qt_or_the_window(package: str) -> None:
    assert offenders(loaded(package), *QT, "ui") == {}


@pytest.mark.parametrize("package", ["ui", "studio.core", "studio.store", "studio.cli"])
def test_torch_is_not_imported_before_a_job_runs(package: str) -> None:
    """The doors load every job; the half of a job that computes is imported when it runs."""
    assert offenders(loaded(package), *TORCH, "studio.engine") == {}


def test_the_command_line_knows_every_job_before_it_runs_one() -> None:
    """What makes the rule above worth something: it was asked of the jobs too."""
    everything = frozenset[str]().union(*loaded("studio.cli").values())
    assert {"studio.jobs.train", "studio.jobs.render_sheet", "studio.jobs.demo"} <= everything


@pytest.mark.parametrize("package, above", [
    ("studio.core", ("studio.store", "studio.engine", "studio.jobs", "studio.cli", "studio.miniature")),
    ("studio.store", ("studio.engine", "studio.jobs", "studio.cli", "studio.miniature")),
    ("studio.engine", ("studio.jobs", "studio.cli", "studio.miniature")),
    ("studio.jobs", ("studio.cli",)),
    ("ui", ("studio.engine", "studio.cli")),
])
def test_a_layer_knows_nothing_above_it(package: str, above: tuple[str, ...]) -> None:
    assert offenders(loaded(package), *above) == {}


def test_the_core_stands_on_the_standard_library() -> None:
    """numpy is allowed in `core.stats` alone, and `resources` is ours and imports nothing."""
    allowed = sys.stdlib_module_names | {"studio", "resources"}
    for module, news in loaded("studio.core").items():
        there = allowed | {"numpy"} if module == "studio.core.stats" else allowed
        foreign = {new.split(".")[0] for new in news} - there
        assert not foreign, f"{module} loads {sorted(foreign)}"


def test_the_engine_knows_no_project_journal_or_event() -> None:
    unknown = ("project", "dataset", "events", "fold", "run")
    on_disk = ("journal", "workspace", "runs", "sweeps", "lock")
    assert offenders(loaded("studio.engine"), *(f"studio.core.{name}" for name in unknown),
                     *(f"studio.store.{name}" for name in on_disk)) == {}


@pytest.mark.parametrize("package", ["studio.core", "studio.store", "studio.cli", *HEAVY[:-1], "ui"])
def test_nothing_imports_the_build_of_the_practice_model(package: str) -> None:
    assert offenders(loaded(package), BUILD) == {}


def test_the_build_imports_what_it_exports_with_only_when_it_exports() -> None:
    assert offenders(loaded(BUILD), "onnx", "onnxscript") == {}


def test_resources_import_nothing_of_ours() -> None:
    assert offenders(loaded("resources"), "studio", "ui") == {}
