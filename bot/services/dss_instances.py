"""The configured DSS instances, and which one a request means."""

from collections.abc import Iterator, Mapping

import msgspec

from bot.commands.rendering import as_command
from bot.commands.suggestions import did_you_mean, same
from bot.commands.tokens import short
from bot.domain import JobCard, JobName, KeyRequest, Request, ShowThread
from bot.domain.errors import Refusal
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob, Watch
from bot.language import t
from bot.services.job_lookup import JobRequest
from bot.views.job_messages import job_card


class DssInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One instance: how the bot calls it, and where people open it."""

    dss: Dss
    urls: tuple[str, ...]
    """``scheme://host[:port]`` values that a pasted link can have."""
    ui_url: str = ""
    """Address of the web interface, without a trailing slash."""

    @property
    def profile_url(self) -> str:
        """Return the address of a person's own profile in DSS, where they make API keys."""
        return f"{self.ui_url}/profile/"

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.dss.instance


class DssInstances:
    """All instances, one of them the default."""

    def __init__(self, instances: Mapping[str, DssInstance], default: str) -> None:
        self._instances = dict(instances)
        self._default = default

    def __iter__(self) -> Iterator[DssInstance]:
        return iter(self._instances.values())

    def label(self, name: str) -> str | None:
        """Return an instance's display name; ``None`` if there is only one instance."""
        return name if len(self._instances) > 1 else None

    def card(self, job: FollowedJob, dss: Dss, watch: Watch | None = None) -> JobCard:
        """Return what a view shows about a job, in a channel where it is followed or for one person."""
        ref = job.info.ref
        url = dss.job_url(ref.project, ref.job_id)
        return job_card(job, watch, ui_url=url, instance_label=self.label(ref.instance))

    def known(self, name: str) -> DssInstance | None:
        """Return an instance by its exact name; ``None`` if the settings no longer have it."""
        return self._instances.get(name)

    def named(self, name: str | None) -> DssInstance:
        """Return the instance with the name typed after ``--on``, or the default one.

        Raises:
            Refusal: no such instance.
        """
        if name is None:
            return self._instances[self._default]
        found = same(name, self._instances)
        if found is None:
            known = ", ".join(self._instances)
            raise Refusal(
                t("There is no DSS instance {name}. The bot knows: {known}.", name=short(name), known=known),
                suggestions=did_you_mean(name, self._instances),
            )
        return self._instances[found]

    def for_request(self, request: Request | KeyRequest) -> DssInstance:
        """Return the instance that a request is about.

        Raises:
            Refusal: no such instance, or a link to a DSS that the bot doesn't know.
        """
        if isinstance(request, JobRequest):
            return self._of_job(request)
        if isinstance(request, ShowThread):  # its row says which
            return self.named(None)
        try:
            return self.named(request.instance)
        except Refusal as refused:
            right = msgspec.structs.replace(request, instance=self._meant(refused))
            raise _with_example(refused, right) from refused

    def _of_job(self, request: JobRequest) -> DssInstance:
        job = request.job
        if job.instance is None and job.host is not None:
            for instance in self._instances.values():
                if _bare(job.host) in {_bare(url) for url in instance.urls}:
                    return instance
            here = JobName(project=job.project or "PROJECT", job_id=job.job_id)
            unknown = Refusal(t("That link leads to {host}, a DSS that I'm not connected to.", host=job.host))
            raise _with_example(unknown, msgspec.structs.replace(request, job=here))
        try:
            return self.named(job.instance)
        except Refusal as refused:
            meant = msgspec.structs.replace(job, instance=self._meant(refused))
            raise _with_example(refused, msgspec.structs.replace(request, job=meant)) from refused

    def _meant(self, refused: Refusal) -> str | None:
        """Return the name that was probably meant; ``None``, meaning the default, without a suggestion."""
        return next(iter(refused.suggestions), None)


def _with_example(refused: Refusal, right: Request | KeyRequest) -> Refusal:
    return Refusal(str(refused), example=as_command(right), suggestions=refused.suggestions)


def _bare(address: str) -> str:
    """Return host and port: a pasted link can lack the scheme, and http can redirect to https."""
    return address.lower().rpartition("//")[2]
