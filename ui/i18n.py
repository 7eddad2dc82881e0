"""In which language does the window speak? Texts are English in the code and looked up in `resources/i18n/<code>.toml`.

A text that a catalogue does not have stays English. Names, captions and what jobs report are never translated.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources

ENGLISH = "en"

_CODES = {"English": ENGLISH, "日本語": "ja"}  # by what a person chooses

_texts: dict[str, str] = {}
_qt = QTranslator()  # speaks for Qt's own menus and buttons


def tr(text: str, **fills: object) -> str:
    """The text in the language in force, with its `{names}` filled in."""
    found = _texts.get(text, text)
    return found.format(**fills) if fills else found


def trn(one: str, many: str, n: int, **fills: object) -> str:
    """`one` for a count of 1, else `many`; both may say `{n}`, which is written with thousands apart."""
    return tr(one if n == 1 else many, n=f"{n:,}", **fills)


def speak(language: str) -> None:
    """From here on texts are in this language; any but ours is the system's. Texts already shown stay as they are."""
    code = _CODES.get(language) or system_language()
    _texts.clear()
    _texts.update(catalogue(code))
    QCoreApplication.removeTranslator(_qt)
    if code != ENGLISH and _qt.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QCoreApplication.installTranslator(_qt)


def catalogue(code: str) -> dict[str, str]:
    """The translations of a language; none for English and for one that does not ship."""
    path = resources.folder("i18n", f"{code}.toml")
    if code == ENGLISH or not path.is_file():
        return {}
    from studio.core import toml

    texts = toml.load(path)
    return {str(english): str(text) for english, text in texts.items()}


def system_language() -> str:
    """The two letters of the person's language."""
    return QLocale.system().name()[:2].lower()
