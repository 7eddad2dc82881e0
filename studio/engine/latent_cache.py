"""Training images as latents: fitted to their bucket, encoded once, kept on disk under all that decides them.

The key covers the picture's bytes, the bucket, the flip and the VAE. Change any of them and it is another latent: a
stale one can never be read.
"""

import hashlib
from pathlib import Path

import torch
from PIL import Image, ImageOps
from torch import Tensor

from studio.core.buckets import Bucket
from studio.core.errors import UserError
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.files import vae_digest
from studio.engine.anima.vae import pixels_of
from studio.engine.tensor_files import cached_tensor
from studio.store.digests import sha256_of
from studio.store.images import open_rgb

_LATENTS = "latents"
_READING = "first frame, upright, sRGB, over white"  # how bytes become pixels; another reading is another latent


class LatentCache:
    """Looks a latent up in memory, then in `folder`, and encodes it only if it is in neither."""

    def __init__(self, anima: Anima, folder: Path) -> None:
        self._anima, self._folder = anima, folder
        self._vae = f"{vae_digest(anima.files)} {anima.dtype}"
        self._memory: dict[tuple[Path, Bucket, bool], Tensor] = {}

    def get(self, path: Path, bucket: Bucket, flip: bool) -> Tensor:
        """(16, 1, height/8, width/8), float32 on the CPU, normalised. UserError if the image cannot be read."""
        place = (path, bucket, flip)
        if place not in self._memory:
            self._memory[place] = self._from_disk(path, bucket, flip)
        return self._memory[place]

    def _from_disk(self, path: Path, bucket: Bucket, flip: bool) -> Tensor:
        _require_present(path)
        file = self._folder / f"{latent_key(sha256_of(path), bucket, flip, self._vae)}.safetensors"
        return cached_tensor(file, _LATENTS, lambda: self._encoded(path, bucket, flip))

    @torch.no_grad()
    def _encoded(self, path: Path, bucket: Bucket, flip: bool) -> Tensor:
        pixels = pixels_of(fitted(open_rgb(path), bucket, flip)).to(self._anima.device, self._anima.dtype)
        return self._anima.vae.encode(pixels.unsqueeze(0))[0].float().cpu()


def latent_key(content: str, bucket: Bucket, flip: bool, vae: str) -> str:
    """The name of a latent; each part changes it."""
    return hashlib.sha256("\0".join((_READING, content, str(bucket), str(flip), vae)).encode()).hexdigest()


def fitted(image: Image.Image, bucket: Bucket, flip: bool = False) -> Image.Image:
    """Scaled to cover the bucket, cut around the centre, mirrored if asked."""
    cut = ImageOps.fit(image, (bucket.width, bucket.height), Image.Resampling.LANCZOS)
    return ImageOps.mirror(cut) if flip else cut


def _require_present(path: Path) -> None:
    if not path.is_file():
        raise UserError(f"There is no image {path}", "Restore it, or leave it out of the dataset.")
