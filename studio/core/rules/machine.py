"""Can this machine do it, in the versions that are installed? R11 to R13, against the studio's own lock file."""

from collections.abc import Mapping

from studio.core.rules.intent import Card, Case, Cases, Intent

NEEDED = ("torch", "transformers", "diffusers", "peft", "safetensors", "tokenizers")
REPLACERS = ("xformers", "flash-attn")

_QWEN3_SINCE = (4, 51)      # transformers
_TORCH_FOR_5 = (2, 5)       # what transformers 5 asks for
_BLACKWELL, _BLACKWELL_CUDA, _BLACKWELL_TORCH = 12, (12, 8), (2, 7)
_START = "Run packaging/start.py: it installs what the lock file says."


def wrong_versions(intent: Intent) -> Cases:
    """R11: what the text encoder or the DiT would die of, minutes after the start."""
    machine = intent.machine
    for package in NEEDED:
        wanted, found = machine.locked.get(package), machine.installed.get(package)
        if not wanted or _public(found) == wanted:
            continue
        if not found:
            yield Case(f"{package} is missing; the studio needs {wanted}.", _START)
        else:
            why = _fatal(package, found, machine.installed)
            yield Case(f"{package} is {found}, {why or f'and the studio is tested with {wanted}'}.", _START,
                       severity="error" if why or _release(found) < _release(wanted)[:1] else "warning")


def unknown_card(intent: Intent) -> Cases:
    """R12: a card newer than the code in torch ends in "no kernel image"."""
    card = intent.machine.card
    if card is None:
        return
    kind = f"sm_{card.capability[0]}{card.capability[1]}"
    if card.capability[0] >= _BLACKWELL and _release(card.cuda) < _BLACKWELL_CUDA:
        yield Case(f"The {card.name} ({kind}) needs CUDA 12.8 or newer, and torch is built for {card.cuda}:"
                   " \"no kernel image\".", _START)
    elif card.capability[0] >= _BLACKWELL and _is_older(intent.machine.installed.get("torch"), _BLACKWELL_TORCH):
        yield Case(f"The {card.name} ({kind}) needs torch 2.7 or newer.", _START)
    elif card.kinds and not _has_code(card):
        yield Case(f"torch has no code for the {card.name} ({kind}), only for {', '.join(card.kinds)}.",
                   "Use another card, or --device cpu.")


def replaced_torch(intent: Intent) -> Cases:
    """R13: packages that bring a torch of their own."""
    for package in REPLACERS:
        if found := intent.machine.installed.get(package):
            yield Case(f"{package} {found} is installed, which replaces torch when it is updated and is not used here.",
                       f"Remove it: pip uninstall {package}.")
    asked = [name for name in ("xformers", "flash_attn") if _is_on(intent.left_out.get(name))]
    if asked:
        yield Case(f"The recipe comes with {asked[0]} on, which has no place here: torch's own attention is used.",
                   "Nothing has to be done.", severity="note")


def _fatal(package: str, found: str, installed: Mapping[str, str]) -> str:
    """Why this version cannot work at all; empty if it may."""
    if package == "transformers":
        if _release(found) < _QWEN3_SINCE:
            return "which does not know Qwen3, the text encoder: it would die after loading"
        if _release(found) >= (5,) and _is_older(installed.get("torch"), _TORCH_FOR_5):
            return f"which needs torch 2.5 or newer, and torch is {installed['torch']}"
    if package == "torch" and _release(found) < _TORCH_FOR_5:
        return "older than 2.5, which the text encoder needs"
    return ""


def _has_code(card: Card) -> bool:
    """Code for a generation runs on later ones of the same major number."""
    major, minor = card.capability
    numbers = [int(digits) for kind in card.kinds if (digits := "".join(filter(str.isdigit, kind)))]
    return any(number // 10 == major and number % 10 <= minor for number in numbers)


def _public(version: str | None) -> str | None:
    """Without the local part: 2.13.0+cu130 is 2.13.0."""
    return version and version.partition("+")[0]


def _is_older(version: str | None, than: tuple[int, ...]) -> bool:
    return bool(version) and _release(version) < than


def _release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: "2.13.0+cu130" is (2, 13, 0)."""
    numbers = []
    for part in (_public(version) or "").split("."):
        digits = part[:len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


def _is_on(value: object) -> bool:
    return str(value).strip().casefold() in ("true", "yes", "on", "1")
