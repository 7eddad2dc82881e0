"""Every rule in one table, and what they find in a set, the costliest first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from studio.core.lint import calls, cast, form, images, poses, traits, variety
from studio.core.lint.finding import SEVERITIES, Case, Cost, Finding, Severity
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct

_KEI = "lilting.ch, keichan v2"
_DUAL = "lilting.ch, the two-character LoRA"
_NIGHT, _TRAIT, _DETAIL, _STYLE = Cost.NIGHT, Cost.TRAIT, Cost.DETAIL, Cost.STYLE


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `look` says of which images it does not like what; `known` is where one may know that from."""

    id: str
    severity: Severity
    cost: Cost
    look: Callable[[Subject, LintSettings], Iterator[Case]]
    known: str = ""


RULES = (
    Rule("C01", "error", _NIGHT, calls.trigger_missing, f"Each of 96 captions called its character ({_DUAL})."),
    Rule("C02", "error", _NIGHT, calls.strange_trigger, f"None of 96 captions called another ({_DUAL})."),
    Rule("C03", "warning", _TRAIT, form.no_sentences,
         "With sentences, sides came out right at every seed tried (lilting.ch, kanachan)."),
    Rule("C04", "note", _STYLE, form.other_template, f"Two sentences is the form that is known to work ({_KEI})."),
    Rule("C05", "warning", _TRAIT, traits.absorbed_but_tagged,
         f"Untagged, such traits came with the trigger ({_KEI})."),
    Rule("C06", "warning", _TRAIT, traits.visible_but_untagged,
         f"Tagged, ribbon and braid could be left away ({_KEI})."),
    Rule("C07", "warning", _TRAIT, poses.contaminated_tag,
         f"There, 'standing' came to mean three-quarter view and raised arms ({_KEI})."),
    Rule("C08", "warning", _TRAIT, poses.standing_but_posed,
         "Kept to upright bodies, 'standing' stood straight (lilting.ch, kanachan)."),
    Rule("C09", "warning", _TRAIT, form.out_of_order, "It is the order in which Anima's own captions were written."),
    Rule("C10", "warning", _TRAIT, form.underscores, "Anima's tags have spaces, but for score_N."),
    Rule("C11", "warning", _DETAIL, form.upper_case, "Anima's tags are lower case."),
    Rule("C12", "note", _STYLE, form.rating, "Anima's captions carry one of them."),
    Rule("C13", "warning", _TRAIT, form.artist_sign, "Without it an artist's tag barely works on Anima."),
    Rule("C14", "note", _STYLE, form.mixed_quality, "Several profiles work; mixing them blurs what each means."),
    Rule("C15", "error", _NIGHT, form.scattered_sentences, "Sentences in pieces teach no side and no place."),
    Rule("C16", "warning", _TRAIT, form.sides_of_whom, "Others saw it vary by the seed."),
    Rule("C17", "error", _NIGHT, traits.sides_disagree,
         "One side, said the same way throughout, took 150 epochs to hold (lilting.ch, kanachan)."),
    Rule("C18", "warning", _TRAIT, form.cut_captions, "What is cut is lost in silence."),
    Rule("C19", "warning", _NIGHT, cast.uneven_captions,
         "A run on 294 images fell into that trap (lilting.ch, the trio)."),
    Rule("C20", "warning", _NIGHT, calls.pair_caption, f"Asked for so, two came out apart ({_DUAL})."),
    Rule("C21", "note", _TRAIT, form.from_elsewhere,
         "Captions taken over from an SDXL set cost a run (lilting.ch, kanachan)."),
    Rule("C22", "note", _STYLE, form.weights, "Captions are read to the letter."),
    Rule("D01", "error", _NIGHT, poses.all_posed,
         f"A set of 44 bodies, all posed, bent the legs at every epoch from 100 to 180 ({_KEI})."),
    Rule("D02", "warning", _NIGHT, poses.no_turnaround,
         "A set with turnarounds stood upright on two bases (lilting.ch, kanachan)."),
    Rule("D03", "warning", _NIGHT, variety.wanted_but_missing,
         f"A view from below that the set lacked came at no weight ({_KEI})."),
    Rule("D04", "note", _DETAIL, traits.easy_for_base, f"The base needs no lessons in what it can ({_KEI})."),
    Rule("D05", "warning", _TRAIT, traits.rare_giveaway, f"Hair intakes stopped at 3 of 5 at every epoch ({_KEI})."),
    Rule("D06", "warning", _TRAIT, traits.small_giveaway, f"Details come out as large as they were shown ({_KEI})."),
    Rule("D07", "warning", _DETAIL, images.too_small,
         f"A set with 26 busts of 495 px is suspected to owe its soft detail to them ({_KEI})."),
    Rule("D08", "warning", _NIGHT, images.own_family,
         "91 of 91 own pictures converged at epoch 20 on another face (lilting.ch, keichan v1)."),
    Rule("D09", "note", _STYLE, images.mixed_origin, f"Its curve of convergence may be mixed too ({_KEI})."),
    Rule("D10", "warning", _TRAIT, variety.one_outfit, f"What never varies belongs to her ({_KEI})."),
    Rule("D11", "warning", _DETAIL, variety.few_expressions,
         f"Faces compared with closed mouths misled once ({_KEI})."),
    Rule("D12", "warning", _NIGHT, cast.uneven_exposures, f"53 to 43 is 1.23, 79 to 53 is 1.49 ({_DUAL})."),
    Rule("D13", "warning", _NIGHT, cast.never_together, f"0 of 96 bled on contact, 20 of 152 did not ({_DUAL})."),
    Rule("D14", "warning", _NIGHT, cast.too_often_together, f"13 % was well, 23.8 % is on trial ({_DUAL})."),
    Rule("D15", "warning", _TRAIT, cast.same_order, f"Swapped copies were part of the set that worked ({_DUAL})."),
    Rule("D16", "note", _DETAIL, cast.heights_vary, f"Composites of one height kept the sizes ({_DUAL})."),
    Rule("D17", "warning", _TRAIT, traits.alike_characters,
         f"In one uniform only hair and face told them apart ({_DUAL})."),
    Rule("D18", "error", _NIGHT, calls.no_caption, "Other trainers skip such an image without a word."),
    Rule("D19", "note", _STYLE, images.duplicates, "An epoch shows it as often as it is there."),
    Rule("D20", "note", _STYLE, images.unusual_size, "13 to 100 images are reported to work."),
)  # fmt: skip


