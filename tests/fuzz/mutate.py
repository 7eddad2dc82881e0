"""Spoils bytes at random, and trees of values on purpose; all chance comes from the caller."""

import copy
import json
from collections.abc import Callable
from random import Random

EDGES = (0, 1, 2, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
WORDS = ("", " ", "\0", "\n", "a\nb", "../x", "/etc/passwd", "nan", "-1", "1e999", "é", "雪😀", "\ud800", "\x1b[2J",
         "{x}",
         "(" * 50, "x" * 5000, "True", "[]", "0001", "latest", "…", "%s", "C:\\x", "‮abc")  # fmt: skip
# What JSON and TOML can say and their writers cannot: put in as a word, taken out as text.
SPELLED = {
    "@deep list@": "[" * 20_000 + "]" * 20_000, "@deep table@": '{"a":' * 5000 + "1" + "}" * 5000,
    "@deep mild@": "[" * 90 + "]" * 90, "@twice@": '{"a":1,"a":2}', "@digits@": "9" * 5000,
    "@nan@": "NaN", "@inf@": "-Infinity", "@huge@": "1e999",
}  # fmt: skip


def rotten(content: bytes, chance: Random) -> bytes:
    """A few accidents: flipped bytes, lost and doubled pieces, zeros, an early end."""
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        _accident(spoilt, chance)
    return bytes(spoilt)


def mutated(tree: object, chance: Random, odd: Callable[[Random], object] | None = None) -> object:
    """A copy of nested tables and lists with one to three places changed."""
    holder = [copy.deepcopy(tree)]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        place, key = chance.choice(_places(holder))
        _change(place, key, chance, odd or odd_value)
    return holder[0]


def odd_value(chance: Random) -> object:
    """A value that a reader may not have thought of."""
    return chance.choice((
        None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 0.5, -0.0, 1e308, 5e-324, [], {}, [[]], [None], {"a": {}},
        chance.choice(WORDS), chance.choice(tuple(SPELLED)), chance.choice(EDGES), -chance.choice(EDGES),
        [1] * 300, ["x"] * 50, {str(number): number for number in range(50)},
    ))  # fmt: skip


def spelled(tree: object) -> str:
    """JSON text with the words of SPELLED replaced by what they stand for."""
    text = json.dumps(tree, ensure_ascii=False)
    for word, meant in SPELLED.items():
        text = text.replace(json.dumps(word), meant)
    return text


def encoded(text: str) -> bytes:
    """UTF-8, lone surrogates as the bytes that no decoder takes."""
    return text.encode("utf-8", "surrogatepass")


def edge(chance: Random, size: int) -> int:
    """A number that fits `size` bytes, mostly a dangerous one."""
    number = chance.choice(EDGES) if chance.random() < 0.8 else chance.getrandbits(size * 8)
    return number % 256**size


def _accident(spoilt: bytearray, chance: Random) -> None:
    if not spoilt:
        return
    at = chance.randrange(len(spoilt))
    length = chance.choice((1, 2, 4, 16, 200))
    kind = chance.randrange(6)
    if kind <= 1:
        spoilt[at] = chance.randrange(256)
    elif kind == 2:
        del spoilt[at:at + length]
    elif kind == 3:
        spoilt[at:at] = spoilt[at:at + length]
    elif kind == 4:
        spoilt[at:at + length] = bytes(len(spoilt[at:at + length]))
    else:
        del spoilt[at:]


def _places(tree: object) -> list[tuple[dict | list, object]]:
    """Every (container, key) below `tree`."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            found.append((node, key))
            waiting.append(node[key])
    return found


def _change(place: dict | list, key: object, chance: Random, odd: Callable[[Random], object]) -> None:
    kind = chance.randrange(8)
    if isinstance(place, dict) and kind == 0:
        del place[key]
    elif isinstance(place, dict) and kind == 1:
        place[chance.choice((*WORDS, str(key) + "x", str(key)[:-1]))] = place.pop(key)
    elif isinstance(place, list) and kind == 0 and len(place) > 1:
        del place[key]
    elif isinstance(place, list) and kind == 1:
        place.append(copy.deepcopy(place[key]))
    elif kind == 2:
        place[key] = [place[key]]
    elif kind == 3:
        place[key] = str(place[key])
    elif kind == 4 and isinstance(place[key], int):
        place[key] = place[key] + chance.choice((-1, 1, 2**32, -(2**40)))
    else:
        place[key] = odd(chance)
