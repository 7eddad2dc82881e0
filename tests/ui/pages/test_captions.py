from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.core.batch import Wish
from studio.core.ledger import Ledger, Trait
from ui.dialogs.batch_edit import BatchDialog
from ui.dialogs.batch_edit_list import PIXMAP
from ui.pages.captions import CaptionsPage
from ui.widgets.contamination import LINK

KEY, CONTROL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(studio) -> CaptionsPage:
    studio.session.show_page("captions")
    page = studio.window.page_widget("captions")
    studio.window.activateWindow()
    settle(studio, page)
    page.parts.composer.field.setFocus()
    return page


def settle(studio, page: CaptionsPage) -> None:
    """Until everything beside the window has been reckoned."""
    studio.finish(lambda: not page.set.is_busy and not page._reading.is_busy and not page.parts.filter_pause.isActive())


def type_in(page: CaptionsPage, text: str) -> None:
    QTest.keyClicks(page.parts.composer.field, text)


def press(page: CaptionsPage, key: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.parts.composer.field, key, modifiers)


def caption_file(folder: Path, number: int = 0) -> Path:
    return folder / "images" / "Mira" / f"{number:02}.txt"


def text_of(folder: Path, number: int = 0) -> str:
    return caption_file(folder, number).read_text("utf-8")


def bytes_of_all(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "images" / "Mira").glob("*.txt"))}


def dialog_of(studio, page: CaptionsPage) -> BatchDialog:
    studio.finish(lambda: not page.dialog.is_busy)
    return page.dialog


def test_a_tag_is_typed_completed_and_added(studio, page: CaptionsPage, project_folder: Path) -> None:
    type_in(page, "looking at v")
    assert page.parts.composer.field.suggestions[0] == "looking at viewer"
    press(page, KEY.Key_Tab)
    assert page.parts.composer.field.text() == "looking at viewer"
    assert page.parts.composer.field.hasFocus()
    press(page, KEY.Key_Return)
    assert text_of(project_folder) == "1girl, miravelo, smile, portrait, front view, number 0, looking at viewer"
    assert studio.session.desk.undo_text == "Add “looking at viewer” in 00.png"


def test_the_sets_own_tags_come_first(page: CaptionsPage) -> None:
    type_in(page, "front")
    first = page.suggestions("front")[0]
    assert (first.tag, first.count, first.own) == ("front view", 6, True)


def test_typing_goes_on_with_the_next_picture(studio, page: CaptionsPage, project_folder: Path) -> None:
    type_in(page, "hat")
    press(page, KEY.Key_Return)
    press(page, KEY.Key_Down, CONTROL)
    assert page.record.image.path.name == "01.png"
    assert page.parts.composer.field.hasFocus()
    type_in(page, "scarf,")
    assert text_of(project_folder, 0).endswith(", hat") and text_of(project_folder, 1).endswith(", scarf")
    press(page, KEY.Key_Up, CONTROL)
    assert page.record.image.path.name == "00.png"
    assert studio.session.current == page.record


def test_backspace_in_the_empty_field_takes_the_last_chip(page: CaptionsPage, project_folder: Path) -> None:
    last = page.parts.composer.flow.tags[-1]
    press(page, KEY.Key_Backspace)
    assert last not in text_of(project_folder)
    assert last not in page.parts.composer.flow.tags


def test_undo_in_the_empty_field_takes_back_the_caption_and_not_letters(studio, page: CaptionsPage,
                                                                        project_folder: Path) -> None:
    before = text_of(project_folder)
    type_in(page, "hat")
    press(page, KEY.Key_Return)
    QTest.keyClick(page.parts.composer.field, KEY.Key_Z, CONTROL)
    assert text_of(project_folder) == before
    assert "hat" not in page.parts.composer.flow.tags


