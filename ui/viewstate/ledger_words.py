"""What did somebody change of a ledger? The sentence that undo shows."""

from __future__ import annotations

from studio.core.ledger import Ledger, Trait, Wanted
from ui.i18n import tr


def told(before: Ledger, after: Ledger) -> str:
    """The one thing that changed, or that several did."""
    name = after.character
    traits = [each for each in after.traits if each != before.trait(each.tag)]
    gone = [each for each in before.traits if after.trait(each.tag) is None]
    wanted = [each for each in after.wanted if each not in before.wanted]
    unwanted = [each for each in before.wanted if each not in after.wanted]
    match traits, gone, wanted, unwanted:
        case [trait], [], [], []:
            return _put(trait, before.trait(trait.tag), name)
        case [], [trait], [], []:
            return tr("Take {tag} out of the ledger of {name}", tag=trait.tag, name=name)
        case [], [], [Wanted(value=word)], []:
            return tr("Want “{word}” of {name}", word=word, name=name)
        case [], [], [], [Wanted(value=word)]:
            return tr("No longer want “{word}” of {name}", word=word, name=name)
    return tr("Change the ledger of {name}", name=name)


def _put(trait: Trait, before: Trait | None, name: str) -> str:
    if before and before.bin == trait.bin:
        return tr("Change {tag} in the ledger of {name}", tag=trait.tag, name=name)
    if trait.bin == "absorb":
        return tr("Let the trigger of {name} absorb {tag}", tag=trait.tag, name=name)
    if trait.bin == "forbid":
        return tr("Never say {tag} of {name}", tag=trait.tag, name=name)
    return tr("Keep {tag} of {name} in the tags", tag=trait.tag, name=name)
