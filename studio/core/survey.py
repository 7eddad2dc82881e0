"""What was found in the folders that somebody handed over, before any of it is taken in?

Whom the pictures of a folder show is read from the names of folders, as people and other trainers sort their sets:
`Mira/`, `Mira+Kana/`, or kohya's `10_mira girl/` with its number of repeats.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath, PurePosixPath

from studio.core.caption import is_heading, names_trigger, split_caption
from studio.core.labels import SUGGESTED
from studio.core.likeness import Likeness, groups
from studio.core.project import Project
from studio.core.record import Provenance

TINY_SIDE = 256  # px of the shorter side; ours: half of the smallest side on which anything is trained

_COPY = re.compile(r"(copy|kopie|copie)( of| von| de)?\b.*|.*(\(\d+\)|[ _-](copy|kopie|copie|コピー)( ?\(?\d+\)?)?|のコピー)",
                   re.IGNORECASE)
_KOHYA = re.compile(r"([1-9]\d{0,4})_(.*)")
_SEVERAL = re.compile(r"\s*[+&]\s*")
_NO_NAMES = {word for words in SUGGESTED.values() for word in words} | {
    "images", "img", "dataset", "data", "train", "raw", "bust", "busts", "face", "faces", "turnaround"}


@dataclass(frozen=True, slots=True)
class Found:
    """One picture. `where` names it for people, `folder` is where it lies from what was handed over downwards.

    `trouble` says why it cannot be taken in, and is empty for a sound one. `twin` is where the very same bytes were
    found before, or the path of the image that the project has already.
    """

    where: str
    folder: str
    size: int
    id: str = ""
    width: int = 0
    height: int = 0
    caption: str | None = None
    caption_kind: str = ""
    notes: tuple[str, ...] = ()
    provenance: Provenance | None = None
    likeness: Likeness | None = field(default=None, repr=False)
    twin: str = ""
    trouble: str = ""

    @property
    def is_tiny(self) -> bool:
        """Whether it holds too little to be learnt from."""
        return not self.trouble and min(self.width, self.height) < TINY_SIDE


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whom the pictures of a folder show, one character or several together, and how often an epoch shows each picture.

    `trigger` is a proposal for a character who is not in the project yet.
    """

    folder: str
    characters: tuple[str, ...]
    trigger: str = ""
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was found; `left` are the other files that are not taken, each with the reason."""

    found: tuple[Found, ...]
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> tuple[Found, ...]:
        """What would be taken in: sound, and not there twice."""
        return tuple(each for each in self.found if not each.trouble and not each.twin)

    @property
    def damaged(self) -> tuple[Found, ...]:
        return tuple(each for each in self.found if each.trouble)

    @property
    def twins(self) -> tuple[Found, ...]:
        """Those whose very bytes were found before, or are in the project already."""
        return tuple(each for each in self.found if each.twin)

    @property
    def tiny(self) -> tuple[Found, ...]:
        return tuple(each for each in self.new if each.is_tiny)

    @property
    def captions(self) -> Mapping[str, int]:
        """How many of the new ones have a caption, by the kind of file that holds it."""
        return Counter(each.caption_kind for each in self.new if each.caption)

    @property
    def folders(self) -> tuple[str, ...]:
        """Those in which pictures were found."""
        return tuple(dict.fromkeys(each.folder for each in self.found))


def standing(path: PurePath, caption: str | None) -> tuple[bool, bool, int]:
    """How good a claim a file has to be the one that is kept of several with the same bytes; the least has the best.

    A name that file managers give to copies has the worst, then one without a caption, then a longer one.
    """
    return _COPY.fullmatch(path.stem) is not None, not caption, len(path.stem)


def elected(found: Iterable[Found]) -> tuple[Found, ...]:
    """The same pictures, but that of files with the same bytes the one with the best claim is no `twin`."""
    pictures = tuple(found)
    by_id: defaultdict[str, list[Found]] = defaultdict(list)
    names = {each.where for each in pictures}
    there = {each.id for each in pictures if each.twin and each.twin not in names}  # in the project already
    for each in pictures:
        if each.id and each.id not in there:
            by_id[each.id].append(each)
    best = {id: min(group, key=_standing).where for id, group in by_id.items()}
    return tuple(replace(each, twin="" if best[each.id] == each.where else best[each.id]) if each.id in best else each
                 for each in pictures)


def copies(found: Iterable[Found], there: Mapping[str, Likeness]) -> tuple[tuple[str, ...], ...]:
    """Groups of pictures that are one picture, saved again or scaled; `there` are those of the project by their paths.

    The first of a group is what the others are copies of.
    """
    named = dict(there) | {each.where: each.likeness for each in found if each.likeness and not each.twin}
    names = tuple(named)
    return tuple(tuple(names[place] for place in group) for group in groups(tuple(named.values()))
                 if any(names[place] not in there for place in group))


def assignments(found: Iterable[Found], project: Project) -> tuple[Assignment, ...]:
    """Whom the pictures of each folder show, by the names of the folders; files without a folder are left out."""
    captions: defaultdict[str, list[str]] = defaultdict(list)
    for each in found:
        captions[each.folder].append(each.caption or "")
    return tuple(assigned(folder, project, told) for folder, told in captions.items() if folder)


def assigned(folder: str, project: Project, captions: Sequence[str] = ()) -> Assignment:
    """Whom the pictures of a folder such as "set/10_mira girl/bust" show; `captions` are theirs.

    A folder that names characters of the project counts first, then a trigger of theirs that every caption calls, then
    a numbered folder, then the outermost that is a name.
    """
    parts = PurePosixPath(folder).parts
    repeats = next((number for part in reversed(parts) if (number := numbered(part)[0])), None)
    for part in reversed(parts):
        if known := _known(numbered(part)[1], project):
            return Assignment(folder, known, repeats=repeats)
    called = common_trigger(captions)
    if called and (known := _known(called, project)):
        return Assignment(folder, known, repeats=repeats)
    words = next((words for part in reversed(parts) for number, words in [numbered(part)] if number), "")
    names = tuple(_SEVERAL.split(words.split()[0] if words else _outermost_name(parts)))
    trigger = called or names[0].replace("_", " ").casefold()
    return Assignment(folder, names, trigger if len(names) == 1 else "", repeats)


def numbered(folder: str) -> tuple[int | None, str]:
    """The repeats that the name of a kohya folder begins with, and the rest; for any other folder its whole name."""
    found = _KOHYA.fullmatch(folder)
    return (int(found[1]), found[2].strip()) if found else (None, folder.strip())


def common_trigger(captions: Sequence[str]) -> str:
    """The tag that follows quality and head count in every caption; empty unless all agree."""
    firsts = {next((tag for tag in split_caption(caption)[0] if not is_heading(tag)), "") for caption in captions}
    return firsts.pop() if len(captions) > 1 and len(firsts) == 1 else ""


def _standing(found: Found) -> tuple[bool, bool, int]:
    return standing(PurePosixPath(found.where.replace("\\", "/")), found.caption)


def _outermost_name(parts: Sequence[str]) -> str:
    """The folder below what was handed over, unless its name only says what its pictures are like."""
    below = (part for part in parts[1:2] if part.casefold() not in _NO_NAMES and not part.isdigit())
    return next(below, parts[0])


def _known(words: str, project: Project) -> tuple[str, ...]:
    """The characters of the project that a folder names; all of them, or none."""
    called = [_character(part, project) for part in _SEVERAL.split(words)]
    if not all(called):
        return ()
    names = dict.fromkeys(called)
    return tuple(each.name for each in project.characters if each.name in names)


def _character(words: str, project: Project) -> str:
    """The character whose name this is, or whose trigger begins it, as in "mirasol girl"."""
    by_name = (each.name for each in project.characters if each.name.casefold() == words.casefold())
    by_trigger = (each.name for each in project.characters if names_trigger(words, each.trigger))
    return next(by_name, "") or next(by_trigger, "")
