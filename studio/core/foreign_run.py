"""What do the names of files tell of a run that was trained elsewhere? Epochs, previews, and lines of a trainer's log.

Known are this studio, AnimaLoraToolkit (`mira_epoch12`), sd-scripts (`mira-000012`, the last one without a number) and
diffusion-pipe (`epoch12/adapter_model`). Names decide what belongs together; only then does anybody open a file.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

WEIGHTS = ".safetensors"
PICTURES = (".png", ".jpg", ".jpeg", ".webp")

_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".partial", ".download", ".filepart")
_NUMBERED = (
    ("AnimaLoraToolkit", re.compile(r"(?P<name>.+)_epoch(?P<epoch>\d{1,7})")),
    ("AnimaLoraToolkit", re.compile(r"(?P<name>.+?)(_interrupted)?_step(?P<step>\d{1,9})")),
    ("sd-scripts", re.compile(r"(?P<name>.+)-step(?P<step>\d{8})")),
    ("sd-scripts", re.compile(r"(?P<name>.+)-(?P<epoch>\d{6})")),
    ("this studio", re.compile(r"(?P<name>)e(?P<epoch>\d{3,7})")),
    ("this studio", re.compile(r"(?P<name>)s(?P<step>\d{6,9})")),
)
_FOLDERS = re.compile(r"(?:epoch(?P<epoch>\d{1,7})|step(?P<step>\d{1,9}))")
_ADAPTER = "adapter_model"
_DOWNS = (".lora_down.weight", ".lora_A.weight")
_PREVIEWS = (
    re.compile(r"epoch_(?P<epoch>\d{1,7})(?!\d).*"),
    re.compile(r"step_(?P<epoch>0)_baseline.*"),
    re.compile(r".*_e(?P<epoch>\d{6})_\d\d_\d{14}.*"),
)
_PREVIEW_FOLDER = re.compile(r"e(?P<epoch>\d{3,7})")
_LOGS = (
    re.compile(r"epoch[ =](?P<epoch>\d+)\S*\s+step[ =](?P<step>\d+)\S*\s+loss=(?P<loss>[\d.eE+-]+)"
               r"(?:\s+lr=(?P<lr>[\d.eE+-]+))?"),
    re.compile(r"steps:\s+\d+%\|[^|]*\|\s*(?P<step>\d+)/\d+ .*?(?:avr_loss|avg_loss|loss)=(?P<loss>[\d.eE+-]+)"),
    re.compile(r"steps: (?P<step>\d+) loss: (?P<loss>[\d.eE+-]+)"),
)
_WORDS_OF_QUALITY = frozenset((
    "1girl", "1boy", "2girls", "solo", "masterpiece", "best quality", "very aesthetic", "absurdres", "highres",
    "safe", "newest", "recent", "score_7", "score_8", "score_9",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a LoRA file says. Without a number it is the last of its run, or the only one."""

    name: str
    trainer: str = ""
    epoch: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignCheckpoint:
    """One LoRA of a run from elsewhere. `step` is 0 where nobody says it; the file's checksum is asked for when needed.

    Where files are called by steps alone, `epoch` counts them from 1.
    """

    epoch: int
    path: Path
    size: int
    mtime_ns: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class ForeignPreview:
    """A picture that the trainer drew after an epoch; epoch 0 is the base without the LoRA."""

    epoch: int
    path: Path


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the header of a LoRA says of its training; empty or 0 where it says nothing. `epochs` were planned."""

    rank: int = 0
    alpha: float = 0.0
    base_name: str = ""
    base_sha256: str = ""
    trigger: str = ""
    format: str = ""
    epoch: int = 0
    step: int = 0
    epochs: int = 0


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """LoRA files that belong together, in the order of their epochs, and what lies beside them."""

    name: str
    folder: Path
    trainer: str = ""
    checkpoints: tuple[ForeignCheckpoint, ...] = ()
    previews: tuple[ForeignPreview, ...] = ()
    facts: HeaderFacts = field(default_factory=HeaderFacts)
    journal: Path | None = None
    waiting: tuple[Path, ...] = ()

    @property
    def epochs(self) -> tuple[int, ...]:
        return tuple(each.epoch for each in self.checkpoints)

    @property
    def is_whole(self) -> bool:
        """Whether its last LoRA is there, as far as files tell: by the header, or by a name without a number."""
        if not self.checkpoints:
            return False
        last = self.checkpoints[-1]
        name = named(last.path)
        return 0 < self.facts.epochs <= last.epoch or name is not None and name.epoch is name.step is None


@dataclass(frozen=True, slots=True)
class LogStep:
    """One line of a trainer's log; what it does not say is None."""

    step: int
    loss: float
    epoch: int | None = None
    lr: float | None = None


