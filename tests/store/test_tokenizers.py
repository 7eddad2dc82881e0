import json

import pytest
from tiny import write_qwen_tokenizer, write_t5_tokenizer

from studio.core.errors import UserError
from studio.store.tokenizers import Tokenizer

TEXTS = (
    "",
    "a, b",
    "masterpiece, best quality, score_7, 1girl, (blue hair:1.2)",
    "  x  y   z ",
    "line\nbreak\tand tab",
    "日本語 cafe\u0301 naïve ﬁ ①",
    "it's WE'LL 12345 ___ --",
    "<|im_start|>hi<|endoftext|> </s> <extra_id_0>",
    "🎀 ribbon",
    "   ",
)


@pytest.fixture
def qwen_folder(tmp_path):
    write_qwen_tokenizer(tmp_path / "qwen2")
    return tmp_path / "qwen2"


@pytest.fixture
def t5_folder(tmp_path):
    write_t5_tokenizer(tmp_path / "t5")
    return tmp_path / "t5"


def test_a_qwen_folder_gives_ids_without_special_tokens(qwen_folder):
    tokens = Tokenizer.from_folder(qwen_folder)
    assert tokens.encode("") == []
    assert tokens.pad_id == tokens.eos_id == tokens.size - 1
    assert tokens.pad_id not in tokens.encode("1girl, blue hair")
    assert tokens.backend.decode(tokens.encode("blue hair, 日本")) == "blue hair, 日本"


def test_a_t5_folder_gives_ids_without_the_end_token(t5_folder):
    tokens = Tokenizer.from_folder(t5_folder)
    assert (tokens.pad_id, tokens.eos_id) == (0, 1)
    assert tokens.encode("") == []
    assert tokens.eos_id not in tokens.encode("1girl, blue hair")


def test_a_character_outside_the_vocabulary_becomes_its_bytes(t5_folder):
    tokens = Tokenizer.from_folder(t5_folder)
    assert [tokens.backend.id_to_token(token) for token in tokens.encode("日")][1:] == ["<0xE6>", "<0x97>", "<0xA5>"]


def test_composed_and_decomposed_letters_are_the_same_word(qwen_folder):
    tokens = Tokenizer.from_folder(qwen_folder)
    assert tokens.encode("caf\u00e9") == tokens.encode("cafe\u0301")


def test_the_pad_token_comes_from_the_config(t5_folder):
    config = t5_folder / "tokenizer_config.json"
    config.write_text(json.dumps({"pad_token": {"content": "<unk>"}}))
    assert Tokenizer.from_folder(t5_folder).pad_id == 2


def test_without_a_config_the_usual_special_tokens_are_used(t5_folder):
    (t5_folder / "tokenizer_config.json").unlink()
    tokens = Tokenizer.from_folder(t5_folder)
    assert (tokens.pad_id, tokens.eos_id) == (0, 1)


def test_truncation_saved_in_a_tokenizer_file_is_not_obeyed(t5_folder):
    tokens = Tokenizer.from_folder(t5_folder)
    tokens.backend.enable_truncation(4)
    tokens.backend.save(str(t5_folder / "tokenizer.json"))
    assert len(Tokenizer.from_folder(t5_folder).encode("hair " * 100)) >= 100


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt"])
def test_a_missing_file_is_named(qwen_folder, name):
    (qwen_folder / name).unlink()
    with pytest.raises(UserError, match=name):
        Tokenizer.from_folder(qwen_folder)


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt", "tokenizer_config.json"])
@pytest.mark.parametrize("content", [b"{ broken", b"\xff\xfe\x00", b"[]"])
def test_a_damaged_qwen_file_is_named(qwen_folder, name, content):
    (qwen_folder / name).write_bytes(content)
    with pytest.raises(UserError, match=name):
        Tokenizer.from_folder(qwen_folder)


@pytest.mark.parametrize("content", [b"{ broken", b"\xff\xfe\x00", b"[]", b"{}"])
def test_a_damaged_tokenizer_json_is_named(t5_folder, content):
    (t5_folder / "tokenizer.json").write_bytes(content)
    with pytest.raises(UserError, match=r"tokenizer\.json"):
        Tokenizer.from_folder(t5_folder)


def test_an_added_token_with_the_wrong_id_is_refused(qwen_folder):
    config = qwen_folder / "tokenizer_config.json"
    config.write_text(json.dumps({"added_tokens_decoder": {"9999": {"content": "<|endoftext|>"}}}))
    with pytest.raises(UserError, match="9999"):
        Tokenizer.from_folder(qwen_folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="nowhere"):
        Tokenizer.from_folder(tmp_path / "nowhere")


def test_an_unknown_pad_token_is_refused(qwen_folder):
    config = json.loads((qwen_folder / "tokenizer_config.json").read_text())
    (qwen_folder / "tokenizer_config.json").write_text(json.dumps(config | {"pad_token": "<|nothing|>"}))
    with pytest.raises(UserError, match=r"<\|nothing\|>"):
        Tokenizer.from_folder(qwen_folder)


def test_the_real_t5_ids_are_the_published_ones(real_tokenizers):
    tokens = Tokenizer.from_folder(real_tokenizers / "t5")
    assert [*tokens.encode("a, b"), tokens.eos_id] == [3, 9, 6, 3, 115, 1]
    assert [*tokens.encode(""), tokens.eos_id] == [1]
    assert (tokens.pad_id, tokens.size) == (0, 32100)


def test_the_real_qwen_pad_is_end_of_text(real_tokenizers):
    tokens = Tokenizer.from_folder(real_tokenizers / "qwen2")
    assert tokens.pad_id == 151643
    assert tokens.encode("a, b") == [64, 11, 293]


def test_the_real_ids_are_those_of_transformers(real_tokenizers):
    from transformers import Qwen2Tokenizer, T5Tokenizer

    qwen, t5 = (Tokenizer.from_folder(real_tokenizers / name) for name in ("qwen2", "t5"))
    their_qwen = Qwen2Tokenizer.from_pretrained(real_tokenizers / "qwen2")
    their_t5 = T5Tokenizer.from_pretrained(real_tokenizers / "t5")
    for text in TEXTS:
        assert qwen.encode(text) == their_qwen(text)["input_ids"], text
        assert [*t5.encode(text), t5.eos_id] == their_t5(text)["input_ids"], text
