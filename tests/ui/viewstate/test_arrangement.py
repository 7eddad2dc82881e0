"""Filtering, sorting and grouping, as the gallery shows it."""

from pathlib import Path

from studio.core.dataset import ImageItem
from studio.core.labels import Label, Labels
from studio.core.record import Record
from ui.viewstate.arrangement import arranged


def record(name: str, side: int = 10, stars: int = 0, framing: str = "") -> Record:
    image = ImageItem(name, Path(f"images/Mira/{name}.png"), side, side, ("Mira",))
    return Record(image, Labels(framing=Label(framing) if framing else None), stars=stars)


def names(records: list[Record], sort: str = "name", group: str = "none", rules=None) -> list[str]:
    return [each.id for each in arranged(records, lambda _: True, sort, group, rules or {}).records]


def test_names_are_sorted_as_people_count() -> None:
    assert names([record("10"), record("9"), record("1")]) == ["1", "9", "10"]


def test_each_sort_puts_first_what_it_is_named_after() -> None:
    records = [record("a", 30, 1), record("b", 20, 5), record("c", 10)]
    assert names(records, "stars") == ["b", "a", "c"]
    assert names(records, "size") == ["c", "b", "a"]
    assert names(records, "findings", rules={"c": ("C01", "C03"), "a": ("C01",)}) == ["c", "a", "b"]


def test_groups_stand_in_the_order_of_the_label_and_the_unknown_comes_last() -> None:
    made = arranged([record("a"), record("b", framing="full body"), record("c", framing="portrait"), record("d")],
                    lambda _: True, "name", "framing", {})
    assert [(each.title.split("  ")[0], each.start, each.count) for each in made.sections] == [
        ("portrait", 0, 1), ("full body", 1, 1), ("unknown", 2, 2)]
    assert [each.id for each in made.records] == ["c", "b", "a", "d"]


def test_what_a_filter_leaves_out_is_counted_but_not_shown() -> None:
    made = arranged([record("a", stars=2), record("b")], lambda each: each.stars > 0, "name", "none", {})
    assert (len(made.records), made.total) == (1, 2)
