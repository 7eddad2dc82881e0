"""How does the window say what marks come to? The patterns of every question in its language, and what is asked."""

from __future__ import annotations

from studio.core.axes import FORMAT, LORA, MODEL
from studio.core.evidence import BROKEN, LOST, Question
from studio.core.interaction import APART, FACE, INTERLEAVE, STACK, SYMMETRIC
from studio.core.paired import Word
from studio.core.rubric import AS_ASKED
from ui.i18n import tr
from ui.viewstate.verdict_words import told

__all__ = ("asked", "cause_name", "class_name", "comparison_name", "name_of", "patterns", "short_name", "told",
           "trait_name", "verdict_word", "wanting")


def name_of(question: Question) -> str:
    """The head of its part of the page."""
    return {"epoch": tr("Which epoch?"), "suppression": tr("Does the trigger block anything?"),
            "strength": tr("At which strength?"), "bleed": tr("Whose trait is on whom?"),
            "interaction": tr("How many rolls for a keeper?")}[question]


def comparison_name(axis: str) -> str:
    """The head of the verdict on a sheet that compares something else than epochs."""
    return {LORA: tr("Which version?"), MODEL: tr("Which base?"), FORMAT: tr("Which format of prompt?")}.get(
        axis, name_of("epoch"))


def short_name(question: Question) -> str:
    """The same for a list."""
    return {"epoch": tr("Verdict"), "suppression": tr("Suppression"), "strength": tr("Strength"),
            "bleed": tr("Bleed"), "interaction": tr("Interactions")}[question]


def wanting(question: Question) -> str:
    """What nobody knows as long as there is no such sheet."""
    return {
        "epoch": tr("No sheet sets the epochs of this run beside each other yet."),
        "suppression": tr("Nobody knows yet whether the base can what this LoRA cannot: that takes pictures of the "
                          "base alone, of the trigger, and of the trigger at a low strength."),
        "strength": tr("No sheet varies the strength of this LoRA yet."),
        "bleed": tr("No sheet has the characters of this run in one picture yet."),
        "interaction": tr("No sheet asks for interactions of the characters yet."),
    }[question]


def asked(question: Question) -> str:
    """What has to be said of the cells of a sheet that is there."""
    return {
        "epoch": tr("Its cells are not marked yet: 1 obtained, 2 partial, 3 not obtained."),
        "suppression": tr("Mark which of its cells show the composition, and where she is no longer herself."),
        "strength": tr("Mark where each trait shows, and where the picture is broken."),
        "bleed": tr("Say of its cells who wears what."),
        "interaction": tr("Mark which of its cells came out, or keep them; a cause says why one did not."),
    }[question]


def verdict_word(word: Word) -> str:
    """One of the three."""
    return {"better": tr("better"), "worse": tr("worse"), "not shown": tr("not shown")}[word]


def trait_name(trait: str) -> str:
    """What a cell as a whole is judged for has a name of the window; traits are tags and stay what they are."""
    return tr("as asked") if trait == AS_ASKED else trait


def class_name(name: str) -> str:
    """A class of interactions; a person's own words stay as they are."""
    return {APART: tr("apart"), SYMMETRIC: tr("symmetric"), STACK: tr("stacked"), INTERLEAVE: tr("interleaved"),
            FACE: tr("face to face"), "all": tr("all")}.get(name, name)


def cause_name(why: str) -> str:
    """The two causes that the questions ask for; any other stays what it is."""
    return {LOST: tr("she is no longer herself"), BROKEN: tr("the picture is broken")}.get(why, why)


def patterns() -> tuple[str, ...]:
    """Every pattern beside those of a verdict, in the language in force."""
    return (
        tr("{composition}: base {base}, trigger {trigger}: a control is missing"),
        tr("{composition}: base {base}, trigger {trigger}: base lacks it"),
        tr("{composition}: base {base}, trigger {trigger}: base lacks it (not shown)"),
        tr("{composition}: base {base}, trigger {trigger}: trigger suppresses; add data"),
        tr("{composition}: base {base}, trigger {trigger}: trigger suppresses; add data (not shown)"),
        tr("{composition}: base {base}, trigger {trigger}: the trigger leaves it alone"),
        tr("{composition}: the base cannot"), tr("{composition}: the base can, the trigger blocks it"),
        tr("{composition}: the base can, the trigger blocks it, strength {strength} releases it"),
        tr("{composition}: the base can, the trigger blocks it, strength {strength} releases it and loses her"),
        tr("{layout}: no collapse seen, no safe strength"), tr("{layout}: no collapse seen, safe from {lo} to {hi}"),
        tr("{layout}: collapse at {collapse}, no safe strength"),
        tr("{layout}: collapse at {collapse}, safe from {lo} to {hi}"),
        tr("{name}: {rate}, no keeper yet; {least} rolls or more"), tr("{name}: {rate}, {rolls} rolls for one keeper"),
        tr("{name}: reword the prompt first"), tr("{name}: render it larger first"),
        tr("Both judges saw seed {seed} only: they share the evidence, and may share the error"),
        tr("{epoch} comes nearest; no epoch is on the plateau of every trait"),
        tr("{epoch} is the first with every trait within the judge's noise of its best"),
        tr("{epoch} is the first with {traits} on the plateau, and the last there is"),
        tr("{epoch}: no gain after ({traits})"),
    )
