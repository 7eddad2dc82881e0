import struct
import threading
import time
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from exchange_drawings import content, drawing, write
from PIL import Image, PngImagePlugin

from studio.core.dataset import ImageItem
from studio.core.provenance import Target, folder_rules
from studio.core.survey import copies
from studio.store.exchange.caption_files import CaptionFiles
from studio.store.exchange.looking import Looker, ahead
from studio.store.exchange.sources import Source, Sources
from studio.store.exchange.survey import survey
from studio.store.images import image_id


def surveyed(*paths, there=(), clips=None, **how):
    with Sources(paths, clips) as sources:
        return list(survey(sources, Looker(CaptionFiles(sources.loose), **how), there))


def test_every_picture_is_told_with_its_size_its_caption_and_what_is_known_of_it(tmp_path):
    path = write(tmp_path / "mira/a.png", 1, "mira, smile")
    [found] = surveyed(tmp_path / "mira")
    assert (found.where, found.folder, found.caption, found.caption_kind) == (str(path), "mira", "mira, smile", "text")
    assert (found.width, found.height, found.id) == (96, 128, image_id(path.read_bytes()))
    assert (found.provenance.kind, found.trouble, found.twin) == ("unknown", "", "") and found.is_tiny


def test_nothing_is_changed_by_looking(tmp_path):
    write(tmp_path / "mira/a.png", 1, "mira")
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    surveyed(tmp_path / "mira")
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_equal_files_are_twins_within_what_is_added_and_of_what_is_there(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write(tmp_path / f"{name}.png", seed)
    there = ImageItem(image_id(content(2)), tmp_path / "images/Mira/x.png", 96, 128, ("Mira",))
    assert [found.twin for found in surveyed(tmp_path, there=[there])] == [
        "", str(tmp_path / "a.png"), (tmp_path / "images/Mira/x.png").as_posix()]


def test_a_picture_that_was_saved_again_is_found_as_a_copy_and_another_one_is_not(tmp_path):
    big = drawing(1).resize((384, 512), Image.Resampling.BICUBIC)
    big.save(tmp_path / "a.png")
    big.resize((300, 400), Image.Resampling.LANCZOS).save(tmp_path / "b.jpg", quality=80)
    write(tmp_path / "c.png", 2)
    found = surveyed(tmp_path)
    assert copies(found, {}) == ((str(tmp_path / "a.png"), str(tmp_path / "b.jpg")),)


def test_damaged_pictures_are_named_with_the_reason_and_the_rest_goes_on(tmp_path):
    write(tmp_path / "a.png", 1)
    (tmp_path / "b.png").write_bytes(b"")
    (tmp_path / "c.png").write_bytes(content(3)[:200])
    (tmp_path / "d.psd").write_bytes(b"8BPS")
    write(tmp_path / "e.png", 5).with_suffix(".txt").write_bytes(b"\xff")
    found = surveyed(tmp_path)
    assert [bool(each.trouble) for each in found] == [False, True, True, True, True]
    assert "b.png is empty" in found[1].trouble and "Photoshop" in found[3].trouble and "e.txt" in found[4].trouble


def test_metadata_are_compared_with_the_base_that_is_trained(tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "1girl\nSteps: 1, Sampler: Euler, Seed: 1, Model: anima-base-v1.0")
    drawing(1).save(tmp_path / "a.png", pnginfo=info)
    assert surveyed(tmp_path, target=Target(("anima-base-v1.0",)))[0].provenance.kind == "same base"
    assert surveyed(tmp_path, target=Target(("other",)))[0].provenance.kind == "same family"


def test_metadata_behind_the_pixels_are_found(tmp_path):
    raw = content(1)
    text = b"parameters\0x\nSteps: 1, Sampler: Euler, Seed: 1, Model: anima-base-v1.0"
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    (tmp_path / "a.png").write_bytes(raw[:-12] + chunk + raw[-12:])
    assert surveyed(tmp_path)[0].provenance.model == "anima-base-v1.0"


def test_a_persons_rule_for_a_folder_comes_before_metadata(tmp_path):
    write(tmp_path / "gemini/a.png", 1)
    [found] = surveyed(tmp_path / "gemini", rules=folder_rules(["gemini=other generator"]))
    assert (found.provenance.kind, found.provenance.origin) == ("other generator", "folder")


def test_settings_in_a_text_beside_a_picture_tell_where_it_is_from(tmp_path):
    write(tmp_path / "a.png", 1, "1girl\nSteps: 1, Sampler: Euler, Seed: 1, Model: WAI-anima-01")
    [found] = surveyed(tmp_path)
    assert (found.provenance.kind, found.caption) == ("same family", None)


def test_archives_and_clips_are_looked_at_alike(tmp_path):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as file:
        file.writestr("10_mira/a.png", content(1))
        file.writestr("10_mira/a.caption", "mira")
    found = surveyed(tmp_path / "set.zip", clips={"pasted.png": content(1), "x.png": content(2)})
    assert [(each.folder, each.caption, bool(each.twin)) for each in found] == [
        ("set/10_mira", "mira", False), ("", None, True), ("", None, False)]


def test_what_was_looked_at_before_is_not_decoded_again(tmp_path):
    path = write(tmp_path / "a.png", 1)
    [first] = surveyed(path)
    marked = {first.id: replace(first, notes=("was seen.",))}
    path.with_suffix(".txt").write_text("mira")
    [again] = surveyed(path, known=marked)
    assert (again.notes, again.caption, again.likeness) == (("was seen.",), "mira", first.likeness)


def test_facts_come_one_by_one_and_whoever_stops_asking_stops_the_reading(tmp_path, monkeypatch):
    for number in range(30):
        write(tmp_path / f"{number}.png", number)
    read, content_of, before = [], Source.content, threading.active_count()
    monkeypatch.setattr(Source, "content", lambda source: read.append(source.name) or content_of(source))
    with Sources([tmp_path]) as sources:
        looks = survey(sources, Looker(CaptionFiles(())))
        assert next(looks).where.endswith("0.png")
        looks.close()
    assert 1 <= len(read) <= 4 and threading.active_count() == before


def test_results_come_in_order_though_some_are_ready_sooner():
    def work(number):
        time.sleep(0.002 * (number % 3 == 0))
        return number

    assert list(ahead(work, range(50))) == list(range(50))


def test_work_is_only_a_little_ahead_of_what_was_asked_for():
    begun = []
    looks = ahead(lambda number: begun.append(number), range(100), workers=2)
    next(looks)
    looks.close()
    assert len(begun) <= 4


def test_what_goes_wrong_in_a_thread_is_heard_of():
    def work(number):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(ahead(work, [1]))


def test_an_animation_is_looked_at_by_its_first_frame(tmp_path):
    file = BytesIO()
    drawing(1).save(file, "GIF", save_all=True, append_images=[drawing(2)])
    (tmp_path / "a.gif").write_bytes(file.getvalue())
    [found] = surveyed(tmp_path)
    assert not found.trouble and "animated" in found.notes[0]
