"""Every text a person sees goes through `tr`, and what is translated fits what it translates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import resources
from studio.core import toml
from studio.core.knobs import knobs_of
from studio.core.lint.settings import LintSettings
from studio.core.recipe import Recipe
from tests.architecture.tree import ROOT, files
from ui import i18n
from ui.choices import Choices

CODE = tuple(path for path in files("ui") if path.suffix == ".py")
SAYING = tuple(path for path in files("studio") if path.suffix == ".py")  # what the core says, the window translates
LETTERS = re.compile(r"[^\W\d_]{2,}")

# Whose texts are seen, and in which places of the call they stand; keywords are the same everywhere.
SEEN = {
    "setText": (0,), "setToolTip": (0,), "setWindowTitle": (0,), "setPlaceholderText": (0,), "setStatusTip": (0,),
    "setAccessibleName": (0,), "setAccessibleDescription": (0,), "setTitle": (0,), "setInformativeText": (0,),
    "setLabelText": (0,), "setSuffix": (0,), "setPrefix": (0,), "setSpecialValueText": (0,), "setHtml": (0,),
    "setPlainText": (), "setHorizontalHeaderLabels": (0,), "setTabText": (1,), "addTab": (1,), "addMenu": (0,),
    "QLabel": (0,), "QPushButton": (0,), "QCheckBox": (0,), "QRadioButton": (0,), "QGroupBox": (0,), "QMenu": (0,),
    "Elided": (0,), "headline": (0,), "title": (0,), "caption": (0,), "muted": (0,), "sentence": (0,), "push": (0,),
    "icon_only": (1, 3), "Empty": (1, 2), "Notice": (0, 1), "say": (0,), "run": (1,),
    "ask.folder": (1,), "ask.file": (1, 3), "ask.files": (1, 3), "ask.save": (1, 4), "ask.choice": (1, 2, 3, 4),
}  # fmt: skip
KEYWORDS = {"tip", "text", "toolTip", "placeholderText", "title", "windowTitle", "group", "remedy", "names"}
TRANSLATED = {"tr": (0,), "trn": (0, 1)}
SAID = {"said": (0,), "said_of": (0, 1), "words": (0,), "_words": (0,)}  # the last ones in articles


def name_of(call: ast.Call) -> str:
    """What is called; questions to a person go by `ask.`, as there are many a `folder` and `save`."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    asks = getattr(getattr(call.func, "value", None), "attr", "") == "ask"
    return f"{'ask.' * asks}{getattr(call.func, 'attr', '')}"


