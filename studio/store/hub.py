"""How does a file come from the public hub, whole, and exactly as the hub says it is?

The checksum is the one in the hub's own header: SHA-256 for large files, git's blob digest for small ones. Nothing is
sent but the request, and nothing that differs from its checksum is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.store.atomic import sync_file
from studio.store.checksums import Digest, git_blob

TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json")  # all that is ever read

_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OFFLINE = "Check the connection, or get the files yourself and name their folders."


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a repository as the hub's header describes it. `size` is in bytes."""

    name: str
    url: str
    size: int
    checksum: str
    commit: str


def remote_files(repository: str, folder: str, names: Iterable[str], endpoint: str | None = None) -> Iterator[Remote]:
    """Those of the named files that the folder of the repository holds. UserError if the hub cannot be asked."""
    from huggingface_hub.errors import EntryNotFoundError

    for name in names:
        with suppress(EntryNotFoundError):
            yield _described(repository, f"{folder}/{name}", endpoint)


def downloading(remote: Remote, target: Path) -> Iterator[int]:
    """Writes the file to `target`; yields how many bytes each piece had. UserError if it is not what was announced.

    Whoever lends `target` removes it when this does not come to its end.
    """
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    digest = _digest_for(remote)
    headers = build_hf_headers(token=False) | {"Accept-Encoding": "identity"}
    with _hub_errors(), get_session().stream("GET", remote.url, headers=headers, follow_redirects=True) as response:
        hf_raise_for_status(response)
        with target.open("wb") as file:
            for piece in response.iter_bytes():
                file.write(piece)
                digest.update(piece)
                yield len(piece)
                if file.tell() > remote.size:
                    break
    if digest.hexdigest() != remote.checksum:
        raise UserError(f"{remote.name} came with the checksum {digest.hexdigest()}, the hub announced "
                        f"{remote.checksum}; nothing was kept", "Try again; if it stays so, do not use that source.")
    sync_file(target)


def _described(repository: str, path: str, endpoint: str | None) -> Remote:
    """Raises EntryNotFoundError for what the repository does not hold."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(repository, path, endpoint=endpoint)
    with _hub_errors():
        header = get_hf_file_metadata(url, token=False, endpoint=endpoint)
    if header.size is None or not _CHECKSUM.fullmatch(header.etag or ""):
        raise UserError(f"The hub announces no size and checksum for {path}", "Get the files yourself, and name them.")
    return Remote(path, url, header.size, header.etag, header.commit_hash or "")


def _digest_for(remote: Remote) -> Digest:
    return hashlib.sha256() if len(remote.checksum) == 64 else git_blob(remote.size)


@contextmanager
def _hub_errors() -> Iterator[None]:
    """What the network and the hub refuse becomes a `UserError`; a full disk stays what it is."""
    from huggingface_hub.errors import EntryNotFoundError, HTTPError

    try:
        yield
    except EntryNotFoundError:
        raise
    except (HTTPError, ConnectionError) as error:
        reason = shown(next(iter(str(error).strip().splitlines()), type(error).__name__))
        raise UserError(f"The hub did not answer as it should ({reason})", _OFFLINE) from error
