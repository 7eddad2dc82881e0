"""Will the run be seen as it is, and fit where it is written? R02, R03, R08 to R10 and R15."""

from dataclasses import fields

from studio.core.lint.phrases import counted, listed
from studio.core.planner import preview_count
from studio.core.rules.intent import Case, Cases, Intent, Profile
from studio.core.schedule import Plan

_LITTLE = 0.5    # ours: the part of the free disk that a run may take without a word
_ROTATED = ("sample_prompts", "prompts_rotate", "rotate_prompts")
_GIB = 2**30


def stale_latents(intent: Intent) -> Cases:
    """R02: latents that are known by the age of a file go stale; the studio's go by all that decides them."""
    if intent.foreign_latents:
        folders = sorted({path.parent.as_posix() for path in intent.foreign_latents})
        yield Case(f"{counted(len(intent.foreign_latents), 'latent')} of another trainer lie in {listed(folders)}; that"
                   " one takes them for good whatever the flip, the resolution and the VAE are.",
                   "They are not read here. Delete them before you train there with other settings.")


def other_base(intent: Intent) -> Cases:
    """R03: a LoRA on a base that it was not trained on may collapse."""
    if intent.planned and intent.use_base and intent.use_base != intent.planned.base:
        yield Case(f"It is trained on {intent.planned.base}, and the project draws on {intent.use_base}: a LoRA moved"
                   " like that was right in 22 % of the pictures.", f"Train on {intent.use_base}.")


def other_profile(intent: Intent) -> Cases:
    """R08: previews that are drawn otherwise than the pictures in the end undersell the run."""
    recipe, profile = intent.recipe, intent.profile
    if profile is None or not recipe.preview_every:
        return
    differs = [field.name for field in fields(Profile)
               if field.name != "name" and getattr(recipe, f"preview_{field.name}") != getattr(profile, field.name)]
    if differs:
        had = listed([f"{name} {getattr(recipe, f'preview_{name}')}" for name in differs])
        yield Case(f"Previews are drawn with {had}, the pictures in the end as {profile.name}: previews undersell.",
                   f"Draw previews as {profile.name}.",
                   tuple(f"preview_{name}={getattr(profile, name)}" for name in differs))


def unfixed_previews(intent: Intent) -> Cases:
    """R09: without a seed and a prompt of their own there is nothing to compare."""
    recipe = intent.recipe
    lacks = [word for word, there in (("seed", recipe.preview_seeds), ("prompt", recipe.preview_prompts)) if not there]
    if recipe.preview_every and lacks:
        fixed = ("preview_seeds=42",) if "seed" in lacks else ()
        yield Case(f"Previews are wanted, and there is no {' and no '.join(lacks)} for them.",
                   f"Give them a {' and a '.join(lacks)}, or set preview_every to 0.", fixed)


def rotated_prompts(intent: Intent) -> Cases:
    """R10: prompts that take turns give no series of any of them."""
    prompts = intent.recipe.preview_prompts
    several = next((name for name in _ROTATED if _many(intent.left_out.get(name))), "")
    if several and intent.forecast:
        count = _pictures_an_event(intent)
        yield Case(f"There, the prompts of {several} took turns; here every event draws all of them, {count} pictures.",
                   "Take fewer prompts, or previews less often, if that is too much.", severity="note")
    if intent.recipe.preview_every and len(set(prompts)) < len(prompts):
        yield Case("A preview prompt stands there twice, which gives one series and not two.",
                   "Take one of the two out.", (f"preview_prompts={'|'.join(dict.fromkeys(prompts))}",))


def too_large(intent: Intent) -> Cases:
    """R15: checkpoints fill a disk sooner than one thinks."""
    forecast, free = intent.forecast, intent.machine.free_bytes
    if forecast is None or free is None or forecast.disk_bytes <= _LITTLE * free:
        return
    fits = forecast.disk_bytes <= free
    yield Case(f"The run writes {forecast.disk_bytes / _GIB:.1f} GiB, and {free / _GIB:.1f} GiB are free on the disk.",
               "Save fewer epochs, or keep only the newest and every tenth.", ("keep_last=3", "keep_every=10"),
               "note" if fits else "error")


def _many(value: object) -> bool:
    return isinstance(value, (list, tuple)) and len(value) > 1


def _pictures_an_event(intent: Intent) -> int:
    """Those of one event: of a run that has none but its last."""
    nothing = Plan(1, 0, 0, 0)
    return preview_count(intent.dataset, intent.recipe, nothing)
