"""Colours that can be read, and greys that are grey."""

import re
from itertools import product

import pytest
from PySide6.QtWidgets import QApplication, QLabel

import resources
from ui import theme
from ui.theme import DARK, LIGHT, SURROUNDS, Look, Theme

TEXTS = ("text", "muted", "good", "doubtful", "bad")
BEHIND = ("window", "page", "field")


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    channels = (int(colour[start:start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_the_standard_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_every_text_can_be_read_on_every_ground(look: Theme) -> None:
    pairs = [*product(TEXTS, BEHIND), ("text", "lift"), ("text", "press"), ("text", "tint"), ("muted", "lift"),
             ("on_accent", "accent")]
    weak = {pair: round(contrast(*(getattr(look, name) for name in pair)), 2) for pair in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_borders_and_focus_stand_out(look: Theme) -> None:
    weak = {(name, ground): contrast(getattr(look, name), getattr(look, ground))
            for name, ground in product(("edge", "accent"), BEHIND)}
    assert {pair: value for pair, value in weak.items() if value < 2.7} == {}


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_chrome_and_surrounds_have_no_colour(look: Theme) -> None:
    greys = [getattr(look, name) for name in ("window", "page", "field", "lift", "press", "line", "edge", "text",
                                              "muted", "faint")] + list(SURROUNDS)
    assert [grey for grey in greys if len({grey[1:3], grey[3:5], grey[5:7]}) > 1] == []


def test_the_style_is_drawn_from_the_tokens_alone() -> None:
    sheet = resources.folder("style", "window.qss").read_text("utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb", sheet) == []
    for look in (DARK, LIGHT):
        assert "$" not in theme.style_of(look)


def test_every_picture_the_style_names_is_there() -> None:
    for look in (DARK, LIGHT):
        names = re.findall(r"url\((.+?)\)", theme.style_of(look))
        assert names and all(resources.folder("style", name.rpartition("/")[2]).is_file() for name in names)


def test_changing_the_theme_changes_what_is_shown(application: QApplication) -> None:
    look, label = Look(application, "dark", "dark"), QLabel("text")
    heard = []
    look.changed.connect(lambda: heard.append(theme.current().name))
    label.show()
    for name in ("light", "dark"):
        look.wear(name)
        assert label.palette().windowText().color().name() == theme.current().text
    assert heard == ["light", "dark"]


def test_a_theme_that_was_chosen_does_not_follow_the_system(application: QApplication) -> None:
    look = Look(application, "light", "dark")
    heard = []
    look.changed.connect(lambda: heard.append(1))
    application.styleHints().colorSchemeChanged.emit(application.styleHints().colorScheme())
    assert heard == []
    look.wear("system")
    application.styleHints().colorSchemeChanged.emit(application.styleHints().colorScheme())
    assert len(heard) == 2


def test_the_surround_steps_through_three_greys(application: QApplication) -> None:
    look = Look(application, "dark", "middle")
    seen = [look.surround_name]
    look.surround_changed.connect(lambda: seen.append(look.surround_name))
    for _ in range(3):
        look.step_surround()
    assert seen == ["middle", "light", "dark", "middle"]
