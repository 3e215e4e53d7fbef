"""The DSS instances that the bot knows, and which of them somebody means."""

from collections.abc import Iterator, Mapping

import msgspec

from bot.errors import Refusal
from bot.facts import JobCard, JobName, Wish
from bot.facts.records import FollowedJob, Watch
from bot.following.telling import card_of
from bot.jobs.finding import JobWish
from bot.jobs.nearest import did_you_mean, same
from bot.jobs.ports import Dss
from bot.jobs.render import as_command
from bot.jobs.words import short


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

    def card(self, job: FollowedJob, dss: Dss, watch: Watch | None = None) -> JobCard:
        """Return what a view shows of a job, in one place where it is followed or for one person."""
        ref = job.facts.ref
        url = dss.job_url(ref.project, ref.job_id)
        return card_of(job, watch, ui_url=url, instance_label=self.label(ref.instance))

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
                f"I know no DSS instance {short(name)}. I know: {known}.",
                suggestions=did_you_mean(name, self._instances),
            )
        return self._instances[found]

    def of(self, wish: Wish) -> Instance:
        """Return the instance that a wish is about.

        Raises:
            Refusal: no such instance, or a link to a DSS that the bot does not know.
        """
        if isinstance(wish, JobWish):
            return self._of_job(wish)
        try:
            return self.named(wish.instance)
        except Refusal as refused:
            right = msgspec.structs.replace(wish, instance=self._meant(refused))
            raise _with_example(refused, right) from refused

    def _of_job(self, wish: JobWish) -> Instance:
        job = wish.job
        if job.instance is None and job.host is not None:
            for instance in self._instances.values():
                if _bare(job.host) in {_bare(url) for url in instance.urls}:
                    return instance
            here = JobName(project=job.project or "PROJECT", job_id=job.job_id)
            unknown = Refusal(f"That link is to {job.host}, a DSS that I am not connected to.")
            raise _with_example(unknown, msgspec.structs.replace(wish, job=here))
        try:
            return self.named(job.instance)
        except Refusal as refused:
            meant = msgspec.structs.replace(job, instance=self._meant(refused))
            raise _with_example(refused, msgspec.structs.replace(wish, job=meant)) from refused

    def _meant(self, refused: Refusal) -> str | None:
        """Return the instance that was probably meant; without a near miss the default, unsaid."""
        return next(iter(refused.suggestions), None)


def _with_example(refused: Refusal, right: Wish) -> Refusal:
    return Refusal(str(refused), example=as_command(right), suggestions=refused.suggestions)


def _bare(address: str) -> str:
    """Return host and port: what was pasted may lack the scheme, and a link by http leads to https."""
    return address.lower().rpartition("//")[2]
