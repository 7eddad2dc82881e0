"""Reads a text file that a person may have written, replaced or damaged."""

from pathlib import Path

from studio.core.errors import UserError

LARGEST = 64 * 2**20  # bytes; the frozen captions of ten thousand images are a few


def is_text(text: str) -> bool:
    """Whether UTF-8 can hold it; what a shell passes on undecoded, it cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def read_text(path: Path, largest: int = LARGEST) -> str:
    """The text of a UTF-8 file. Raises `UserError` if it is missing, no file, too large or not text."""
    try:
        if path.stat().st_size > largest:
            raise UserError(f"{path} is larger than {largest / 2**20:g} MiB", "No file of its kind is; restore it.")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text", "Save it as UTF-8.") from None
    except FileNotFoundError:
        raise UserError(f"{path} does not exist", "Check the path.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error
