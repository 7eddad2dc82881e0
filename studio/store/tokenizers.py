"""Turns text into token ids, from the tokenizer files that model releases ship.

Two forms are read: one `tokenizer.json` (T5 and most others), or Qwen2's `vocab.json` + `merges.txt`. Special tokens
are never added here: what a prompt is wrapped in is the model's business.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Regex, decoders, normalizers, pre_tokenizers
from tokenizers import Tokenizer as Backend
from tokenizers.models import BPE

from studio.core.errors import UserError

# Qwen2's pre-tokenizer, as published in its tokenizer.json.
QWEN2_SPLIT = (
    r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"""
    r"""|\s*[\r\n]+|\s+(?!\S)|\s+"""
)
_CONFIG = "tokenizer_config.json"
_TOKEN_FLAGS = ("lstrip", "normalized", "rstrip", "single_word", "special")
_USUAL_PADS = ("<pad>", "<|endoftext|>")
_USUAL_ENDS = ("</s>", "<|endoftext|>")


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Text in, ids out. `size` is one more than the largest id it can produce."""

    folder: Path
    backend: Backend
    pad_id: int
    eos_id: int
    size: int

    @classmethod
    def from_folder(cls, folder: Path) -> "Tokenizer":
        """Reads `folder`; UserError names the file that is missing or damaged."""
        config = _read_config(folder)
        backend = _read_backend(folder, config)
        backend.no_truncation()
        backend.no_padding()
        return cls(
            folder=folder,
            backend=backend,
            pad_id=_special_id(backend, config, "pad_token", _USUAL_PADS, folder),
            eos_id=_special_id(backend, config, "eos_token", _USUAL_ENDS, folder),
            size=1 + max(backend.get_vocab(with_added_tokens=True).values()),
        )

    def encode(self, text: str) -> list[int]:
        """The ids of `text` and nothing else: no start, no end, no padding, no truncation."""
        return self.backend.encode(text, add_special_tokens=False).ids


def _read_backend(folder: Path, config: Mapping[str, object]) -> Backend:
    if (folder / "tokenizer.json").is_file():
        return _read_tokenizer_json(folder / "tokenizer.json")
    missing = [name for name in ("vocab.json", "merges.txt") if not (folder / name).is_file()]
    if missing:
        raise UserError(
            f"The tokenizer folder {folder} has neither tokenizer.json nor {' and '.join(missing)}",
            "Put the tokenizer's own files there, or name another folder.",
        )
    return _read_qwen2(folder, config)


def _read_tokenizer_json(path: Path) -> Backend:
    if not isinstance(_read_json(path).get("model"), dict):
        raise _damaged(path, "it describes no model")
    return Backend.from_file(str(path))


def _read_qwen2(folder: Path, config: Mapping[str, object]) -> Backend:
    backend = Backend(_read_bpe(folder))
    backend.normalizer = normalizers.NFC()
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN2_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    _add_tokens(backend, config.get("added_tokens_decoder", {}), folder / _CONFIG)
    return backend


def _read_bpe(folder: Path) -> BPE:
    vocab = _read_json(folder / "vocab.json")
    merges = _read_merges(folder / "merges.txt")
    strange = next((pair for pair in merges if len(pair) != 2 or "".join(pair) not in vocab), None)
    if strange is not None:
        raise _damaged(folder / "merges.txt", f"the vocabulary does not know the merge {' '.join(strange)!r}")
    return BPE(vocab=vocab, merges=merges)


def _read_merges(path: Path) -> list[tuple[str, ...]]:
    lines = _read_text(path).split("\n")  # not splitlines: merges hold characters that it takes for line ends
    return [tuple(line.rstrip("\r").split(" ")) for line in lines if line.strip() and not line.startswith("#version")]


def _add_tokens(backend: Backend, added: Mapping[str, Mapping[str, object]], path: Path) -> None:
    """Adds the tokens in the order of their ids: the library hands out the next free id and takes no wish."""
    for wanted, entry in sorted((int(number), entry) for number, entry in added.items()):
        flags = {flag: bool(entry.get(flag, False)) for flag in _TOKEN_FLAGS}
        backend.add_tokens([AddedToken(entry["content"], **flags)])
        given = backend.token_to_id(entry["content"])
        if given != wanted:
            raise _damaged(path, f"{entry['content']} should be token {wanted} but the vocabulary makes it {given}")


def _read_config(folder: Path) -> Mapping[str, object]:
    if not folder.is_dir():
        raise UserError(f"There is no tokenizer folder {folder}", "Name the folder that holds the tokenizer's files.")
    path = folder / _CONFIG
    return _read_json(path) if path.is_file() else {}


def _read_json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(_read_text(path))
    except ValueError as error:
        raise _damaged(path, error) from error
    if not isinstance(content, dict):
        raise _damaged(path, "it holds no object")
    return content


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _damaged(path, error) from error


def _special_id(
    backend: Backend, config: Mapping[str, object], role: str, usual: tuple[str, ...], folder: Path
) -> int:
    """The id of the token that `tokenizer_config.json` names for `role`, else of the first usual one it knows."""
    named = config.get(role)
    content = named.get("content") if isinstance(named, Mapping) else named
    ids = [backend.token_to_id(token) for token in ((content,) if content else usual)]
    found = next((number for number in ids if number is not None), None)
    if found is None:
        raise UserError(
            f"The tokenizer in {folder} has no {role} ({content or ' or '.join(usual)})",
            f"Name an existing token in {folder / _CONFIG}.",
        )
    return found


def _damaged(path: Path, reason: object) -> UserError:
    return UserError(f"{path} is not a readable tokenizer file ({reason})", "Fetch it again from the model's release.")
