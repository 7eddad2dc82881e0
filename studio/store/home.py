"""Where does the studio keep what belongs to no project?"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "CHARSTUDIO_HOME"

_NAME = "character-lora-studio"


def home_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The folder named by `CHARSTUDIO_HOME`, else the usual one of this system. It need not exist."""
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / _NAME
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / _NAME


def fetched_tokenizers(home: Path | None = None) -> Path:
    """Where downloaded tokenizers lie: `qwen2/` and `t5/`, for every base that has none beside it."""
    return (home or home_folder()) / "tokenizers"
