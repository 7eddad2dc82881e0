import pytest

from studio.core.errors import UserError
from studio.core.project import Character, with_character
from studio.store.workspace import create, open_project, read_project


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "mira"
    create(folder, "Mira's book", "practice").close()
    return folder


def test_a_new_project_is_opened_again_as_it_was_made(project):
    with open_project(project) as place:
        assert (place.project.name, place.project.base, place.project.characters) == ("Mira's book", "practice", ())
        assert place.repairs == ()
        assert place.is_owner
    assert not place.is_owner


def test_what_is_saved_is_read_by_others(project):
    with open_project(project) as place:
        place.save(with_character(place.project, Character(name='Mira "M" \\ ミラ', trigger="mirasol", repeats=3)))
        assert read_project(project).project == place.project


def test_looking_at_a_project_takes_no_lock_and_writes_nothing(project):
    with open_project(project):
        (project / "images" / "a.png.part").write_bytes(b"being written")
        assert not read_project(project).is_owner
    assert (project / "images" / "a.png.part").exists()


def test_a_project_is_not_made_over_another_one_nor_over_other_files(project, tmp_path):
    with pytest.raises(UserError, match="is a project already"):
        create(project, "again")
    with pytest.raises(UserError, match="is not empty"):
        create(tmp_path, "around it")
    with pytest.raises(UserError, match="is a file"):
        create(project / "project.toml", "inside")


def test_a_creation_that_was_cut_short_can_be_repeated(tmp_path):
    (tmp_path / "project.toml.part").write_text("name = ")
    (tmp_path / "project.lock").write_text("1")
    create(tmp_path, "Mira").close()
    assert not (tmp_path / "project.toml.part").exists()


def test_a_project_without_a_name_is_refused(tmp_path):
    with pytest.raises(UserError, match="needs a name"):
        create(tmp_path / "mira", "  ")


def test_a_folder_that_is_no_project_is_refused_and_left_alone(tmp_path):
    with pytest.raises(UserError, match="is not a project"):
        open_project(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_project_file_is_named_and_does_not_keep_the_lock(project):
    text = (project / "project.toml").read_text()
    (project / "project.toml").write_text("name = ")
    with pytest.raises(UserError, match=r"project\.toml"):
        open_project(project)
    (project / "project.toml").write_text(text)
    with open_project(project) as place:
        assert place.is_owner


def test_opening_removes_what_was_not_finished_and_cuts_torn_lines(project):
    run = project / "runs" / "0001-mira-ab3f"
    unfinished = project / "runs" / "0002-mira-cd12.part"
    for folder in (run / "checkpoints", unfinished):
        folder.mkdir(parents=True)
    (run / "checkpoints" / "e001.safetensors.part").write_bytes(b"half")
    (run / "checkpoints" / "e000.safetensors").write_bytes(b"whole")
    (unfinished / "recipe.toml").write_text("")
    (run / "journal.jsonl").write_bytes(b'{"event":"note","text":"a"}\n{"event":"no')
    with open_project(project) as place:
        assert sorted(place.repairs) == [
            "cut the unfinished last line of runs/0001-mira-ab3f/journal.jsonl",
            "removed the unfinished runs/0001-mira-ab3f/checkpoints/e001.safetensors.part",
            "removed the unfinished runs/0002-mira-cd12.part",
        ]
    assert (run / "journal.jsonl").read_bytes() == b'{"event":"note","text":"a"}\n'
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["e000.safetensors"]
    assert not unfinished.exists()


def test_opening_sweeps_the_cache_too_and_makes_none(project):
    open_project(project).close()
    assert not (project / "cache").exists()
    kept, unfinished = (project / "cache" / "latents" / name for name in ("ab.safetensors", "cd.safetensors.part"))
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"whole")
    unfinished.write_bytes(b"half")
    with open_project(project) as place:
        assert place.repairs == ("removed the unfinished cache/latents/cd.safetensors.part",)
    assert kept.exists() and not unfinished.exists()


def test_a_job_that_opens_the_project_of_its_own_window_heals_nothing(project):
    with open_project(project):
        growing = project / "images" / "a.png.part"
        growing.write_bytes(b"being written")
        with open_project(project) as place:
            assert place.is_owner and place.repairs == ()
        assert growing.exists()


def test_healing_does_not_follow_links_out_of_the_project(project, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "download.part").write_bytes(b"someone else's")
    (project / "images" / "link").symlink_to(outside, target_is_directory=True)
    open_project(project).close()
    assert (outside / "download.part").exists()
