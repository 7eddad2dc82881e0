"""How large will a LoRA be? Told from the header of its base, before anything of it is loaded."""

from studio.engine.anima.checkpoint import transformer_header
from studio.engine.anima.files import BaseFiles
from studio.engine.lora.targets import TRAINED

_WEIGHTS = tuple(f"{name}.weight" for name in TRAINED)


def count_numbers(files: BaseFiles, rank: int) -> int:
    """How many numbers the factors of a character LoRA of this rank hold on this base."""
    shapes = (entry.shape for name, entry in transformer_header(files).items() if name.endswith(_WEIGHTS))
    return rank * sum(outputs + inputs for outputs, inputs in shapes)
