from studio.jobs.rehearsal_page import Line, Section, facts_of, filled, lines_of, markdown

PAGE = (Section("Load", (Line("load", "0.4 s"), Line("peak memory", why="nobody tells"))),
        Section("Draw", (Line("a | b", "1\n2", picture="p.png"),)))  # fmt: skip


def test_a_line_that_was_not_found_carries_the_reason():
    section = filled("Load", ("load", "peak"), {"load": Line("load", "0.4 s")}, "it was stopped")
    assert section == Section("Load", (Line("load", "0.4 s"), Line("peak", why="it was stopped")))


def test_the_page_is_a_table_for_each_section_with_its_pictures_below():
    text = markdown("practice", PAGE)
    assert text.startswith("# Rehearsal: practice\n")
    assert "| peak memory | not measured: nobody tells |" in text
    assert "| a \\| b | 1 2 |\n\n![a | b](p.png)" in text


def test_the_page_is_told_in_aligned_lines():
    facts = {"path": "out/report.md", **facts_of(PAGE)}
    assert list(lines_of(facts))[:3] == ["Load", "  load         0.4 s", "  peak memory  not measured: nobody tells"]
    assert list(lines_of(facts))[-1] == "Page: out/report.md"
