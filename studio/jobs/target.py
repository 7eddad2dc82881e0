"""Which base does a project train, as far as the makers of pictures could have named it?"""

from __future__ import annotations

from studio.core.errors import UserError
from studio.core.project import Project
from studio.core.provenance import Target
from studio.jobs.bases import PRACTICE, PRACTICE_TITLE, BaseChoice


def target_of(project: Project) -> Target:
    """The names of the project's base; none while no base was chosen, or where its files are gone."""
    base = BaseChoice(project.base)
    if not base.name:
        return Target()
    if base.is_practice:
        return Target((PRACTICE, PRACTICE_TITLE))
    try:
        return Target((base.title, base.files().transformer.name))
    except UserError:
        return Target((base.path.name,))
