"""What ships with the studio: recipes, sheets, samples, the practice model. Files only."""

from pathlib import Path


def folder(*parts: str) -> Path:
    """A folder or file below `resources`, whether or not it exists."""
    return Path(__file__).parent.joinpath(*parts)
