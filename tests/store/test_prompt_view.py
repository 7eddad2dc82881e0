"""Prompts read with tokenizer files."""

import pytest
import tiny
from tokenizers import Tokenizer as Backend
from tokenizers import pre_tokenizers
from tokenizers.models import Unigram

from studio.store.prompt_view import read_prompt, unknown_pieces
from studio.store.tokenizers import Tokenizer


@pytest.fixture(scope="module")
def qwen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("qwen")
    tiny.write_qwen_tokenizer(folder)
    return Tokenizer.from_folder(folder)


@pytest.fixture(scope="module")
def t5(tmp_path_factory):
    """A T5 tokenizer that knows Latin letters and no bytes: what else there is, it does not know."""
    letters = [(token, 0.0) for token in ("<pad>", "</s>", "<unk>", "▁", *"abcdefghijklmnopqrstuvwxyz,")]
    backend = Backend(Unigram(letters, unk_id=2))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    backend.add_special_tokens(["<pad>", "</s>", "<unk>"])
    folder = tmp_path_factory.mktemp("t5")
    backend.save(str(folder / "tokenizer.json"))
    return Tokenizer.from_folder(folder)


def test_the_counts_are_those_of_the_tokenizers(qwen, t5):
    seen = read_prompt("red hair, (blue:1.3)", qwen, t5)
    for each in seen.segments:
        assert each.qwen == len(qwen.encode(each.segment.text)) > 0
        assert each.t5 == len(t5.encode(each.segment.text)) > 0
    assert seen.t5 == sum(each.t5 for each in seen.segments) + 1
    assert seen.unknown == () and seen.notes == ()


def test_what_t5_has_no_token_for_is_named(qwen, t5):
    assert unknown_pieces(t5, "red 青い hair") == ("青い",)
    seen = read_prompt("red, (青い:1.2)", qwen, t5)
    assert seen.unknown == ("青い",) and "no token for 青い" in seen.notes[0]


def test_a_tokenizer_that_falls_back_to_bytes_knows_everything(tmp_path):
    tiny.write_t5_tokenizer(tmp_path)
    assert unknown_pieces(Tokenizer.from_folder(tmp_path), "青い") == ()


def test_the_released_t5_knows_no_japanese_and_the_released_qwen_does(real_tokenizers):
    qwen, t5 = (Tokenizer.from_folder(real_tokenizers / name) for name in ("qwen2", "t5"))
    seen = read_prompt("1girl, 青い髪, (red eyes:1.3)", qwen, t5)
    assert seen.unknown and set("".join(seen.unknown)) <= set("青い髪")
    assert [each.segment.text for each in seen.segments] == ["1girl, 青い髪, ", "red eyes"]
    assert seen.segments[1].qwen == 2 and unknown_pieces(qwen, "青い髪") == ()
