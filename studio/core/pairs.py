"""How do two figures from two pictures come to stand side by side in one, and what does its caption say?

Each is cut out by a box and scaled to her height, so that both are as tall beside each other as they should be, and
neither is drawn larger than she was. In the swapped picture they change places; nobody is mirrored, since that would
teach another character.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from studio.core.caption import is_heading, join_caption, ordered_tags, split_caption
from studio.core.errors import UserError
from studio.core.record import Box

GAP, MARGIN = 0.06, 0.04  # shares of the taller figure's height: between the two, and around them

_KINDS = {"girl": "girl", "girls": "girl", "boy": "boy", "boys": "boy"}
_TWO = {("girl", "girl"): ("2girls", "Two girls"), ("boy", "boy"): ("2boys", "Two boys"),
        ("boy", "girl"): ("1girl, 1boy", "A girl and a boy")}
_OTHER_TWO = ("multiple others", "Two figures")
_FEWEST_PIXELS = 8  # a smaller cut-out shows nothing

Pixels = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Figure:
    """Who is to be cut out: the size of her picture in pixels, her box in it, and her height beside the other one.

    `height` only counts against the other's: 1.0 and 0.9 make the second a tenth shorter.
    """

    width: int
    height_px: int
    box: Box
    height: float = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is cut out of her picture, and where in the new one it goes, both in pixels."""

    cut: Pixels
    place: Pixels


@dataclass(frozen=True, slots=True)
class Layout:
    """The new picture: its size in pixels, and the two figures, from the viewer's left."""

    width: int
    height: int
    left: Standing
    right: Standing


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one of the two: the trigger that calls her, and the caption of her picture."""

    trigger: str
    caption: str = ""


def side_by_side(left: Figure, right: Figure, gap: float = GAP, margin: float = MARGIN) -> Layout:
    """Both feet on one line, the heights as wished, as large as the smaller cut-out allows without being stretched."""
    cuts = [_cut(each) for each in (left, right)]
    unit = min(_high(cut) / figure.height for cut, figure in zip(cuts, (left, right)))
    sizes = [_scaled(cut, unit * figure.height) for cut, figure in zip(cuts, (left, right))]
    tallest = max(height for _, height in sizes)
    around, between = round(margin * tallest), max(1, round(gap * tallest))
    width, height = 2 * around + between + sum(width for width, _ in sizes), 2 * around + tallest
    starts = (around, around + sizes[0][0] + between)
    places = [(start, height - around - high, start + wide, height - around)
              for start, (wide, high) in zip(starts, sizes)]
    return Layout(width, height, *(Standing(cut, place) for cut, place in zip(cuts, places)))


def swapped(layout: Layout) -> Layout:
    """The same picture with the two in each other's place."""
    left, right = (replace(each, place=_across(each.place, layout.width)) for each in (layout.right, layout.left))
    return replace(layout, left=left, right=right)


def boxes(layout: Layout) -> tuple[Box, Box]:
    """Where the two are in the new picture, from the viewer's left."""
    left, right = (each.place for each in (layout.left, layout.right))
    return _box(left, layout), _box(right, layout)


def pair_caption(left: Told, right: Told, quality: str = "") -> str:
    """Both triggers, what both captions tag, who stands where as the viewer sees it, and what is one's own."""
    tags = [split_caption(each.caption)[0] for each in (left, right)]
    count, two = _TWO.get(tuple(sorted(_kind(each) for each in tags)), _OTHER_TWO)
    triggers = (left.trigger, right.trigger)
    own = [_own(here, there, triggers) for here, there in (tags, tags[::-1])]
    shared = [tag for tag in tags[0] if tag in tags[1] and not is_heading(tag) and tag not in triggers]
    opening = quality or ", ".join(tag for tag in tags[0] if is_heading(tag) and not _counts(tag))
    places = f"{left.trigger} on the viewer's left and {right.trigger} on the viewer's right"
    sentences = f"{two} are side by side, {places}."
    if own[0] and own[1]:
        sentences += f" On the viewer's left one sees {_listed(own[0])}, on the viewer's right {_listed(own[1])}."
    return join_caption(ordered_tags([*split_caption(count)[0], *shared], triggers, opening), sentences)


def _cut(figure: Figure) -> Pixels:
    """The box in whole pixels. Raises UserError for one that holds next to nothing."""
    width, height, box = figure.width, figure.height_px, figure.box
    cut = (round(box.left * width), round(box.top * height), round(box.right * width), round(box.bottom * height))
    if min(cut[2] - cut[0], _high(cut)) < _FEWEST_PIXELS:
        raise UserError("A box around a figure is too small", "Draw it around the whole figure.")
    return cut


def _high(pixels: Pixels) -> int:
    return pixels[3] - pixels[1]


def _scaled(cut: Pixels, height: float) -> tuple[int, int]:
    """(width, height) of a cut-out that is to be so high, its shape kept."""
    return max(1, round((cut[2] - cut[0]) * height / _high(cut))), max(1, round(height))


def _across(place: Pixels, width: int) -> Pixels:
    return width - place[2], place[1], width - place[0], place[3]


def _box(place: Pixels, layout: Layout) -> Box:
    return Box(place[0] / layout.width, place[1] / layout.height, place[2] / layout.width, place[3] / layout.height)


def _kind(tags: Iterable[str]) -> str:
    """What the caption counts: girl, boy, or nobody knows."""
    return next((_KINDS[word] for tag in tags if _counts(tag) and (word := tag.lstrip("0123456789 ")) in _KINDS), "")


def _counts(tag: str) -> bool:
    return is_heading(tag) and tag.removesuffix("s").endswith(("girl", "boy", "other", "human"))


def _own(here: Iterable[str], there: Sequence[str], triggers: Sequence[str]) -> list[str]:
    """The tags of one that are not the other's."""
    return [tag for tag in here if tag not in there and tag not in triggers and not is_heading(tag)]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
