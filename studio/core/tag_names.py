"""When do two spellings mean the same tag, and which of them stands in a caption?"""

import re

_KEEPS_UNDERSCORES = re.compile(r"score_\d\w*|(?!.*[^\W_]{2})\S{1,9}")  # score_7; and faces, which spell no word: o_o
_AT_ARTIST = re.compile(r"@(?=\w{2})")  # Anima's mark of an artist; the face @_@ is none


def folded(tag: str) -> str:
    """One text for all spellings of a tag: case, underscores, the escapes of prompts and an artist's @ play no part."""
    return " ".join(_AT_ARTIST.sub("", tag.replace("\\", "").replace("_", " ").casefold().strip(), count=1).split())


def spelled(name: str) -> str:
    """A tag as Anima was trained on it: only score_N and faces such as >_< keep their underscores."""
    return name if _KEEPS_UNDERSCORES.fullmatch(name) else " ".join(name.replace("_", " ").split()) or name
