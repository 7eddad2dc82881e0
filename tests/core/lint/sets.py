"""Sets of images that were never drawn, with labels and captions, and what the rules say of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from studio.core.caption import join_caption
from studio.core.dataset import ImageItem
from studio.core.labels import LABEL_FIELDS, Label, Labels
from studio.core.ledger import Ledger, Trait, Wanted
from studio.core.lint.finding import Finding, Rewrite
from studio.core.lint.rules import findings
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.project import Character, Group, Project
from studio.core.record import Record

MIRA, SUZU, KAI = Character("Mira", "mira"), Character("Suzu", "suzu"), Character("Kai", "kai")
PROJECT = Project("Set", (MIRA, SUZU), groups=(Group(("Mira", "Suzu")),))
HEAD = ("masterpiece", "best quality", "safe", "1girl")
SENTENCES = "She waits for the bus. A cat sits by her."
LEDGER = Ledger("Mira", (
    Trait("blonde hair", "absorb", colour=True), Trait("hair intakes", "absorb", giveaway=True),
    Trait("side ponytail", "absorb"), Trait("blue ribbon", "vary", structure=True)))  # fmt: skip


def image(name: str, *tags: str, who: str = "Mira", says: str = SENTENCES, size: tuple[int, int] = (1024, 1024),
          repeats: int = 1, caption: str | None = None, **labels: str) -> Record:
    """An image called so; its tags come behind a head that no rule minds. Two characters are "Mira+Suzu"."""
    shown = tuple(who.split("+"))
    head = HEAD if len(shown) == 1 else (*HEAD[:3], f"{len(shown)}girls")
    text = join_caption((*head, *(each.lower() for each in shown), *tags), says) if caption is None else caption
    id = hashlib.sha256(name.encode()).hexdigest()[:16]
    item = ImageItem(id, Path("images", who, f"{name}.png"), *size, shown, text)
    return Record(item, labelled(**labels), repeats=repeats)


def labelled(**labels: str) -> Labels:
    return Labels(**{field: Label(labels[field]) for field in LABEL_FIELDS if field in labels})


def several(count: int, name: str = "image", *tags: str, **facts) -> tuple[Record, ...]:
    """So many images that differ in their names only."""
    return tuple(image(f"{name}-{number:03}", *tags, **facts) for number in range(count))


def subject(*records: Record, ledgers: Iterable[Ledger] = (), project: Project = PROJECT, **facts) -> Subject:
    return Subject(tuple(records), project, tuple(ledgers), **facts)


def found(rule: str, looked_at: Subject, settings: LintSettings = LintSettings()) -> tuple[Finding, ...]:
    """What one rule finds."""
    return tuple(each for each in findings(looked_at, settings) if each.rule == rule)


def one(rule: str, looked_at: Subject, settings: LintSettings = LintSettings()) -> Finding:
    """The only finding of a rule."""
    [finding] = found(rule, looked_at, settings)
    return finding


def names(finding: Finding) -> list[str]:
    return [each.path.stem for each in finding.images]


def mended(looked_at: Subject, finding: Finding) -> Subject:
    """The set after the finding's one click."""
    assert isinstance(finding.remedy, Rewrite)
    new = {preview.image.path: preview.after for preview in finding.remedy.previews()}
    records = (replace(each, image=replace(each.image, caption=new.get(each.image.path, each.image.caption)))
               for each in looked_at.records)
    return replace(looked_at, records=tuple(records))


def wanting(*wanted: tuple[str, str], name: str = "Mira") -> Ledger:
    return Ledger(name, (), tuple(Wanted(*each) for each in wanted))
