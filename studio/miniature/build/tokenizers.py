"""Stage 0: two small tokenizers in the formats of the real ones, trained on the world's own captions.

The Qwen2 kind is byte-level BPE; the T5 kind is a Unigram model with byte fallback, so that no prompt is ever unknown.
"""

import json
import math
import random
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from studio.miniature import world

QWEN_VOCAB = 1024
T5_VOCAB = 1024
CAPTIONS = 20_000
END_OF_TEXT = "<|endoftext|>"
# The split of Qwen2's own tokenizer: contractions, words, single digits, punctuation, line breaks, spaces.
QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_EXTRA = (
    "worst quality, low quality, score_1, score_2, score_3, artist name, normal quality, very aesthetic",
    "looking at viewer, simple background, newest, recent, sensitive, 2girls, solo, cowboy shot, bad hands",
)


def write(folder: Path) -> None:
    """Writes `qwen2/` and `t5/` below `folder`."""
    _write_qwen(folder / "qwen2")
    _write_t5(folder / "t5")


def _captions() -> Iterator[str]:
    """Mostly nameless, or the pieces of invented names would crowd the words out of a small vocabulary."""
    for index in range(CAPTIONS):
        rng = random.Random(f"caption {index}")
        scene, name = world.sample_world(rng), world.invented_name(rng) if rng.random() < 0.1 else None
        yield world.caption(scene, rng, name=name, sentences=rng.random() < 0.4, drop=0.15)
    for _ in range(CAPTIONS // 20):
        yield from _EXTRA


def _write_qwen(folder: Path) -> None:
    tokenizer = Tokenizer(models.BPE(byte_fallback=False))
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN_SPLIT), "isolated")
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, to_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=QWEN_VOCAB - 1, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(_captions(), trainer)
    tokenizer.add_special_tokens([END_OF_TEXT])
    config = {"tokenizer_class": "Qwen2Tokenizer", "pad_token": END_OF_TEXT, "eos_token": END_OF_TEXT,
              "bos_token": None, "unk_token": None, "add_prefix_space": False}  # fmt: skip
    _save(tokenizer, config, folder)


def _write_t5(folder: Path) -> None:
    specials, byte_pieces = ["<pad>", "</s>", "<unk>"], [f"<0x{byte:02X}>" for byte in range(256)]
    learned = _pieces(T5_VOCAB - len(specials) - len(byte_pieces))
    vocab = [(piece, 0.0) for piece in specials] + [(piece, -100.0) for piece in byte_pieces] + learned
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=2, byte_fallback=True))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(specials)
    config = {"tokenizer_class": "T5Tokenizer", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>",
              "extra_ids": 0, "model_max_length": 512}  # fmt: skip
    _save(tokenizer, config, folder)


def _pieces(room: int) -> list[tuple[str, float]]:
    """Whole words, letter pairs and single characters with their log frequencies.

    A Unigram trainer prunes a corpus of so few different words to fragments; counting keeps the words whole.
    """
    words = Counter(re.findall(r" ?[A-Za-z]+|.", " ".join(_captions())))
    pairs = Counter(word[at : at + 2] for word in words for at in range(len(word) - 1) if word[at] != " ")
    letters = Counter(dict.fromkeys(string.printable.strip(), 1) | dict(Counter("".join(words))))
    counts = Counter({word: count for word, count in words.most_common(400) if len(word) > 1 and count > 30})
    counts += letters + Counter(dict(pairs.most_common(room - len(counts) - len(letters) - 8)))
    total = counts.total()
    return [(piece.replace(" ", "\u2581"), math.log(count / total)) for piece, count in counts.most_common(room)]


def _save(tokenizer: Tokenizer, config: dict[str, object], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
