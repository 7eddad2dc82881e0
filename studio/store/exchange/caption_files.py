"""What do the files beside a picture say of it, whichever tool wrote them?

The first that says something counts: JSON of the two Anima trainers, then text. A text may also be the settings with
which the web UI drew the picture; that is no caption, but tells where the picture comes from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.provenance import Made
from studio.store.captions import LARGEST, caption_in
from studio.store.exchange import kohya
from studio.store.exchange.embedded import made_by_a1111
from studio.store.exchange.json_captions import read_fields
from studio.store.exchange.sources import Loose, Source

TEXT, JSON, METADATA = "text", "JSON", "kohya metadata"  # kinds of files that hold captions


@dataclass(frozen=True, slots=True)
class Told:
    """A caption and the kind of file it is from; None without one. `original` is a JSON caption as it was written."""

    caption: str | None = None
    kind: str = ""
    original: str = ""
    made: Made | None = None


class CaptionFiles:
    """The captions beside pictures, and those that one metadata file holds for many."""

    def __init__(self, loose: Iterable[Loose]) -> None:
        self._loose = tuple(loose)
        self._table: dict[str, str] | None = None

    def of(self, source: Source) -> Told:
        """What is told of a picture. Raises UserError when a file beside it is no text."""
        made = None
        for ending in source.beside:
            told = _told(source, ending)
            made = made or told.made
            if told.caption:
                return told
        caption = self._in_tables(source)
        return Told(caption, METADATA, made=made) if caption else Told(made=made)

    def _in_tables(self, source: Source) -> str | None:
        if self._table is None:
            tables = (kohya.captions_of(loose.content()) for loose in self._loose)
            self._table = {name: caption for table in tables for name, caption in table.items()}
        return self._table.get(source.name.rpartition(".")[0].casefold())


def _told(source: Source, ending: str) -> Told:
    raw, where = source.text_beside(ending), f"{source.where.rpartition('.')[0]}{ending}"
    if ending.lower().endswith(".json"):
        text = raw[:LARGEST].decode("utf-8-sig", "replace")
        fields = read_fields(text)
        return Told(fields.caption or None, JSON, text) if fields else Told()
    text = caption_in(raw, where)
    made = made_by_a1111(text) if "Steps:" in text else None
    return Told(made=made) if made else Told(text or None, TEXT)
