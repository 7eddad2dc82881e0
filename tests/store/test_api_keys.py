"""Where a key is kept, and to whom it belongs."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as ForgetfulKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from studio.core.errors import UserError
from studio.store.api_keys import VARIABLE, forget_key, keep_key, key_of, origin

HOST = "https://host/v1/chat/completions"


class MemoryKeyring(KeyringBackend):
    """A keyring as a desktop has one, in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class LockedKeyring(MemoryKeyring):
    """One whose owner has not typed the password."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the collection is locked")


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Iterator[KeyringBackend]:
    before = keyring.get_keyring()
    keyring.set_keyring(getattr(request, "param", MemoryKeyring)())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


def test_a_key_is_kept_for_its_server_and_for_no_other(kept: KeyringBackend) -> None:
    keep_key(HOST, " secret\n")
    assert key_of("https://host/other", {}) == "secret"
    assert key_of("https://host:8000/v1", {}) == key_of("http://host/v1", {}) == key_of("https://elsewhere/v1", {}) == ""


def test_the_environment_comes_before_the_keyring(kept: KeyringBackend) -> None:
    keep_key(HOST, "secret")
    assert key_of(HOST, {VARIABLE: "other"}) == "other"


def test_a_key_can_be_forgotten_once_and_again(kept: KeyringBackend) -> None:
    keep_key(HOST, "secret")
    forget_key(HOST)
    forget_key(HOST)
    assert key_of(HOST, {}) == ""


@pytest.mark.parametrize("kept", [NoKeyring, ForgetfulKeyring], indirect=True)
def test_without_a_keyring_there_is_no_key_and_none_can_be_kept(kept: KeyringBackend) -> None:
    assert key_of(HOST, {}) == ""
    forget_key(HOST)
    with pytest.raises(UserError, match=VARIABLE):
        keep_key(HOST, "secret")


@pytest.mark.parametrize("kept", [LockedKeyring], indirect=True)
def test_a_locked_keyring_is_the_persons_to_open(kept: KeyringBackend) -> None:
    with pytest.raises(UserError, match="locked"):
        key_of(HOST, {})


@pytest.mark.parametrize("key", ["", "  ", "schlüssel"])
def test_what_is_no_key_is_not_kept(key: str, kept: KeyringBackend) -> None:
    with pytest.raises(UserError, match="not a key"):
        keep_key(HOST, key)


def test_a_server_is_its_address_without_the_path() -> None:
    assert origin(HOST) == "https://host"
