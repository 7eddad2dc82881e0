"""One registry for all that can be done."""

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from ui.actions import Actions, keys_of


@pytest.fixture
def actions(application: QApplication) -> Actions:
    made = Actions()
    window = QWidget()
    made.attach(window)
    made.window = window  # so that it lives as long
    return made


def add(actions: Actions, id: str, done: list[str], **more: object) -> None:
    words = {"icon": "star", "key": "Ctrl+T", "tip": "Gives a star.", "group": "Picture"} | more
    actions.add(id, id.title(), lambda: done.append(id), **words)


def test_an_action_tells_its_key_and_what_it_does(actions: Actions) -> None:
    add(actions, "star", [])
    assert actions["star"].toolTip() == "Star  (Ctrl+T)\nGives a star."
    assert not actions["star"].icon().isNull()


def test_an_action_that_is_off_says_why_and_does_nothing(actions: Actions) -> None:
    done = []
    add(actions, "star", done)
    actions.disable("star", "Nothing is selected.")
    actions["star"].trigger()
    assert done == [] and actions["star"].toolTip().endswith("Nothing is selected.")
    actions.enable("star")
    actions["star"].trigger()
    assert done == ["star"] and "Nothing" not in actions["star"].toolTip()


def test_an_action_is_called_without_arguments_also_where_it_can_be_checked(actions: Actions) -> None:
    done = []
    add(actions, "sides", done, checkable=True)
    actions["sides"].trigger()
    assert done == ["sides"] and actions["sides"].isChecked()


def test_one_action_may_have_several_keys(actions: Actions) -> None:
    add(actions, "redo", [], key="Ctrl+Shift+Z; Ctrl+Y")
    assert keys_of(actions["redo"]) == "Ctrl+Shift+Z, Ctrl+Y"


def test_two_actions_cannot_be_called_the_same(actions: Actions) -> None:
    add(actions, "star", [])
    with pytest.raises(ValueError, match="star"):
        add(actions, "star", [])


def test_actions_of_a_page_go_with_it(actions: Actions) -> None:
    page = QWidget()
    part = QWidget(page)
    add(actions, "here", [], within=page)
    add(actions, "deeper", [], within=part)
    add(actions, "everywhere", [])
    actions.drop(page)
    assert [id for id in ("here", "deeper", "everywhere") if id in actions] == ["everywhere"]


def test_groups_keep_the_order_in_which_they_came(actions: Actions) -> None:
    for id, group in (("a", "One"), ("b", "Two"), ("c", "One")):
        add(actions, id, [], group=group)
    assert {name: [each.objectName() for each in members] for name, members in actions.groups.items()} == {
        "One": ["a", "c"], "Two": ["b"]}
