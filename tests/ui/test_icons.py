"""One set, one weight, tinted by the theme."""

import re
import xml.etree.ElementTree as xml

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import resources
from ui import icons
from ui.theme import Look


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_is_drawn_with_the_same_pen(application: QApplication, name: str) -> None:
    root = xml.fromstring(resources.folder("icons", f"{name}.svg").read_text("utf-8"))
    assert (root.get("viewBox"), root.get("stroke"), root.get("stroke-width")) == ("0 0 24 24", "currentColor", "1.6")
    assert not icons.pixmap(name, 24, "#ffffff").toImage().isNull()


def coloured(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> set[str]:
    """The opaque colours of an icon at 24 pixels."""
    image = icon.pixmap(QSize(24, 24), 1.0, mode, state).toImage()
    pixels = (image.pixelColor(x, y) for x in range(24) for y in range(24))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_an_icon_has_the_colour_of_text_in_whatever_theme(application: QApplication) -> None:
    look, icon = Look(application, "dark", "dark"), icons.icon("stop")
    from ui import theme

    for name in ("dark", "light"):
        look.wear(name)
        assert coloured(icon) == {theme.current().text}
        assert coloured(icon, QIcon.Mode.Disabled) == {theme.current().faint}
        assert coloured(icon, state=QIcon.State.On) == {theme.current().accent}


def test_an_icon_is_sharp_on_a_dense_screen(application: QApplication) -> None:
    pixmap = icons.pixmap("star", 16, "#000000", 1.5)
    assert pixmap.size() == QSize(24, 24) and pixmap.devicePixelRatio() == 1.5


NAMED = re.compile(r"""\bicon(?:_name)?=["']([\w-]+)["']|\b(?:icon|Picture|Empty|icon_only)\(["']([\w-]+)["']""")


def test_every_icon_that_is_named_in_the_code_is_there() -> None:
    from tests.architecture.tree import files

    asked = set()
    for path in files("ui"):
        if path.suffix == ".py":
            text = path.read_text("utf-8")
            asked |= set(NAMED.findall(text))
    names = {one or other for one, other in asked}
    assert names and names <= set(icons.names()), names - set(icons.names())
