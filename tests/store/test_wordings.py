import pytest

from studio.core.errors import UserError
from studio.core.formats import Wording
from studio.store.workspace import create
from studio.store.wordings import read_wording, wording_path, write_wording


def test_a_characters_words_and_formats_are_kept_with_the_project(tmp_path):
    with create(tmp_path / "project", "Tiny") as place:
        assert read_wording(place, "Mira") == Wording("Mira")
        wording = Wording("Mira", (("nl", "She smiles."),), (("K", "1girl, {trigger}"),))
        write_wording(place, wording)
        assert read_wording(place, "Mira") == wording


def test_a_mistake_names_the_file(tmp_path):
    with create(tmp_path / "project", "Tiny") as place:
        path = write_wording(place, Wording("Mira"))
        path.write_text("wrods = 1")
        with pytest.raises(UserError, match="Mira.toml"):
            read_wording(place, "Mira")
        assert path == wording_path(place, "Mira")
