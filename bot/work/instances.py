"""The DSS instances that the bot knows, and which of them somebody means."""

from collections.abc import Iterator, Mapping

import msgspec

from bot.errors import Refusal
from bot.facts import AbortJob, FollowJob, JobName, ReadLog, ShowStatus, UnfollowJob, Wish
from bot.jobs.nearest import did_you_mean, same
from bot.jobs.ports import Dss


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One instance: how to call it, and where people open it."""

    dss: Dss
    urls: tuple[str, ...]
    """``scheme://host[:port]`` by which a pasted link may name it."""

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.dss.instance


class Instances:
    """All instances, one of them the default."""

    def __init__(self, instances: Mapping[str, Instance], default: str) -> None:
        self._instances = dict(instances)
        self._default = default

    def __iter__(self) -> Iterator[Instance]:
        return iter(self._instances.values())

    def label(self, name: str) -> str | None:
        """Return what a view calls an instance: nothing while there is only one."""
        return name if len(self._instances) > 1 else None

    def named(self, name: str | None) -> Instance:
        """Return the instance of a name typed after ``--on``, the default one without.

        Raises:
            Refusal: no such instance.
        """
        if name is None:
            return self._instances[self._default]
        found = same(name, self._instances)
        if found is None:
            known = ", ".join(self._instances)
            raise Refusal(
                f"I know no DSS instance {name}. I know: {known}.",
                suggestions=did_you_mean(name, self._instances),
            )
        return self._instances[found]

    def of(self, wish: Wish) -> Instance:
        """Return the instance that a wish is about.

        Raises:
            Refusal: no such instance, or a link to a DSS that the bot does not know.
        """
        if isinstance(wish, ShowStatus | ReadLog | AbortJob | FollowJob | UnfollowJob):
            return self._of_job(wish.job)
        return self.named(wish.instance)

    def _of_job(self, job: JobName) -> Instance:
        if job.instance is None and job.host is not None:
            for instance in self._instances.values():
                if _bare(job.host) in {_bare(url) for url in instance.urls}:
                    return instance
            raise Refusal(
                f"That link is to {job.host}, a DSS that I am not connected to.",
                example=f"/dss-jobs status {job.project or 'PROJECT'}/{job.job_id}",
            )
        return self.named(job.instance)


def _bare(address: str) -> str:
    """Return host and port: what was pasted may lack the scheme, and a link by http leads to https."""
    return address.lower().rpartition("//")[2]