def is_unfinished(path: PurePath) -> bool:
    """Whether a name says that its file is still being written or fetched, or is hidden."""
    stems = (path.name, path.stem)
    return path.name.startswith((".", "~")) or any(name.lower().endswith((*_UNFINISHED, "~")) for name in stems)


def named(path: PurePath) -> Named | None:
    """What the path of a LoRA file says; None for what is none, or not yet."""
    if path.suffix != WEIGHTS or is_unfinished(path):
        return None
    if path.stem == _ADAPTER:
        return _by_folder(path)
    for trainer, pattern in _NUMBERED:
        if found := pattern.fullmatch(path.stem):
            return _named(found.groupdict(), trainer, path)
    return Named(path.stem)


def preview_of(path: PurePath) -> int | None:
    """The epoch that a picture was drawn after; None for any other picture."""
    if path.suffix.lower() not in PICTURES or is_unfinished(path):
        return None
    found = next((hit for pattern in _PREVIEWS if (hit := pattern.fullmatch(path.stem))), None)
    found = found or (path.parent.parent.name == "previews" and _PREVIEW_FOLDER.fullmatch(path.parent.name))
    return int(found["epoch"]) if found else None


def grouped(files: Iterable[tuple[Named, ForeignCheckpoint]]) -> dict[str, list[tuple[Named, ForeignCheckpoint]]]:
    """Files by the name of their run, those of the run with the most files first."""
    groups: dict[str, list[tuple[Named, ForeignCheckpoint]]] = {}
    for name, file in files:
        groups.setdefault(name.name, []).append((name, file))
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def in_order(files: Sequence[tuple[Named, ForeignCheckpoint]],
             headers: Mapping[Path, HeaderFacts]) -> tuple[ForeignCheckpoint, ...]:
    """The files of one run by epoch, each epoch once.

    Names go before headers; a file without a number is the epoch its header says, else the one after the last. Files
    that are called by steps count only where none is called by epochs.
    """
    by_epoch = {name.epoch: replace(file, step=_step(name, headers.get(file.path))) for name, file in files
                if name.epoch is not None}
    plain = [file for name, file in files if name.epoch is None and name.step is None]
    if not by_epoch:
        by_epoch = _by_steps([(name.step, file) for name, file in files if name.step is not None])
    for file in sorted(plain, key=lambda each: each.path):
        facts = headers.get(file.path, HeaderFacts())
        by_epoch.setdefault(facts.epoch or _next(by_epoch), replace(file, step=facts.step))
    return tuple(replace(by_epoch[epoch], epoch=epoch) for epoch in sorted(by_epoch))


def header_facts(metadata: Mapping[str, str], shapes: Mapping[str, tuple[int, ...]]) -> HeaderFacts:
    """What a header says, in sd-scripts' words; the rank is told from the tensors where they tell it."""
    return HeaderFacts(
        rank=_rank(shapes) or _whole(metadata.get("ss_network_dim")),
        alpha=_number(metadata.get("ss_network_alpha")),
        base_name=metadata.get("ss_sd_model_name", ""),
        base_sha256=metadata.get("ss_new_sd_model_hash", ""),
        trigger=metadata.get("modelspec.trigger_phrase", "") or trigger_in(metadata.get("ss_tag_frequency", "")),
        format=_format(shapes),
        epoch=_whole(metadata.get("ss_epoch")),
        step=_whole(metadata.get("ss_steps")),
        epochs=_whole(metadata.get("ss_num_epochs")),
    )