@pytest.mark.parametrize("in_groups", [True, False])
def test_a_chip_is_dragged_in_front_of_another(studio, page: CaptionsPage, project_folder: Path,
                                               in_groups: bool) -> None:
    studio.actions["captions.groups"].setChecked(in_groups)
    page.arrange()
    flow = page.parts.composer.flow
    chip, target = flow.chip("number 0"), flow.chip("smile")
    QTest.mousePress(chip, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    QTest.mouseMove(chip, QPoint(40, 12))
    goal = chip.mapFromGlobal(target.mapToGlobal(QPoint(2, 12)))
    QTest.mouseMove(chip, goal)
    QTest.mouseRelease(chip, Qt.MouseButton.LeftButton, pos=goal)
    assert text_of(project_folder) == "1girl, miravelo, number 0, smile, portrait, front view"


def test_chips_move_and_go_by_keys(studio, page: CaptionsPage, project_folder: Path) -> None:
    studio.actions["captions.groups"].trigger()
    press(page, KEY.Key_Left)
    flow = page.parts.composer.flow
    assert flow.chip("number 0").hasFocus()
    QTest.keyClick(flow.chip("number 0"), KEY.Key_Left, ALT)
    assert text_of(project_folder) == "1girl, miravelo, smile, portrait, number 0, front view"
    assert flow.chip("number 0").hasFocus()
    QTest.keyClick(flow.chip("number 0"), KEY.Key_Delete)
    assert text_of(project_folder) == "1girl, miravelo, smile, portrait, front view"
    assert flow.chip("front view").hasFocus()


def test_the_cross_takes_a_chip_away_and_the_trigger_has_none(page: CaptionsPage, project_folder: Path) -> None:
    flow = page.parts.composer.flow
    for tag in ("smile", "miravelo"):
        chip = flow.chip(tag)
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, chip.height() // 2))
    assert text_of(project_folder) == "1girl, miravelo, portrait, front view, number 0"


def test_sentences_are_written_when_the_picture_changes(page: CaptionsPage, project_folder: Path) -> None:
    page.parts.composer.sentences.setFocus()
    before = text_of(project_folder)
    QTest.keyClicks(page.parts.composer.sentences, "She waves, and smiles at us.")
    page.step(1)
    assert text_of(project_folder) == f"{before}. She waves, and smiles at us."
    assert page.parts.composer.sentences.toPlainText() == ""
    assert "She waves" not in text_of(project_folder, 1)


def test_the_preview_is_what_the_file_holds_and_tokens_are_counted_without_torch(studio, page: CaptionsPage,
                                                                                 project_folder: Path) -> None:
    composer = page.parts.composer
    assert composer.preview.text() == text_of(project_folder)
    studio.finish(lambda: composer.tokens.text().startswith("Qwen "))
    assert "T5" in composer.tokens.text()


def test_without_a_base_the_preview_says_why_no_token_is_counted(studio, page: CaptionsPage) -> None:
    import dataclasses

    studio.session.save_project(dataclasses.replace(studio.session.project, base=""))
    settle(studio, page)
    studio.finish(lambda: "base model" in page.parts.composer.tokens.text())


def test_the_shuffle_shows_orders_in_which_the_trigger_stays(page: CaptionsPage) -> None:
    composer = page.parts.composer
    QTest.mouseClick(composer.shuffle, Qt.MouseButton.LeftButton)
    orders = [line.split("  ", 1)[1] for line in composer._orders.text().splitlines()]
    assert len(set(orders)) > 1
    assert all(each.startswith("1girl, miravelo, ") for each in orders)


def test_a_quality_profile_is_chosen(page: CaptionsPage, project_folder: Path) -> None:
    box = page.parts.composer.quality
    box.setCurrentIndex(box.findData("newest"))
    box.activated.emit(box.currentIndex())
    assert text_of(project_folder).startswith("newest, safe, 1girl, miravelo, ")
    assert box.currentData() == "newest"


def test_a_click_on_a_tag_of_the_set_filters_and_a_second_shows_all(studio, page: CaptionsPage) -> None:
    tree, model = page.parts.tags.tree, page.parts.tags.model
    index = model.index_of("number 3")
    tree.scrollTo(index)
    for shown in (["03.png"], [f"{number:02}.png" for number in range(6)]):
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())
        assert [each.image.path.name for each in page.shown] == shown
    assert (index.siblingAtColumn(1).data(), index.siblingAtColumn(2).data()) == ("1", "17%")


def test_a_bad_filter_line_says_what_is_wrong_and_keeps_the_list(page: CaptionsPage) -> None:
    page.filter("(tag:smile")
    assert "bracket" in page.parts._wrong.text() and page.parts._wrong.isVisible()
    assert len(page.shown) == 6
    page.filter("")
    assert not page.parts._wrong.isVisible()


def test_batch_shows_each_picture_and_completes_tags_but_no_plain_text(studio, page: CaptionsPage) -> None:
    studio.actions["captions.batch"].trigger()
    dialog = dialog_of(studio, page)
    dialog.form.choose("remove")
    QTest.keyClicks(dialog.form.tags, "hat, smi")
    assert dialog.form.tags.suggestions[0] == "smile"
    QTest.keyClick(dialog.form.tags, KEY.Key_Tab)
    assert dialog.form.tags.text() == "hat, smile" and dialog.isVisible()
    changes = dialog_of(studio, page).list.changes
    studio.finish(lambda: changes.rowCount() and changes.index(0).data(PIXMAP) is not None)
    dialog.form.choose("replace")
    dialog.form.tags.clear()
    QTest.keyClicks(dialog.form.tags, "smi")
    assert dialog.form.tags.suggestions == ()


