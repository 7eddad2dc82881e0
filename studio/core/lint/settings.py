"""Where do the rules of the lint draw their lines?

Some lines are drawn where a published run stood on either side of them. Others nobody measured; they are our proposal
and say so: `is_ours`.
"""

import dataclasses
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from studio.core.knobs import knob

_OURS = "ours"


def _ours(setting: dataclasses.Field) -> Any:
    """A setting whose default nobody measured."""
    return dataclasses.field(default=setting.default, metadata={**setting.metadata, _OURS: True})


def _share(default: float, label: str, help: str) -> Any:
    return _ours(knob(default, label, help, lo=0.0, hi=1.0))


@dataclass(frozen=True, slots=True)
class LintSettings:
    """The lines. A share is that of the images a rule looks at, weighted by repeats where it counts exposures."""

    known_share: float = _share(0.9, "Known", "Least share of images with a label before a rule judges by it.")
    posed_share: float = _share(0.9, "Posed", "D01: share of the full bodies that are posed.")
    sentences: int = _ours(knob(2, "Sentences", "C04: how many sentences follow the tags.", lo=1, hi=20))
    core_share: float = _share(0.1, "Absorbed but tagged", "C05: share of captions that may tag what is absorbed.")
    general_tags: tuple[str, ...] = _ours(knob(
        ("standing", "sitting", "walking", "running", "kneeling", "lying", "arms up", "hand on own hip",
         "looking at viewer", "looking back"), "General tags", "C07: tags that should mean nothing but themselves."))
    shared_bits: float = _ours(knob(0.1, "Shared bits", "C07: information that a general tag may share with another "
                                    "label.", lo=0.0, hi=10.0, unit="bits"))
    alike_share: float = _share(0.7, "Alike", "C07: share of a tag's images that agree on the stance.")
    carriers: int = _ours(knob(8, "Carriers", "C07: images that a tag must have before it is judged.", lo=2, hi=10_000))
    template_share: float = _share(0.25, "Unequal captions", "C19: how far captions of two may differ in length.")
    class_share: float = _share(0.5, "Unequal classes", "C19: how far they may differ in what they tag.")
    stand_in_share: float = _share(0.95, "Stand-in", "C23: share of her captions by which a tag answers for her.")
    base_strong: tuple[str, ...] = _ours(knob(
        ("braid", "hair ribbon", "ponytail", "twintails", "from above", "standing", "sitting"), "Easy for the base",
        "D04: tags that the base draws well by itself."))
    base_strong_share: float = _share(0.5, "Easy for the base, share", "D04: share of images that teach nothing else.")
    giveaway_share: float = _share(0.25, "Giveaway", "D05: least share of images that show a giveaway.")
    giveaway_area: float = _share(0.05, "Giveaway's area", "D06: least share of the image that a giveaway fills once.")
    side_share: float = _share(0.75, "Native side", "D07: least native short side as a share of the bucket's.")
    family_share: float = _share(0.5, "Own family", "D08: share of images that may come from the base's own family.")
    outfit_share: float = _share(0.6, "One outfit", "D10: share of the images that one outfit may have.")
    expressions: int = _ours(knob(4, "Expressions", "D11: least number of different ones in busts.", lo=1, hi=100))
    unequal_exposures: float = _ours(knob(1.4, "Unequal exposures", "D12: how many times as often as another one "
                                          "character may be shown.", lo=1.0, hi=100.0))
    together_share: float = _share(0.2, "Together", "D14: share of the exposures that may show several characters.")
    same_order: int = _ours(knob(3, "Same order", "D15: pair images from which on one order is taken for a habit.",
                                 lo=2, hi=1000))
    height_ratio: float = _ours(knob(1.15, "Heights", "D16: how far the ratio of two heights may vary between images.",
                                     lo=1.0, hi=10.0))
    separating: int = _ours(knob(3, "Separating traits", "D17: kinds of traits in which two characters differ.",
                                 lo=1, hi=100))
    fewest: int = knob(13, "Fewest", "D20: images of the smallest set that is known to have worked.", lo=1, hi=10_000)
    most: int = knob(100, "Most", "D20: images of the largest set of one character that is usual.", lo=1, hi=100_000)

    def may_judge(self, unknown: Sized, among: Sized) -> bool:
        """Whether enough of some images have a label for a rule to judge by it."""
        return len(among) - len(unknown) >= self.known_share * len(among)


def is_ours(name: str) -> bool:
    """Whether the default of a setting is our proposal and nobody's measurement."""
    return next(_OURS in field.metadata for field in dataclasses.fields(LintSettings) if field.name == name)