def trigger_in(tag_frequency: str) -> str:
    """The tag that most captions of a set hold, but for words that every set holds; empty where none stands out."""
    try:
        tables = json.loads(tag_frequency).values()
        counts = Counter()
        for table in tables:
            counts.update({str(tag).strip(): int(count) for tag, count in table.items()})
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return ""
    most = max(counts.values(), default=0)
    often = (tag for tag, count in counts.most_common() if 5 * count > 4 * most)
    return next((tag for tag in often if tag.lower() not in _WORDS_OF_QUALITY), "")


def steps_in(lines: Iterable[str]) -> Iterator[LogStep]:
    """The steps that a trainer's log tells of. A progress bar draws its line again and again; the last one counts."""
    for line in lines:
        drawn = (step for part in reversed(line.split("\r")) if (step := _log_step(part)))
        if step := next(drawn, None):
            yield step


def _log_step(line: str) -> LogStep | None:
    for pattern in _LOGS:
        if found := pattern.search(line):
            return _step_of(found.groupdict())
    return None


def _step_of(words: Mapping[str, str | None]) -> LogStep | None:
    try:
        epoch, lr = words.get("epoch"), words.get("lr")
        return LogStep(int(words["step"]), float(words["loss"]), epoch and int(epoch), lr and float(lr))
    except ValueError:  # dots and signs that make no number
        return None


def _named(found: Mapping[str, str | None], trainer: str, path: PurePath) -> Named:
    epoch, step = found.get("epoch"), found.get("step")
    name = found["name"] or _run_name(path.parent)
    return Named(name, trainer, int(epoch) if epoch else None, int(step) if step else None)


def _by_folder(path: PurePath) -> Named:
    """diffusion-pipe keeps each epoch in a folder of its own."""
    found = _FOLDERS.fullmatch(path.parent.name)
    if found is None:
        return Named(path.parent.name or path.stem)
    epoch, step = found["epoch"], found["step"]
    return Named(path.parent.parent.name or path.stem, "diffusion-pipe", int(epoch) if epoch else None,
                 int(step) if step else None)


def _run_name(folder: PurePath) -> str:
    return (folder.parent.name if folder.name == "checkpoints" else folder.name) or "run"


def _by_steps(files: Iterable[tuple[int, ForeignCheckpoint]]) -> dict[int, ForeignCheckpoint]:
    """An interrupted run may have saved the same step twice."""
    once = dict(sorted(files, key=lambda each: each[0]))
    return {place: replace(file, step=step) for place, (step, file) in enumerate(once.items(), 1)}


def _step(name: Named, facts: HeaderFacts | None) -> int:
    return facts.step if facts else name.step or 0


def _next(epochs: Iterable[int]) -> int:
    """The epoch after the last, at the distance of the last two."""
    last = sorted(epochs)[-2:]
    return last[-1] + (last[1] - last[0] if len(last) == 2 else 1) if last else 1


def _rank(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The one that most modules have."""
    downs = Counter(shape[0] for name, shape in shapes.items() if shape and name.endswith(_DOWNS))
    return next((rank for rank, _ in downs.most_common(1)), 0)


def _format(shapes: Mapping[str, tuple[int, ...]]) -> str:
    name = next(iter(shapes), "")
    for beginning, word in (("lora_unet_", "kohya"), ("lora_te", "kohya"), ("diffusion_model.", "comfy"),
                            ("transformer.", "diffusers"), ("base_model.", "peft")):
        if name.startswith(beginning):
            return word
    return ""


def _whole(text: str | None) -> int:
    number = _number(text)
    return int(number) if 0 <= number < 2**53 else 0


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:  # sd-scripts writes None
        return 0.0
    return number if number == number and abs(number) < float("inf") else 0.0
