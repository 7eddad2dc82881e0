"""Metadata files as sd-scripts writes them, by hand."""

import json

import pytest

from studio.store.exchange.kohya import captions_of


def told(table):
    return captions_of(json.dumps(table).encode())


def test_tags_come_first_and_the_caption_behind_them():
    assert told({"a": {"tags": "1girl, mira", "caption": "She sits there, and waves."}}) == {
        "a": "1girl, mira. She sits there, and waves."}
    assert told({"a": {"caption": "1girl, mira"}, "b": {"tags": "smile"}}) == {"a": "1girl, mira", "b": "smile"}


@pytest.mark.parametrize("name", ["mira", "mira.png", "/data/set/Mira.webp", "D:\\set\\mira.jpg", "mira.jpeg"])
def test_pictures_are_named_by_any_system_with_or_without_an_ending(name):
    assert told({name: {"tags": "smile", "train_resolution": [512, 512]}}) == {"mira": "smile"}


def test_a_name_may_hold_dots():
    assert told({"mira.v2": {"tags": "smile"}, "x.y.png": {"tags": "frown"}}) == {"mira.v2": "smile", "x.y": "frown"}


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"a": 1}', b'{"a": {"x": 1}}', b"{", b"\xff{", b'{"a":' * 3000])
def test_other_files_hold_no_captions(raw):
    assert captions_of(raw) == {}
