"""Downloads the two tokenizers that an Anima in a single file comes without. Only ever runs when it is asked for."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store.atomic import PART, sync_folder
from studio.store.home import fetched_tokenizers
from studio.store.hub import TOKENIZER_FILES, Remote, downloading, remote_files
from studio.store.tokenizers import Tokenizer

MIB = 2**20
REPOSITORY = "circlestone-labs/Anima-Base-v1.0-Diffusers"

_FOLDERS = {"qwen2": "tokenizer", "t5": "t5_tokenizer"}  # ours -> the repository's


@dataclass(frozen=True, slots=True)
class FetchTokenizers:
    """Fetches `qwen2/` and `t5/` into a folder where every base finds them. A tokenizer comes whole or not at all.

    Without an endpoint it asks the public hub, or the mirror that HF_ENDPOINT names.
    """

    into: Path = field(default_factory=fetched_tokenizers)
    endpoint: str | None = None
    kind = "fetch-tokenizers"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 0))
        wanted = {name: self._listed(name) for name in _FOLDERS if not _is_whole(self.into / name)}
        sizes = {name: sum(remote.size for remote in files) for name, files in wanted.items()}
        for name, files in wanted.items():
            emit(Note(f"{name}: {len(files)} files, {sizes[name] / MIB:.1f} MiB, from {REPOSITORY}"
                      f" at {files[0].commit or 'main'}"))
        total, done = sum(sizes.values()), 0
        pace = Pace(total, time.monotonic)
        for name, files in wanted.items():
            with closing(self._fetched(name, files)) as pieces:
                for count in pieces:
                    done += count
                    emit(Progress(done // MIB, total // MIB, pace.seconds_left(done), "MiB"))
                    if stop.is_set():
                        return Stopped({"path": str(self.into)})
            emit(Note(f"{name}: whole, and as the hub's checksums say, in {self.into / name}"))
        return Finished({"path": str(self.into), "fetched": tuple(wanted), "bytes": done})

    def _listed(self, name: str) -> tuple[Remote, ...]:
        files = tuple(remote_files(REPOSITORY, _FOLDERS[name], TOKENIZER_FILES, self.endpoint))
        if not files:
            raise UserError(f"{REPOSITORY} holds no tokenizer in {_FOLDERS[name]}/",
                            "Get the tokenizers yourself; name them with --qwen-tokenizer and --t5-tokenizer.")
        return files

    def _fetched(self, name: str, files: tuple[Remote, ...]) -> Iterator[int]:
        with _whole_folder(self.into / name) as stage:
            for remote in files:
                yield from downloading(remote, stage / Path(remote.name).name)
            Tokenizer.from_folder(stage)


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Lends a folder to fill, then puts it in the place of `folder`; what is left unfinished is removed."""
    stage = folder.with_name(folder.name + PART)
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        yield stage
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(stage, folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        Tokenizer.from_folder(folder)
    except UserError:
        return False
    return True
