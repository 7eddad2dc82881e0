"""A process that is killed from outside in the middle of its work."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def killed(program: str, *arguments: object, after_lines: int) -> list[str]:
    """Runs a program until it has printed so many lines, kills it at once and returns all that it printed."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        lines = [process.stdout.readline() for _ in range(after_lines)]
        process.kill()
        lines += process.stdout.readlines()
    assert process.returncode != 0 and all(lines), "the program ended by itself"
    return [line.strip() for line in lines]
