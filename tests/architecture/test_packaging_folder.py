"""`packaging/` holds scripts and must never become a package."""

import subprocess
import sys

from tests.architecture.tree import ROOT


def test_packaging_is_not_a_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_from_the_repository_packaging_is_still_the_library() -> None:
    """transformers imports it; a package of ours in its place would break that."""
    answer = subprocess.run([sys.executable, "-c", "import packaging.version as it; print(it.__file__)"],
                            cwd=ROOT, capture_output=True, text=True)
    assert "site-packages" in answer.stdout, answer.stderr
