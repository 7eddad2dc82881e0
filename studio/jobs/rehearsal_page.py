"""The page that a rehearsal leaves: every line has a figure, or says why it has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from studio.core.events import Facts

NAME = "report.md"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was to be measured: its figure, or `why` there is none. `picture` is a file beside the page."""

    what: str
    figure: str = ""
    why: str = ""
    picture: str = ""

    @property
    def told(self) -> str:
        return self.figure or f"not measured: {self.why}"


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


def filled(title: str, names: Sequence[str], found: Mapping[str, Line], why: str) -> Section:
    """All lines of a section by name; those that were not found carry the reason."""
    return Section(title, tuple(found.get(name) or Line(name, why=why) for name in names))


def markdown(title: str, sections: Iterable[Section]) -> str:
    """The page, its pictures below the tables they belong to."""
    return "\n".join([f"# Rehearsal: {_cell(title)}", "", *(line for each in sections for line in _section(each))])


def facts_of(sections: Iterable[Section]) -> Facts:
    """The page as plain values."""
    return {"page": [asdict(section) for section in sections]}


def lines_of(facts: Facts) -> Iterator[str]:
    """The page for a terminal, from its plain values."""
    for section in facts["page"]:
        yield section["title"]
        lines = [Line(**line) for line in section["lines"]]
        width = max(len(line.what) for line in lines)
        yield from (f"  {line.what.ljust(width)}  {line.told}" for line in lines)
    yield f"Page: {facts['path']}"


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {section.title}", "", "| | |", "| --- | --- |")
    yield from (f"| {_cell(line.what)} | {_cell(line.told)} |" for line in section.lines)
    yield ""
    for line in section.lines:
        if line.picture:
            yield from (f"![{line.what}]({line.picture})", "")


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")
