"""Which of the jobs that the bot remembers a person can see now. Rows outlive the rights of who asked."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from bot.domain import JobInfo, JobRef
from bot.domain.errors import DSSBadKey, DSSError, DSSUnavailable, DSSUnreachable
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob, Watch
from bot.services.catalog import optional
from bot.services.restricted_dss import visible_to

MOST_PROJECTS = 20
"""How many projects to try one by one, where DSS doesn't list the projects."""

_Remembered = TypeVar("_Remembered", FollowedJob, tuple[Watch, FollowedJob])


def visible_projects(dss: Dss, keys: Collection[str]) -> frozenset[str]:
    """Return those of these projects that the caller can see now; nothing is cached.

    This makes one call, or one for each project if this DSS or this key doesn't list projects.

    Raises:
        DSSError: DSS doesn't answer, so nothing is revealed.
    """
    if not keys:
        return frozenset()
    listed = optional(dss.projects)
    if listed is not None:
        return frozenset(project.key for project in listed).intersection(keys)
    return frozenset(key for key in list(dict.fromkeys(keys))[:MOST_PROJECTS] if _can_list(dss, key))


def still_visible(jobs: Sequence[_Remembered], dss: Dss) -> list[_Remembered]:
    """Return those of the bot's rows of one instance whose projects the caller can see now."""
    visible = visible_projects(dss, [_ref(job).project for job in jobs])
    return [job for job in jobs if _ref(job).project in visible and visible_to(dss, _info(job))]


def _ref(job: FollowedJob | tuple[Watch, FollowedJob]) -> JobRef:
    return job[0].ref if isinstance(job, tuple) else job.info.ref


def _info(job: FollowedJob | tuple[Watch, FollowedJob]) -> JobInfo:
    return job[1].info if isinstance(job, tuple) else job.info


def _can_list(dss: Dss, project: str) -> bool:
    try:
        dss.recent_jobs(project, 1)
    except (DSSUnreachable, DSSUnavailable, DSSBadKey):
        raise
    except DSSError:
        return False
    return True
