"""What does a metadata file of kohya's sd-scripts say?

It is a table of images, by path or by name, with a `caption`, `tags` or both for each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath

from studio.core.caption import join_caption, split_caption

LARGEST_METADATA = 64 * 2**20  # bytes


def captions_of(content: bytes) -> dict[str, str]:
    """The captions of a metadata file by the images' names without ending, in lower case; none in any other file."""
    table = _table(content)
    if not table or not all(isinstance(entry, dict) for entry in table.values()):
        return {}
    told = {_stem(name): _caption(entry) for name, entry in table.items()}
    return {name: caption for name, caption in told.items() if caption}


def _table(content: bytes) -> Mapping[str, object]:
    if len(content) > LARGEST_METADATA or not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return {}
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}


def _stem(name: str) -> str:
    """Names come from any system, with the whole path or without an ending."""
    path = PurePosixPath(name.replace("\\", "/"))
    return (path.stem if len(path.suffix) in (4, 5) else path.name).casefold()


def _caption(entry: Mapping[str, object]) -> str:
    """The tags, then what the caption adds to them; sd-scripts joins both too."""
    tags, caption = (entry.get(name) if isinstance(entry.get(name), str) else "" for name in ("tags", "caption"))
    more, sentences = split_caption(caption)
    return join_caption(dict.fromkeys((*split_caption(tags)[0], *more)), sentences)
