"""What does an article say of a sheet? The sentence, the figures with their intervals, what was taken back, and how the
pictures were made. Everything is told by whom it was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from studio.core.article_table import markdown_table, plain
from studio.core.article_words import Words, axis_name, label_of
from studio.core.evaluation_rules import Warned
from studio.core.evidence import Evidence
from studio.core.grid_watch import TURBO, profile_of
from studio.core.hit_table import HitTable
from studio.core.marks import Mark
from studio.core.paired import arm_name
from studio.core.rubric import SCALES
from studio.core.said import Said, said
from studio.core.spec import RenderSpec, spelled
from studio.core.sweep import Cell, Sheet
from studio.core.verdict import Verdict
from studio.core.verdict_journal import Held

_MOST_REASONS = 12


@dataclass(frozen=True, slots=True)
class Judged:
    """What one judge's counting marks come to; `marks` are those of the cells that the article shows."""

    judge: str
    marks: tuple[Mark, ...]
    found: Evidence

    @property
    def table(self) -> HitTable:
        return self.found.table

    @property
    def verdict(self) -> Verdict | None:
        """None where the sheet compares nothing."""
        return self.found.verdict if self.found.axis else None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One sheet in an article, as text. `warned` is what stands against comparing its cells; `files` are (what, its
    name beside the text); `prompts` are (what such rows are called, what they asked for)."""

    title: str
    judged: tuple[Judged, ...]
    rendered: tuple[tuple[str, str], ...]
    warned: tuple[Warned, ...] = ()
    picture: str = ""
    files: tuple[tuple[str, str], ...] = ()
    prompts: tuple[tuple[str, str], ...] = ()


def rendered(sheet: Sheet, cells: Sequence[Cell], base: str, words: Words) -> tuple[tuple[str, str], ...]:
    """How the pictures were made, as (what, value); what varies is given with all its values."""
    specs = [cell.spec for cell in cells]
    profile = _each(profile_of(spec) for spec in specs)
    facts = (
        (words("profile"), profile or words("none of the studio's")),
        (words("sampler"), _each(f"{spelled(spec.sampler)}, {spelled(spec.scheduler)}" for spec in specs)),
        (words("steps"), _each(str(spec.steps) for spec in specs)),
        (words("CFG"), _each(f"{spec.cfg:g}" for spec in specs)),
        (words("size"), _each(f"{spec.width} × {spec.height}" for spec in specs)),
        (words("seeds"), _each(str(spec.seed) for spec in specs)),
        (words("base model"), _each(_base(spec.base, base) for spec in specs)),
        (words("worn in every cell"), _each(_worn(sheet.spec.loras, profile, words))),
        (words("LoRA files"), _each(_epoch(epoch, digest) for epoch, digest in _worn_epochs(sheet, specs))),
    )  # fmt: skip
    return tuple((what, value) for what, value in facts if value)


def markdown(title: str, chapters: Iterable[Chapter], held: Iterable[Held], words: Words,
             pages: Mapping[str, str] | None = None) -> str:
    """The whole text. `pages` are those to look at by the number of their sheet: the journal leads to their cells."""
    lines = [f"# {plain(title)}", ""]
    for chapter in chapters:
        lines += _chapter(chapter, words)
    journal = [f"- {plain(journal_line(each, words))}{_evidence(each, words, pages or {})}" for each in held]
    if journal:
        lines += [f"## {words('Journal of verdicts')}", "", *journal, ""]
    return "\n".join(lines)


def journal_line(held: Held, words: Words) -> str:
    """"2026-03-01 ep180 (retracted 2026-03-02: one seed) -> ep120-150: no difference shown"."""
    judgement, back = held.judgement, held.retraction
    pick = judgement.pick
    if back:
        reason = words("retracted {day}: {why}", day=_day(back.time), why=back.why) if back.why else words(
            "retracted {day}", day=_day(back.time))  # fmt: skip
        pick = words("{pick} ({reason}) -> {instead}" if back.instead else "{pick} ({reason})", pick=pick,
                     reason=reason, instead=back.instead)
    return f"{_day(judgement.time)} {pick}" + (f": {judgement.text}" if judgement.text else "")


def sentence_of(each: Judged, words: Words) -> str:
    """The one sentence of a judge; where nothing is compared, how many marks there are."""
    if each.verdict is None:
        return words("{count} marks; nothing is compared.", count=len(each.marks))
    return words.sentence(each.verdict.clauses)


def hit_rows(table: HitTable, words: Words) -> tuple[tuple[str, ...], ...]:
    """The table as it is shown, heads first."""
    heads = tuple(axis_name(name, words) for name in table.heads)
    places = len(table.axes)
    rows = (tuple(label_of(axis, value, words) for axis, value in zip(table.axes, row.group, strict=True))
            + (words.word(row.trait), *row.texts[places + 1:]) for row in table.rows)
    return heads, *rows


def cell_rows(cells: Iterable[Cell], found: Sequence[Judged], words: Words) -> tuple[tuple[str, ...], ...]:
    """A row for each cell: what tells it apart, its prompt, its key, and what was said of it."""
    listed = list(cells)
    axes = tuple(dict.fromkeys(name for cell in listed for name, _ in cell.values))
    said_of = {(each.judge, mark.key, mark.trait): mark for each in found for mark in each.marks}
    columns = list(dict.fromkeys((judge, trait) for judge, _, trait in said_of))
    heads = (*(axis_name(name, words) for name in axes), *(() if "seed" in axes else (words("seed"),)),
             words("prompt"), words("key"), *(f"{words.word(trait)} ({judge})" for judge, trait in columns))
    return heads, *((*_cell_texts(cell, axes), *(mark_word(said_of.get((judge, cell.key, trait)), words)
                                                 for judge, trait in columns)) for cell in listed)


def mark_word(mark: Mark | None, words: Words) -> str:
    """What was said, in the words of its scale; empty for nothing."""
    return "" if mark is None or mark.value is None else words.word(SCALES[mark.scale].word(int(mark.value)))


def _cell_texts(cell: Cell, axes: Sequence[str]) -> tuple[str, ...]:
    seed = () if "seed" in axes else (str(cell.spec.seed),)
    return (*(str(cell.value(name)) for name in axes), *seed, cell.spec.prompt, cell.key)


def further(found: Evidence) -> Iterator[Said]:
    """What else the marks say, a sentence for each question that the sheet puts."""
    if found.verdict.plateau:
        yield found.verdict.plateau.text
    counts = found.interactions
    rolled = (*counts.classes, counts.total) if counts else ()
    for each in (*found.suppressions, *found.responses, *rolled, *found.bleeds):
        yield each.text if isinstance(each.text, Said) else said("{text}", text=each.text)


def _chapter(chapter: Chapter, words: Words) -> Iterator[str]:
    yield from (f"## {plain(chapter.title)}", "")
    if chapter.picture:
        yield from (f"![{plain(chapter.title)}](<{chapter.picture}>)", "")
    for each in chapter.judged:
        yield from (f"**{plain(sentence_of(each, words))}** ({plain(words('judged by {judge}', judge=each.judge))})",
                    "")
    if chapter.warned:
        yield from (f"### {words('What stands against a comparison')}", "")
        yield from (f"- {each.rule}: {plain(words.told(each.message))}. {plain(words.told(each.remedy))}."
                    for each in chapter.warned)
        yield ""
    for each in chapter.judged:
        yield from _figures(each, words)
    if chapter.prompts:
        yield from (f"### {words('What was asked for')}", "")
        yield from (f"- {plain(f'{name}: {prompt}' if name else prompt)}" for name, prompt in chapter.prompts)
        yield ""
    yield from (f"### {words('How it was rendered')}", "")
    yield from (*markdown_table(((words("what"), words("value")), *chapter.rendered)), "")
    for what, name in chapter.files:
        yield from (f"- [{plain(what)}](<{name}>)",)
    yield ""


def _figures(each: Judged, words: Words) -> Iterator[str]:
    for told in further(each.found):
        yield from (plain(words.told(told)), "")
    yield from (f"### {plain(words('Hits, judged by {judge}', judge=each.judge))}", "")
    yield from (*markdown_table(hit_rows(each.table, words)), "")
    if each.verdict and each.verdict.comparisons:
        reasons = each.verdict.why
        yield from (f"### {words('Why?')}", "")
        yield from (f"- {plain(words.told(reason))}" for reason in reasons[:_MOST_REASONS])
        if len(reasons) > _MOST_REASONS:
            yield f"- {words.told(said('and {count} more', count=len(reasons) - _MOST_REASONS))}"
        yield ""


def _evidence(held: Held, words: Words, pages: Mapping[str, str]) -> str:
    """A link to the first picture that a verdict rests on, where a page shows it."""
    cells = held.judgement.cells + (held.retraction.cells if held.retraction else ())
    shown = [f"{pages[sheet]}#{key}" for sheet, key in cells if sheet in pages]
    return f" ([{words('its pictures')}](<{shown[0]}>))" if shown else ""


def _worn(loras: Sequence[tuple[str, float]], profile: str, words: Words) -> Iterator[str]:
    """The LoRAs by their hashes; of the profile turbo a single one is the Turbo LoRA."""
    name = f"{words('Turbo LoRA')} (%s)" if profile == TURBO and len(loras) == 1 else "%s"
    return (f"{name % digest[:12]} × {strength:g}" for digest, strength in loras)


def _worn_epochs(sheet: Sheet, specs: Iterable[RenderSpec]) -> Iterator[tuple[int, str]]:
    """The checkpoints that some picture wears."""
    worn = {digest for spec in specs for digest, _ in spec.loras}
    return ((epoch, digest) for epoch, digest in sheet.epochs if digest in worn)


def _base(digest: str, title: str) -> str:
    return f"{title} ({digest[:12]})" if title else digest[:12]


def _epoch(epoch: int, digest: str) -> str:
    return f"{arm_name(epoch)} {digest[:12]}"


def _each(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, texts)))


def _day(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()
