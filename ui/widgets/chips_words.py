"""What are the groups of tags, the labels, the quality profiles and the kinds of tags called on the screen?"""

from __future__ import annotations

from ui.i18n import tr


def group_name(group: str) -> str:
    """A key of `studio.core.chips.GROUPS`."""
    return {
        "hair": tr("hair"), "face": tr("face"), "body": tr("body"), "outfit": tr("outfit"), "pose": tr("pose"),
        "framing": tr("framing"), "scene": tr("scene"), "style": tr("style"), "other": tr("other"),
    }.get(group, group)  # fmt: skip


def label_name(field: str) -> str:
    """A label, or who is shown."""
    return {
        "framing": tr("framing"), "angle": tr("angle"), "camera": tr("camera"), "stance": tr("stance"),
        "pose": tr("pose"), "expression": tr("expression"), "outfit": tr("outfit"), "character": tr("character"),
    }.get(field, field)  # fmt: skip


def profile_name(profile: str) -> str:
    """A key of `studio.core.composer.PROFILES`."""
    return {"scored": tr("scored"), "plain": tr("plain"), "newest": tr("newest")}.get(profile, profile)


def kind_name(kind: str) -> str:
    """The kind of a tag in a list; nothing for the usual one."""
    return {
        "artist": tr("artist"), "character": tr("character"), "copyright": tr("series"), "meta": tr("meta"),
    }.get(kind, "")  # fmt: skip
