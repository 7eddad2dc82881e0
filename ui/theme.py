"""How does the window look? Every colour, distance and size of type stands here once, and the style is drawn from them.

Chrome and picture surrounds are pure greys (R = G = B), so that a ribbon's blue is judged against nothing. The one
accent marks selection, focus and progress; the colours of states come with a shape or a word, never alone.
"""

from __future__ import annotations

from string import Template
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

import resources

TINY, SMALL, MEDIUM, LARGE = 4, 8, 16, 24  # distances: inside a control, inside a group, between groups, round a page
CAPTION, BODY, TITLE, HEADLINE = 11, 13, 16, 20  # type, in pixels
RADIUS = 4
ROW, TOUCH = 28, 32       # heights of rows and of what fingers press
ICON, BIG_ICON = 16, 24
GAP = 2                   # between thumbnails
FADE_MS = 120             # for a picture that takes the place of another; nothing else moves

SURROUNDS = ("#222222", "#777777", "#c8c8c8")  # dark, middle (18 % grey), light
SURROUND_NAMES = ("dark", "middle", "light")


class Theme(NamedTuple):
    """The colours of one theme as "#rrggbb". `lift` is what is hovered, `press` what is held or chosen quietly."""

    name: str
    window: str     # chrome: sidebar, header, strip
    page: str       # behind a page
    field: str      # where one types
    lift: str
    press: str
    line: str       # hairlines and quiet borders
    edge: str       # borders of controls, 3:1 against what is behind them
    text: str
    muted: str      # secondary text, still 4.5:1
    faint: str      # what is disabled
    accent: str
    on_accent: str
    tint: str       # selection behind text
    good: str
    doubtful: str
    bad: str


DARK = Theme(
    name="dark", window="#1f1f1f", page="#262626", field="#1a1a1a", lift="#333333", press="#3d3d3d", line="#383838",
    edge="#6b6b6b", text="#e8e8e8", muted="#a8a8a8", faint="#757575", accent="#5aa7f0", on_accent="#0d0d0d",
    tint="#2f4a66", good="#62bd7c", doubtful="#dcaa3c", bad="#f07d74",
)
LIGHT = Theme(
    name="light", window="#ececec", page="#f6f6f6", field="#ffffff", lift="#e2e2e2", press="#d6d6d6", line="#d2d2d2",
    edge="#8a8a8a", text="#1c1c1c", muted="#5a5a5a", faint="#9a9a9a", accent="#1a66b8", on_accent="#ffffff",
    tint="#c9def5", good="#1c7a3b", doubtful="#855b00", bad="#b3261e",
)

_THEMES = {"dark": DARK, "light": LIGHT}

_theme = DARK


class _News(QObject):
    changed = Signal()


news = _News()  # for the few that keep something drawn in the theme's colours: `theme.news.changed`


def current() -> Theme:
    """The theme in force."""
    return _theme


STYLE = ("-style", "Fusion")  # for the application's arguments: setting it later takes 5 ms of the start


class Look(QObject):
    """Applies a theme to the whole application, follows the system's, and knows the surround of pictures.

    A window is built first and dressed then: what is built under a style sheet is styled anew with each step.
    """

    changed = Signal()
    surround_changed = Signal()

    def __init__(self, application: QApplication, appearance: str, surround: str) -> None:
        super().__init__()
        self._application, self._appearance = application, appearance
        self._surround = SURROUND_NAMES.index(surround) if surround in SURROUND_NAMES else 0
        application.setFont(body_font(application))
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self._choose()

    @property
    def appearance(self) -> str:
        """dark or light; anything else follows the system."""
        return self._appearance

    @property
    def surround(self) -> QColor:
        """What pictures stand on."""
        return QColor(SURROUNDS[self._surround])

    @property
    def surround_name(self) -> str:
        return SURROUND_NAMES[self._surround]

    def dress(self) -> None:
        """Applies the style sheet of the theme in force."""
        self._application.setStyleSheet(style_of(_theme))

    def wear(self, appearance: str) -> None:
        """Changes to the dark or the light theme, or to that of the system."""
        self._appearance = appearance
        self._change()

    def step_surround(self) -> None:
        """The next of the three greys."""
        self._surround = (self._surround + 1) % len(SURROUNDS)
        self.surround_changed.emit()

    def _follow(self) -> None:
        if self._appearance not in _THEMES:
            self._change()

    def _change(self) -> None:
        self._choose()
        self.dress()
        news.changed.emit()
        self.changed.emit()

    def _choose(self) -> None:
        global _theme
        _theme = _THEMES.get(self._appearance) or self._of_system()
        self._application.setPalette(palette_of(_theme))

    def _of_system(self) -> Theme:
        return LIGHT if self._application.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def body_font(application: QApplication) -> QFont:
    """The system's own font, at our size."""
    font = application.font()
    font.setPixelSize(BODY)
    return font


def tabular(font: QFont) -> QFont:
    """The font with digits of one width, for numbers in columns."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def style_of(theme: Theme) -> str:
    """The style sheet in this theme's colours."""
    sizes = {"tiny": TINY, "small": SMALL, "medium": MEDIUM, "large": LARGE, "caption": CAPTION, "body": BODY,
             "title": TITLE, "headline": HEADLINE, "radius": RADIUS, "row": ROW, "touch": TOUCH}
    sheet = resources.folder("style", "window.qss").read_text("utf-8")
    return Template(sheet).substitute(theme._asdict() | sizes | {"style": resources.folder("style").as_posix()})


def palette_of(theme: Theme) -> QPalette:
    """What widgets paint with where the style sheet says nothing."""
    roles = {
        QPalette.ColorRole.Window: theme.page, QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field, QPalette.ColorRole.AlternateBase: theme.page,
        QPalette.ColorRole.Text: theme.text, QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.window, QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.bad, QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent, QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Link: theme.accent, QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.ToolTipBase: theme.window, QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Light: theme.lift, QPalette.ColorRole.Midlight: theme.lift,
        QPalette.ColorRole.Mid: theme.line, QPalette.ColorRole.Dark: theme.line, QPalette.ColorRole.Shadow: theme.line,
    }  # fmt: skip
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return palette
