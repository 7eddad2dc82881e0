"""Where does a run come from: which run does it follow, and which rules did a person overrule to start it?"""

import json
from dataclasses import asdict, dataclass

from studio.core.errors import UserError, reading


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that a person does not want to follow this time, and why. `said` is what the rule had to say then."""

    rule: str
    reason: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """`parent` is the id of a run, empty for one that follows none; `refused` are in the order in which they came."""

    parent: str = ""
    refused: tuple[Refusal, ...] = ()

    @property
    def refused_rules(self) -> frozenset[str]:
        return frozenset(each.rule for each in self.refused)


def refusal(text: str, where: str = "--refuse") -> Refusal:
    """`R07=both are meant` as it is typed. Raises `UserError` for one without a reason."""
    rule, _, reason = (part.strip() for part in text.partition("="))
    if not rule or not reason:
        raise UserError(f"{where}: '{text}' gives no reason", "Write RULE=REASON, for example R07='both are meant'.")
    return Refusal(rule.upper(), reason)


def to_json(origin: Origin) -> str:
    """The text of `origin.json`."""
    return json.dumps(asdict(origin), indent=1, ensure_ascii=False) + "\n"


def from_json(text: str, where: str = "origin.json") -> Origin:
    """The origin of that text. Raises `UserError` for what is none."""
    with reading(where):
        table = json.loads(text)
        return Origin(str(table["parent"]), tuple(Refusal(**each) for each in table["refused"]))
