"""Every rule in one table, and what they find in a set, the costliest first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from studio.core.lint import calls, cast, form, images, poses, traits, variety
from studio.core.lint.finding import Case, Certainty, Cost, Finding, Severity, rank
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct
from studio.core.said import Said, said

_KEI, _KEI_1, _KANA = "lilting.ch, keichan v2", "lilting.ch, keichan v1", "lilting.ch, kanachan"
_DUAL, _TRIO = said("lilting.ch, the two-character LoRA"), said("lilting.ch, the trio")
_NIGHT, _TRAIT, _DETAIL, _STYLE = Cost.NIGHT, Cost.TRAIT, Cost.DETAIL, Cost.STYLE
_READ, _RUN, _OURS = Certainty.READ, Certainty.RUN, Certainty.OURS


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `look` says of which images it does not like what; `known` is where one may know that from."""

    id: str
    name: Said
    severity: Severity
    cost: Cost
    certainty: Certainty
    look: Callable[[Subject, LintSettings], Iterator[Case]]
    known: Said


RULES = (
    Rule("C01", said("no trigger"), "error", _NIGHT, _READ, calls.trigger_missing,
         said("Each of 96 captions called its character ({where}).", where=_DUAL)),
    Rule("C02", said("another's trigger"), "error", _NIGHT, _READ, calls.strange_trigger,
         said("None of 96 captions called another ({where}).", where=_DUAL)),
    Rule("C03", said("no sentences"), "warning", _TRAIT, _RUN, form.no_sentences,
         said("With sentences, sides came out right at every seed tried ({where}).", where=_KANA)),
    Rule("C04", said("other number of sentences"), "note", _STYLE, _OURS, form.other_template,
         said("Two sentences is the form that is known to work ({where}).", where=_KEI)),
    Rule("C05", said("absorbed trait is tagged"), "warning", _TRAIT, _RUN, traits.absorbed_but_tagged,
         said("Untagged, such traits came with the trigger ({where}).", where=_KEI)),
    Rule("C06", said("visible trait is untagged"), "warning", _TRAIT, _RUN, traits.visible_but_untagged,
         said("Tagged, ribbon and braid could be left away ({where}).", where=_KEI)),
    Rule("C07", said("tag means something else"), "warning", _TRAIT, _RUN, poses.contaminated_tag,
         said("There, 'standing' came to mean three-quarter view and raised arms ({where}).", where=_KEI)),
    Rule("C08", said("'standing' on a posed body"), "warning", _TRAIT, _RUN, poses.standing_but_posed,
         said("Kept to upright bodies, 'standing' stood straight ({where}).", where=_KANA)),
    Rule("C09", said("order of the tags"), "warning", _TRAIT, _OURS, form.out_of_order,
         said("It is the order in which Anima's own captions were written.")),
    Rule("C10", said("underscores"), "warning", _TRAIT, _READ, form.underscores,
         said("Anima's tags have spaces, but for score_N.")),
    Rule("C11", said("capitals"), "warning", _DETAIL, _READ, form.upper_case, said("Anima's tags are lower case.")),
    Rule("C12", said("safety word"), "note", _STYLE, _OURS, form.rating, said("Anima's captions carry one of them.")),
    Rule("C13", said("artist without @"), "warning", _TRAIT, _RUN, form.artist_sign,
         said("Without it an artist's tag barely works on Anima.")),
    Rule("C14", said("mixed quality"), "note", _STYLE, _OURS, form.mixed_quality,
         said("Several profiles work; mixing them blurs what each means.")),
    Rule("C15", said("sentences split"), "error", _NIGHT, _READ, form.scattered_sentences,
         said("Sentences in pieces teach no side and no place.")),
    Rule("C16", said("whose left or right"), "warning", _TRAIT, _OURS, form.sides_of_whom,
         said("Others saw it vary by the seed.")),
    Rule("C17", said("sides disagree"), "error", _NIGHT, _RUN, traits.sides_disagree,
         said("One side, said the same way throughout, took 150 epochs to hold ({where}).", where=_KANA)),
    Rule("C18", said("too long"), "warning", _TRAIT, _READ, form.cut_captions, said("What is cut is lost in silence.")),
    Rule("C19", said("unequal captions"), "warning", _NIGHT, _OURS, cast.uneven_captions,
         said("A run on 294 images fell into that trap ({where}).", where=_TRIO)),
    Rule("C20", said("pair caption incomplete"), "warning", _NIGHT, _RUN, calls.pair_caption,
         said("Asked for so, two came out apart ({where}).", where=_DUAL)),
    Rule("C21", said("captions from elsewhere"), "note", _TRAIT, _RUN, form.from_elsewhere,
         said("Captions taken over from an SDXL set cost a run ({where}).", where=_KANA)),
    Rule("C22", said("weights"), "note", _STYLE, _READ, form.weights, said("Captions are read to the letter.")),
    Rule("C23", said("tag answers for the trigger"), "warning", _TRAIT, _OURS, cast.stand_ins,
         said("What tells two apart in words need not be learnt as a name.")),
    Rule("D01", said("all are posed"), "error", _NIGHT, _RUN, poses.all_posed,
         said("A set of 44 bodies, all posed, bent the legs at every epoch from 100 to 180 ({where}).", where=_KEI)),
    Rule("D02", said("no turnaround"), "warning", _NIGHT, _RUN, poses.no_turnaround,
         said("A set with turnarounds stood upright on two bases ({where}).", where=_KANA)),
    Rule("D03", said("wanted and missing"), "warning", _NIGHT, _RUN, variety.wanted_but_missing,
         said("A view from below that the set lacked came at no weight ({where}).", where=_KEI)),
    Rule("D04", said("easy for the base"), "note", _DETAIL, _OURS, traits.easy_for_base,
         said("The base needs no lessons in what it can ({where}).", where=_KEI)),
    Rule("D05", said("giveaway too rare"), "warning", _TRAIT, _RUN, traits.rare_giveaway,
         said("Hair intakes stopped at 3 of 5 at every epoch ({where}).", where=_KEI)),
    Rule("D06", said("giveaway too small"), "warning", _TRAIT, _RUN, traits.small_giveaway,
         said("Details come out as large as they were shown ({where}).", where=_KEI)),
    Rule("D07", said("too few pixels"), "warning", _DETAIL, _RUN, images.too_small,
         said("A set with 26 busts of 495 px is suspected to owe its soft detail to them ({where}).", where=_KEI)),
    Rule("D08", said("the base's own pictures"), "warning", _NIGHT, _RUN, images.own_family,
         said("91 of 91 own pictures converged at epoch 20 on another face ({where}).", where=_KEI_1)),
    Rule("D09", said("mixed origin"), "note", _STYLE, _OURS, images.mixed_origin,
         said("Its curve of convergence may be mixed too ({where}).", where=_KEI)),
    Rule("D10", said("one outfit"), "warning", _TRAIT, _OURS, variety.one_outfit,
         said("What never varies belongs to her ({where}).", where=_KEI)),
    Rule("D11", said("few expressions"), "warning", _DETAIL, _RUN, variety.few_expressions,
         said("Faces compared with closed mouths misled once ({where}).", where=_KEI)),
    Rule("D12", said("unequal exposures"), "warning", _NIGHT, _OURS, cast.uneven_exposures,
         said("53 to 43 is 1.23, 79 to 53 is 1.49 ({where}).", where=_DUAL)),
    Rule("D13", said("never together"), "warning", _NIGHT, _RUN, cast.never_together,
         said("0 of 96 bled on contact, 20 of 152 did not ({where}).", where=_DUAL)),
    Rule("D14", said("too often together"), "warning", _NIGHT, _OURS, cast.too_often_together,
         said("13 % was well, 23.8 % is on trial ({where}).", where=_DUAL)),
    Rule("D15", said("always the same order"), "warning", _TRAIT, _RUN, cast.same_order,
         said("Swapped copies were part of the set that worked ({where}).", where=_DUAL)),
    Rule("D16", said("heights vary"), "note", _DETAIL, _RUN, cast.heights_vary,
         said("Composites of one height kept the sizes ({where}).", where=_DUAL)),
    Rule("D17", said("characters alike"), "warning", _TRAIT, _OURS, traits.alike_characters,
         said("In one uniform only hair and face told them apart ({where}).", where=_DUAL)),
    Rule("D18", said("no caption"), "error", _NIGHT, _READ, calls.no_caption,
         said("Other trainers skip such an image without a word.")),
    Rule("D19", said("copies"), "note", _STYLE, _OURS, images.duplicates,
         said("An epoch shows it as often as it is there.")),
    Rule("D20", said("unusual number"), "note", _STYLE, _OURS, images.unusual_size,
         said("13 to 100 images are reported to work.")),
)  # fmt: skip


def findings(subject: Subject, settings: LintSettings = LintSettings()) -> tuple[Finding, ...]:
    """All that the rules find in what takes part: the costliest first, and of these the surest."""
    trained = subject.taking_part()
    found = (finding for rule in RULES for finding in _found(rule, trained.heard_by(rule.id), settings))
    return tuple(sorted(found, key=rank))


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
                      case.said, (case.figure, rule.known), case.remedy, case.cost or rule.cost,
                      case.certainty or rule.certainty)
