"""The small tokenizers are whole: no text is unknown to them, and the world's words stay in one piece."""

from pathlib import Path

import pytest

from studio.miniature.build import tokenizers as stage
from studio.store.tokenizers import Tokenizer

TEXTS = ("1girl, miravelo, hair intakes, from below", "Ünïcode 日本語 🙂", "<0x41> (weird) {braces}", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizers")
    stage.write(folder)
    return folder


def test_the_shipped_tokenizers_are_what_the_build_writes(folder: Path) -> None:
    shipped = Path(__file__).parents[3] / "resources" / "miniature" / "tokenizers"
    for name in ("qwen2/tokenizer.json", "t5/tokenizer.json"):
        assert (folder / name).read_bytes() == (shipped / name).read_bytes()


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_comes_back(folder: Path, text: str) -> None:
    from tokenizers import Tokenizer as Raw

    for kind in ("qwen2", "t5"):
        raw = Raw.from_file(str(folder / kind / "tokenizer.json"))
        assert raw.decode(raw.encode(text).ids).strip() == text


def test_pads_and_ends_are_those_of_the_family(folder: Path) -> None:
    qwen, t5 = Tokenizer.from_folder(folder / "qwen2"), Tokenizer.from_folder(folder / "t5")
    assert (t5.pad_id, t5.eos_id) == (0, 1)
    assert qwen.pad_id == stage.QWEN_VOCAB - 1
    assert 2 not in t5.encode(" ".join(TEXTS))


def test_a_tag_of_the_world_is_one_piece_a_word(folder: Path) -> None:
    assert len(Tokenizer.from_folder(folder / "t5").encode("hair intakes")) == 2
