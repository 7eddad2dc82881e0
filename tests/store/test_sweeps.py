import pytest

from studio.core.axes import axis_of
from studio.core.errors import UserError
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.store.sweeps import (
    adopt_cell,
    create_sheet,
    find_sheet,
    read_sheet,
    read_sheet_state,
    rendered_keys,
    sheets_of,
)
from studio.store.workspace import create

SHEET = Sheet(title="Epochs", rows=(axis_of("seed", "1, 2, 3"),), columns=(axis_of("cfg", "1, 4"),),
              spec=RenderSpec(prompt="{trigger}, smile"), words=(("trigger", "mirasol"),), epochs=((1, "a" * 64),))


@pytest.fixture
def place(tmp_path):
    with create(tmp_path / "project", "Book") as place:
        yield place


def test_a_sheet_is_frozen_and_read_again(place):
    sheet = create_sheet(place, SHEET)
    assert sheet.folder == place.sheets / "0001"
    assert read_sheet(sheet) == SHEET
    assert read_sheet(sheet).expand() == SHEET.expand()
    assert read_sheet_state(sheet).status == "planned"


def test_a_sheet_is_found_by_number_and_as_the_latest(place):
    first, second = create_sheet(place, SHEET), create_sheet(place, SHEET)
    assert sheets_of(place) == (first, second)
    assert (find_sheet(place, "1"), find_sheet(place, "latest")) == (first, second)
    with pytest.raises(UserError, match="no sheet '9'"):
        find_sheet(place, "9")


def test_a_cell_is_called_by_its_key(place):
    sheet, key = create_sheet(place, SHEET), SHEET.expand()[0].key
    assert sheet.relative(sheet.cell(key)) == f"cells/{key}.png"


def test_a_cell_that_another_sheet_holds_is_not_rendered_again(place):
    first, second, key = create_sheet(place, SHEET), create_sheet(place, SHEET), SHEET.expand()[0].key
    assert adopt_cell(place, second, key) is None
    first.cell(key).write_bytes(b"a picture")
    assert adopt_cell(place, second, key) == second.cell(key)
    assert second.cell(key).read_bytes() == b"a picture"
    assert adopt_cell(place, second, key) == second.cell(key)


def test_a_shared_cell_outlives_the_sheet_it_came_from(place):
    first, second, key = create_sheet(place, SHEET), create_sheet(place, SHEET), SHEET.expand()[0].key
    first.cell(key).write_bytes(b"a picture")
    adopt_cell(place, second, key)
    first.cell(key).unlink()
    assert second.cell(key).read_bytes() == b"a picture"


def test_the_pictures_of_all_sheets_are_known_by_their_keys(place):
    first, second = create_sheet(place, SHEET), create_sheet(place, SHEET)
    first.cell("ab").write_bytes(b"a picture")
    second.cell("cd").write_bytes(b"a picture")
    assert rendered_keys(place) == {"ab", "cd"}