def test_batch_replaces_after_a_look_and_undo_returns_the_bytes(studio, page: CaptionsPage,
                                                                project_folder: Path) -> None:
    before = bytes_of_all(project_folder)
    studio.actions["captions.batch"].trigger()
    dialog = dialog_of(studio, page)
    dialog.form.choose("replace")
    QTest.keyClicks(dialog.form.tags, "number")
    QTest.keyClicks(dialog.form.new, "no.")
    dialog = dialog_of(studio, page)
    assert len(dialog.list.changes.previews) == 6
    dialog.list.setCurrentIndex(dialog.list.changes.index(2))
    QTest.keyClick(dialog.list, KEY.Key_Space)
    QTest.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    assert "no. 0" in text_of(project_folder, 0) and "number 2" in text_of(project_folder, 2)
    assert bytes_of_all(project_folder).keys() == before.keys()
    assert studio.session.desk.undo_text == "“number” replaced by “no.” in 5 captions"
    studio.session.undo()
    assert bytes_of_all(project_folder) == before


def test_a_bad_expression_is_told_in_the_dialog(studio, page: CaptionsPage) -> None:
    page.edit_many(Wish("replace", "(", pattern=True))
    dialog = dialog_of(studio, page)
    assert "cannot be used to replace" in dialog.error.text
    assert not dialog._go.isEnabled()
    dialog.reject()


def test_what_is_not_typed_yet_is_no_error(studio, page: CaptionsPage) -> None:
    page.edit_many()
    dialog = dialog_of(studio, page)
    assert dialog.error.text == ""
    assert dialog._found.text() == "Write one, or several with commas between them."
    dialog.reject()


def test_the_ledger_drives_the_composer(studio, page: CaptionsPage, project_folder: Path) -> None:
    page.parts.bins.put("smile", "absorb")
    assert studio.session.ledger("Mira") == Ledger("Mira", (Trait("smile", "absorb"),))
    assert page.parts.composer.flow.chip("smile").face.flaw == "The trigger absorbs this tag: leave it out."
    assert page.parts.bins._rest.text() == "Still said on 6 pictures: take out …"
    QTest.mouseClick(page.parts.bins._rest, Qt.MouseButton.LeftButton)
    dialog = dialog_of(studio, page)
    QTest.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    assert not any("smile" in text_of(project_folder, number) for number in range(6))
    settle(studio, page)
    assert not page.parts.bins._rest.isVisible()


def test_a_caption_is_composed_as_the_ledger_says(studio, page: CaptionsPage, project_folder: Path) -> None:
    caption_file(project_folder).write_text("smile, blue eyes, portrait", "utf-8")
    studio.session.rescan()
    studio.session.write_ledger(Ledger("Mira", (Trait("blue eyes", "absorb"),)))
    settle(studio, page)
    studio.actions["captions.ledger"].trigger()
    dialog = dialog_of(studio, page)
    QTest.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    assert text_of(project_folder) == "masterpiece, best quality, score_7, safe, 1girl, miravelo, smile, portrait"


def test_a_restart_keeps_undo(studio, page: CaptionsPage, project_folder: Path) -> None:
    before = text_of(project_folder)
    type_in(page, "hat")
    press(page, KEY.Key_Return)
    studio.session.close()
    studio.open(project_folder)
    assert studio.session.desk.undo_text == "Add “hat” in 00.png"
    studio.actions["edit.undo"].trigger()
    assert text_of(project_folder) == before
    studio.actions["edit.redo"].trigger()
    assert text_of(project_folder) == before + ", hat"


def test_what_another_program_writes_is_noticed_and_merged(studio, page: CaptionsPage, project_folder: Path) -> None:
    told = []
    studio.session.noticed.connect(told.append)
    with caption_file(project_folder).open("a", encoding="utf-8") as file:
        file.write(", hat")
    studio.finish(lambda: "hat" in page.parts.composer.flow.tags)
    assert told[0].text == "Another program changed a caption; it is shown as it is now."
    type_in(page, "scarf")
    press(page, KEY.Key_Return)
    assert text_of(project_folder).endswith(", hat, scarf")


def test_a_file_in_another_picture_is_noticed_when_the_window_comes_back(studio, page: CaptionsPage,
                                                                         project_folder: Path) -> None:
    caption_file(project_folder, 4).write_text("1girl, miravelo, hat", "utf-8")
    page.watch._state_changed(Qt.ApplicationState.ApplicationActive)
    studio.finish(lambda: page.parts.strip.film.records[4].tags[-1] == "hat")


