"""What is said of LoRA files that were found: how many epochs, where a guess comes from, which bases they fit."""

from __future__ import annotations

from pathlib import Path

from studio.jobs.bases import PRACTICE, BaseChoice
from studio.jobs.look_for_epochs import FoundRun
from ui.i18n import tr, trn

_MIB = 2**20


def found_words(found: FoundRun) -> str:
    """A run in one line: "mira: 12 epochs, 1 to 12"."""
    epochs = found.run.epochs
    count = trn("{n} epoch", "{n} epochs", len(epochs))
    if len(epochs) == 1:
        return tr("{name}: {count}", name=found.run.name, count=count)
    return tr("{name}: {count}, {first} to {last}", name=found.run.name, count=count, first=epochs[0],
              last=epochs[-1])


def sizes_words(found: FoundRun, where: Path) -> str:
    """Rank, size and trainer, and what is not whole yet."""
    run = found.run
    mean = sum(each.size for each in run.checkpoints) / len(run.checkpoints) / _MIB
    rank = tr("rank {n}", n=run.facts.rank) if run.facts.rank else ""
    parts = [where.name, rank, tr("{n} MiB each", n=f"{mean:.1f}"), run.trainer]
    if run.waiting:
        parts.append(trn("{n} file is not whole yet and is left out", "{n} files are not whole yet and are left out",
                         len(run.waiting)))
    return " · ".join(part for part in parts if part)


def trigger_words(found: FoundRun) -> str:
    """How sure the trigger is."""
    if not found.trigger:
        return tr("The files do not say which word calls her.")
    told = {"run": tr("As the run itself says."), "header": tr("Guessed from the captions that the files tell of."),
            "name": tr("Guessed from the name of the files: the captions of the training decide.")}[found.source]
    return f"{told} {tr('A comma parts two characters.')}" if "," in found.trigger else told


def base_words(found: FoundRun, base: str) -> str:
    """Why this base."""
    if not found.bases:
        name = found.run.facts.base_name
        return (tr("None of the bases on this machine fits. The files name {base}.", base=name) if name else
                tr("None of the bases on this machine fits these files."))
    if found.is_named and base == found.bases[0]:
        return tr("The files say that they were trained on it.")
    if base in found.bases:
        return tr("It fits the files. They do not say whether they were trained on it.")
    return tr("Whether it fits shows with the first picture.")


def base_name(base: str) -> str:
    """A base as a list shows it."""
    if base == PRACTICE:
        return tr("Practice model")
    return tr("{name}, in {folder}", name=BaseChoice(base).title, folder=Path(base).parent.name)
