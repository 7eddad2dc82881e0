"""Every rule in one table, what they say of a run, and what of it a person overruled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio.core.errors import UserError
from studio.core.lint.finding import SEVERITIES, Severity
from studio.core.origin import Refusal
from studio.core.rules import learning, looking, machine
from studio.core.rules.intent import Intent, Look, Objection

_KEI = "lilting.ch, keichan v2"
_DUAL = "lilting.ch, the two-character LoRA"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `known` is where one may know it from."""

    id: str
    severity: Severity
    title: str
    look: Look
    known: str = ""


RULES = (
    Rule("R01", "error", "Flips and an asymmetric character", learning.mirrored,
         "A mirrored side ponytail stays mirrored for good."),
    Rule("R02", "warning", "Latents of another trainer", looking.stale_latents,
         "There, a latent counts as fresh by its file's age."),
    Rule("R03", "warning", "Another base in the end", looking.other_base, f"22 % from WAI to Base ({_KEI})."),
    Rule("R04", "warning", "Rank for each character", learning.thin_rank,
         f"Two at rank 64 met a plateau, at 128 they did not; three had 256 ({_DUAL})."),
    Rule("R05", "note", "Exposures", learning.unusual_exposures, "Ranges of single recipes, and no law."),
    Rule("R06", "warning", "Surplus epochs", learning.surplus,
         f"Epochs 120 to 150 were as good as 180, which cost 1.7 to 3.4 hours ({_KEI})."),
    Rule("R07", "warning", "More than one change", learning.confounded,
         f"Base and images changed at once, and a second character had to be baked to tell them apart ({_KEI})."),
    Rule("R08", "warning", "Previews drawn otherwise", looking.other_profile,
         f"Built-in previews looked worse than the LoRA was ({_KEI})."),
    Rule("R09", "error", "Previews without a seed", looking.unfixed_previews,
         "Here, previews never draw from the run's own chance."),
    Rule("R10", "warning", "Prompts that take turns", looking.rotated_prompts,
         "Neighbouring epochs then show different prompts."),
    Rule("R11", "error", "Versions", machine.wrong_versions, f"The text encoder died twice after loading ({_KEI})."),
    Rule("R12", "error", "The card's generation", machine.unknown_card, "lilting.ch, the trio on a 5090."),
    Rule("R13", "warning", "Packages that replace torch", machine.replaced_torch, f"xformers once did ({_KEI})."),
    Rule("R14", "warning", "The text adapter", learning.trained_adapter, f"A trained one bent compositions ({_KEI})."),
    Rule("R15", "note", "Room on the disk", looking.too_large, f"180 checkpoints were about 24 GB ({_KEI})."),
    Rule("R16", "warning", "Steps without exposures", learning.steps_without_exposures,
         f"12,600 steps there were 50,400 exposures ({_KEI})."),
)  # fmt: skip


def objections(intent: Intent) -> tuple[Objection, ...]:
    """All that the rules say, errors first, then in the order of the rules."""
    found = (Objection(rule.id, case.severity or rule.severity, case.message, case.remedy, case.settings, rule.known)
             for rule in RULES for case in rule.look(intent))
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def standing(found: Iterable[Objection], refused: Iterable[Refusal]) -> tuple[Objection, ...]:
    """Those that nobody overruled."""
    rules = {each.rule for each in refused}
    return tuple(each for each in found if each.rule not in rules)


def recorded(found: Iterable[Objection], refused: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """The refusals with what the rules had to say; those of a rule that was silent are none and fall away."""
    said: dict[str, str] = {}
    for each in found:
        said.setdefault(each.rule, each.message)
    return tuple(replace(each, said=said[each.rule]) for each in refused if each.rule in said)


def require_allowed(found: Iterable[Objection], refused: Iterable[Refusal] = ()) -> None:
    """Raises UserError for the first error that nobody overruled with a reason."""
    for each in standing(found, refused):
        if each.severity == "error":
            raise UserError(f"{each.rule}: {each.message}", each.remedy)


def rule_of(id: str) -> Rule:
    """The rule of that id, which must be one."""
    return next(rule for rule in RULES if rule.id == id)
