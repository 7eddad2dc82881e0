"""Samplers and noise schedules by the names ComfyUI gives them."""

from collections.abc import Mapping
from types import MappingProxyType

from studio.engine.samplers.common import Denoiser, Sampler, StepCallback, StepNoise
from studio.engine.samplers.dpmpp_2m import dpmpp_2m
from studio.engine.samplers.er_sde import er_sde
from studio.engine.samplers.euler import euler
from studio.engine.samplers.euler_ancestral import euler_ancestral
from studio.engine.samplers.schedules import Schedule, beta, sgm_uniform, simple

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {"er_sde": er_sde, "euler": euler, "euler_ancestral": euler_ancestral, "dpmpp_2m": dpmpp_2m}
)
SCHEDULERS: Mapping[str, Schedule] = MappingProxyType({"simple": simple, "sgm_uniform": sgm_uniform, "beta": beta})

__all__ = ["SAMPLERS", "SCHEDULERS", "Denoiser", "Sampler", "Schedule", "StepCallback", "StepNoise"]