def test_a_picture_without_a_caption_is_gone_to(studio, page: CaptionsPage, project_folder: Path) -> None:
    caption_file(project_folder, 4).unlink()
    studio.session.rescan()
    studio.actions["captions.bare"].trigger()
    assert page.record.image.path.name == "04.png"
    type_in(page, "1girl,miravelo,hat,")
    assert text_of(project_folder, 4).strip() == "1girl, miravelo, hat"


def test_the_contamination_explorer_lists_pictures_and_renames(studio, page: CaptionsPage,
                                                               project_folder: Path) -> None:
    for number in (0, 1):
        caption_file(project_folder, number).write_text("1girl, miravelo, smile, sitting", "utf-8")
    for number in (2, 3):
        caption_file(project_folder, number).write_text("1girl, miravelo, hat, standing", "utf-8")
    studio.session.rescan()
    studio.actions["captions.contamination"].trigger()
    explorer = page.parts.explorer
    explorer.label.setCurrentIndex(explorer.label.findData("pose"))
    explorer.label.activated.emit(explorer.label.currentIndex())
    settle(studio, page)
    cell = explorer.model.index(explorer.model.tags.index("smile"), explorer.model.words.index("sitting"))
    link = cell.data(LINK)
    assert (link.together, link.carriers, link.share, link.lift) == (2, 2, 1.0, 2.0)
    QTest.mouseClick(explorer.table.viewport(), Qt.MouseButton.LeftButton, pos=explorer.table.visualRect(cell).center())
    assert [each.image.path.name for each in page.shown] == ["00.png", "01.png"]
    explorer.edit_requested.emit("split", link)
    dialog = dialog_of(studio, page)
    QTest.keyClicks(dialog.form.new, "grin")
    dialog = dialog_of(studio, page)
    QTest.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    assert [("grin" in text_of(project_folder, number), "smile" in text_of(project_folder, number))
            for number in (0, 1, 4)] == [(True, False), (True, False), (False, True)]


def test_lint_badges_stand_at_the_pictures(studio, page: CaptionsPage, project_folder: Path) -> None:
    caption_file(project_folder, 1).write_text("1girl, smile, Blue_Eyes", "utf-8")
    studio.session.rescan()
    settle(studio, page)
    wrong = page.shown[1].id
    assert {"C01", "C10"} <= set(page.set.found.own[wrong]) and page.set.found.gravest[wrong] == "error"
    page.filter("lint:C01")
    assert [each.image.path.name for each in page.shown] == ["01.png"]


def test_what_a_tagger_put_in_is_dashed(studio, page: CaptionsPage) -> None:
    from studio.core.tag_edits import Preview

    record = page.record
    studio.session.edit(lambda desk: desk.write(
        "Tag", [Preview(record.image, record.caption, record.caption + ", hat")], by="tagger"))
    chips = {tag: page.parts.composer.flow.chip(tag).face.origin for tag in ("hat", "smile")}
    assert chips == {"hat": "tagger", "smile": "hand"}
    assert "seen by a tagger" in page.parts.composer.flow.chip("hat").accessibleName()


def test_pictures_chosen_elsewhere_are_chosen_here(studio, page: CaptionsPage) -> None:
    ids = [each.id for each in page.shown]
    studio.session.select(ids[1:4])
    assert [each.id for each in page.parts.strip.chosen] == ids[1:4]
    assert page.record.id == ids[3]


def test_an_empty_project_says_what_belongs_here(app, tmp_path: Path) -> None:
    from studio.store import workspace

    with workspace.create(tmp_path / "empty", "Empty"):
        pass
    app.open(tmp_path / "empty")
    app.session.show_page("captions")
    page = app.window.page_widget("captions")
    assert page.parts._work.currentIndex() == 1


def test_ten_thousand_captions_are_previewed_row_by_row(studio, page: CaptionsPage) -> None:
    import dataclasses

    from ui.dialogs.batch_edit import Scope

    record = page.record
    many = tuple(dataclasses.replace(record, image=dataclasses.replace(record.image, path=Path(f"images/Mira/{n}.png")))
                 for n in range(10_000))
    wish, cast = Wish("remove", "smile"), page.set.cast(lambda tag: "")
    dialog = BatchDialog(studio.session, page, [Scope("All", many)], cast, wish)
    dialog.show()
    studio.finish(lambda: not dialog.is_busy)
    assert dialog.list.changes.rowCount() == 10_000
    dialog.list.scrollToBottom()
    dialog.grab()
    dialog.reject()


