"""Samplers and noise schedules by the names ComfyUI gives them."""

from collections.abc import Mapping
from types import MappingProxyType

from studio.engine.samplers.common import Denoiser, Sampler, StepCallback, StepNoise
from studio.engine.samplers.er_sde import er_sde
from studio.engine.samplers.euler import euler
from studio.engine.samplers.schedules import Schedule, simple

SAMPLERS: Mapping[str, Sampler] = MappingProxyType({"er_sde": er_sde, "euler": euler})
SCHEDULERS: Mapping[str, Schedule] = MappingProxyType({"simple": simple})

__all__ = ["SAMPLERS", "SCHEDULERS", "Denoiser", "Sampler", "Schedule", "StepCallback", "StepNoise"]