def literals(node: ast.expr) -> Iterator[str]:
    """What a person would read of an expression without any translation."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value for part in parts if isinstance(part, ast.Constant))
        case ast.IfExp(body=one, orelse=other):
            yield from (*literals(one), *literals(other))
        case ast.BinOp(left=one, right=other):
            yield from (*literals(one), *literals(other))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from literals(part)


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def untranslated(path: Path) -> Iterator[str]:
    """The line and the text of each that is shown as it stands; file patterns and tags of rich text are none."""
    for call in calls(path):
        places = SEEN.get(name_of(call), ())
        seen = [call.args[place] for place in places if place < len(call.args)]
        seen += [each.value for each in call.keywords if each.arg in KEYWORDS]
        for text in (text for each in seen for text in literals(each)):
            if LETTERS.search(re.sub(r"\(\*\.[^)]*\)|<[^>]*>", "", text)):
                yield f"{path}:{call.lineno} {text}"


def asked() -> dict[str, str]:
    """Every text that the window asks a translation of, and where."""
    return texts_of(CODE, TRANSLATED) | texts_of(SAYING, SAID)


def texts_of(paths: tuple[Path, ...], places: dict[str, tuple[int, ...]]) -> dict[str, str]:
    """The literals in those places of the calls of these names, and where they are."""
    return {text: f"{path.relative_to(ROOT)}:{call.lineno}" for path in paths for call in calls(path)
            if name_of(call) in places for place in places[name_of(call)] if place < len(call.args)
            for text in literals(call.args[place])}


def from_knobs() -> set[str]:
    """Texts that forms translate without naming them."""
    texts = set()
    for each in (*knobs_of(Choices), *knobs_of(Recipe), *knobs_of(LintSettings)):
        texts |= {each.label, each.help, each.unit, *(each.choices or ())}
    return texts - {""}


def from_sheets() -> set[str]:
    """What the sheets that ship are called, and what each asks."""
    sheets = (toml.load(path) for path in resources.folder("sheets").glob("*.toml"))
    return {str(sheet.get(word, "")) for sheet in sheets for word in ("title", "about")}


JAPANESE = i18n.catalogue("ja")


def test_no_text_is_shown_without_a_translation_being_asked_for() -> None:
    assert [place for path in CODE for place in untranslated(path)] == []


@pytest.mark.parametrize("line, is_found", [
    ('QLabel("Hello")', True), ('push(f"{n} pictures", go)', True), ('label.setToolTip("Hides " + name)', True),
    ('QLabel("A stop" if a else b)', True), ('actions.add("id", name, go, tip="Goes on.")', True),
    ('session.say("Gone")', True), ('session.ask.folder(self, "Where?", "projects")', True),
    ('QLabel(tr("Hello"))', False), ('icon_only("close", tr("Close"), go)', False), ('QLabel("·")', False),
    ('QLabel(f"{a} · {b}")', False), ('resources.folder("i18n", "ja.toml")', False),
])
def test_a_text_that_is_shown_as_it_stands_would_be_found(tmp_path: Path, line: str, is_found: bool) -> None:
    (tmp_path / "code.py").write_text(line, "utf-8")
    assert bool(list(untranslated(tmp_path / "code.py"))) is is_found


def test_only_literals_are_asked_for() -> None:
    """What is put together before it is looked up can be in no catalogue."""
    wrong = [f"{path.relative_to(ROOT)}:{call.lineno}" for path in CODE for call in calls(path)
             if name_of(call) in TRANSLATED for place in TRANSLATED[name_of(call)]
             if place < len(call.args) and isinstance(call.args[place], ast.JoinedStr | ast.BinOp)]
    assert wrong == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(JAPANESE) - set(asked()) - from_knobs() - from_sheets()) == []


@pytest.mark.parametrize("english", sorted(JAPANESE))
def test_a_translation_fills_in_the_same_names(english: str) -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    translated = JAPANESE[english]
    extra = {"n"} if names(english) | {"n"} == names(translated) | {"n"} else set()  # a count may be said or not
    assert names(translated) | extra == names(english) | extra
    assert translated.strip() and ("…" in english) == ("…" in translated)


def test_the_frame_speaks_japanese_completely() -> None:
    frame = ("ui/commands.py", "ui/main_window.py", "ui/pages/__init__.py", "ui/pages/start.py",
             "ui/projects.py", "ui/faults.py", "ui/widgets/header.py",
             "ui/widgets/status_strip.py", "ui/widgets/job_row.py",
             "ui/widgets/palette.py", "ui/widgets/shortcuts.py", "ui/widgets/sidebar.py", "ui/widgets/toasts.py",
             "ui/widgets/drop_overlay.py", "ui/dialogs/new_project.py", "ui/dialogs/base.py", "ui/dialogs/settings.py")
    missing = {text: place for text, place in asked().items()
               if place.startswith(frame) and text not in JAPANESE and LETTERS.search(text)}
    assert missing == {}


def test_the_lint_speaks_japanese_completely() -> None:
    assert {each.label for each in knobs_of(LintSettings)} <= JAPANESE.keys()
    missing = {text: place for text, place in texts_of(SAYING, SAID).items()
               if place.startswith(("studio/core/lint/", "studio/core/said.py")) and text not in JAPANESE
               and LETTERS.search(re.sub(r"\{\w+\}", "", text))}
    assert missing == {}


def test_what_the_core_says_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('said("{n} hats", n=3); said_of("one", "many", 2); said(text)', "utf-8")
    found = [text for call in calls(tmp_path / "code.py") for place in SAID[name_of(call)]
             for text in literals(call.args[place])]
    assert found == ["{n} hats", "one", "many"]


def test_what_has_no_translation_stays_english() -> None:
    i18n.speak("日本語")
    try:
        assert i18n.tr("Undo") == JAPANESE["Undo"] and i18n.tr("No such text {n}", n=3) == "No such text 3"
    finally:
        i18n.speak("English")
    assert i18n.tr("Undo") == "Undo"


def test_counts_are_told_in_their_form_with_thousands_apart() -> None:
    i18n.speak("English")
    assert [i18n.trn("{n} picture", "{n} pictures", count) for count in (1, 2, 12_345)] == [
        "1 picture", "2 pictures", "12,345 pictures"]
