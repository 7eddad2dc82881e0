"""Where is the key of a server kept? In the system's keyring, or for one command in the environment; never in a file.

A key belongs to the server it was saved for: no other address is ever sent it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from studio.core.errors import UserError, shown

VARIABLE = "CHARSTUDIO_API_KEY"
SERVICE = "character-lora-studio"


def key_of(address: str, environment: Mapping[str, str] = os.environ) -> str:
    """The key of the environment, else the saved one; empty if there is none, as local servers want it."""
    import keyring
    from keyring.errors import NoKeyringError

    if key := environment.get(VARIABLE, "").strip():
        return key
    try:
        with _keyring_errors():
            return keyring.get_password(SERVICE, origin(address)) or ""
    except NoKeyringError:
        return ""


def keep_key(address: str, key: str) -> None:
    """Saves the key of a server. Raises `UserError` where this system has no keyring that keeps it."""
    import keyring
    from keyring.errors import NoKeyringError

    if not key.strip() or not key.strip().isascii():
        raise UserError("That is not a key", "Copy it anew from the server's page.")
    try:
        with _keyring_errors():
            keyring.set_password(SERVICE, origin(address), key.strip())
            is_kept = keyring.get_password(SERVICE, origin(address)) == key.strip()
    except NoKeyringError:
        is_kept = False
    if not is_kept:
        raise UserError("This system has no keyring in which a key could be kept", f"Set {VARIABLE} instead.")


def forget_key(address: str) -> None:
    """Removes the key of a server, if one was saved."""
    import keyring
    from keyring.errors import NoKeyringError, PasswordDeleteError

    try:
        with _keyring_errors():
            keyring.delete_password(SERVICE, origin(address))
    except (NoKeyringError, PasswordDeleteError):
        return


def origin(address: str) -> str:
    """The server of an address: https://host:8000."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def _keyring_errors() -> Iterator[None]:
    """A keyring that is locked or refuses is the person's; that there is none, or no such key, the caller's."""
    from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError

    try:
        yield
    except (NoKeyringError, PasswordDeleteError):
        raise
    except KeyringError as error:
        raise UserError(f"The system's keyring refuses: {shown(str(error)) or type(error).__name__}",
                        f"Unlock it, or set {VARIABLE}.") from error