def findings(subject: Subject, settings: LintSettings = LintSettings()) -> tuple[Finding, ...]:
    """All that the rules find in what takes part: the costliest first, then by severity, then in the rules' order."""
    trained = subject.taking_part()
    found = (finding for rule in RULES for finding in _found(rule, trained.heard_by(rule.id), settings))
    return tuple(sorted(found, key=lambda each: (-each.cost, SEVERITIES.index(each.severity))))


def top(found: Iterable[Finding], count: int = 3) -> tuple[Finding, ...]:
    """The first few."""
    return tuple(found)[:count]


def speaking(found: Iterable[Finding]) -> Mapping[str, frozenset[str]]:
    """The rules that speak of each image, by its id: badges and the filter line ask."""
    rules: defaultdict[str, set[str]] = defaultdict(set)
    for finding in found:
        for image in finding.images:
            rules[image.id].add(finding.rule)
    return {image: frozenset(there) for image, there in rules.items()}


def rule_of(id: str) -> Rule:
    """The rule of that id, which must be one."""
    return next(rule for rule in RULES if rule.id == id)


def _found(rule: Rule, subject: Subject, settings: LintSettings) -> Iterator[Finding]:
    for case in rule.look(subject, settings):
        yield Finding(rule.id, case.severity or rule.severity, tuple(each.image for each in distinct(case.records)),
                      case.message, f"{case.figure} {rule.known}".strip(), case.remedy, case.cost or rule.cost)
