"""What the build dialog needs to know: how its form begins, and what a build would meet."""

import msgspec

from bot import views
from bot.commands.build_parser import parse_build
from bot.commands.rendering import as_output
from bot.domain import ANY_PROJECT, Build, Mistake
from bot.domain.build_forms import (
    BuildForm,
    BuildPreview,
    Choice,
    Field,
    FieldProblem,
    build_of,
    output_value,
    read_output,
)
from bot.domain.errors import DSSError, Refusal
from bot.language import t
from bot.services.build_checks import WrongPartition
from bot.services.build_plan import Running, plan_build
from bot.services.catalog import UnknownProject
from bot.services.restricted_dss import check_build
from bot.services.service import Service
from bot.services.typeahead import Asker


class BadField(Refusal):
    """A field that can't be submitted as it is.

    Attributes:
        field: which one.
    """

    def __init__(self, field: Field, message: str, example: str | None = None) -> None:
        super().__init__(message, example=example)
        self.field = field


class BuildDialogService(Service):
    """Answers what the dialog shows. Never starts anything."""

    def instances(self) -> tuple[str, ...]:
        """Return the instances to choose from, the default one first; empty if there is only one."""
        default = self._instances.named(None).name
        names = tuple(one.name for one in self._instances)
        return (default, *(name for name in names if name != default)) if len(names) > 1 else ()

    def form(self, request: Build | None = None) -> BuildForm:
        """Return the form for a new build, or for one like ``request``."""
        several = self.instances()
        if request is None:
            return BuildForm(instance=several[0] if several else None)
        instance = request.instance if request.instance in several else several[0] if several else None
        projects = list(dict.fromkeys(output.project for output in request.outputs))
        values = [output_value(output) for output in request.outputs]
        offered = all(value and views.fits_option(value) for value in values) and len(projects) == 1
        if not offered:
            typed = " ".join(as_output(output) for output in request.outputs)
            return BuildForm(
                instance=instance, mode=request.mode, partition=request.partition, by_hand=True, typed=typed
            )
        outputs = zip(values, request.outputs, strict=True)
        return BuildForm(
            instance=instance,
            project=Choice(value=projects[0], text=projects[0]),
            outputs=tuple(Choice(value=value or "", text=output.name) for value, output in outputs),
            partition=request.partition,
            mode=request.mode,
        )

    def preview(self, form: BuildForm, asker: Asker, request_id: str) -> BuildPreview | None:
        """Return what the build would meet; ``None`` while the form says too little.

        Args:
            form: what is entered.
            asker: who asks, and where the job would be followed.
            request_id: counts this question once for the limits.
        """
        try:
            request = msgspec.structs.replace(read_form(form), dry_run=True)
        except BadField as bad:
            return BuildPreview(problem=_problem(bad.field, bad)) if form.typed else None
        if request.outputs[0].project == ANY_PROJECT:
            return BuildPreview(
                remark=t("The bot looks for the one project that has it when you press Build.")
            )
        field: Field = "typed" if form.by_hand else "outputs"
        try:
            return self._preview(request, asker, request_id)
        except WrongPartition as refused:
            return BuildPreview(problem=_problem("partition", refused, refused.in_dialog))
        except UnknownProject as refused:
            return BuildPreview(problem=_problem("typed" if form.by_hand else "project", refused))
        except Refusal as refused:
            return BuildPreview(problem=_problem(field, refused))
        except DSSError as error:
            return BuildPreview(remark=t("{problem} You can press Build anyway.", problem=t(error.hint)))

    def _preview(self, request: Build, asker: Asker, request_id: str) -> BuildPreview:
        dss = self._instances.for_request(request).dss
        target = ", ".join(output.label for output in request.outputs)
        authorized = self._access.authorize(
            asker.user_id,
            asker.team_id,
            request,
            dss,
            place=asker.place,
            project=request.outputs[0].project,
            outputs=request.outputs,
            target=target,
        )
        try:
            self._limiter.check(request, authorized, asker.place, request_id, target)
        except Refusal as too_many:
            return BuildPreview(remark=str(too_many))
        plan = plan_build(authorized.dss, self._catalog, request, authorized.act_as)
        if isinstance(plan, Running):
            busy = tuple(output.label for output in plan.busy)
            return BuildPreview(busy=busy, busy_by=plan.job.initiator, mode=request.mode)
        check_build(authorized.dss, plan.outputs, plan.mode)
        return BuildPreview(usual_seconds=plan.usual_seconds, mode=request.mode)


def read_form(form: BuildForm) -> Build:
    """Return the build that a form means, as far as that needs no look at DSS.

    Raises:
        BadField: a field is empty or can't be read.
    """
    if form.by_hand:
        return _read_typed(form)
    if form.project is None and not form.outputs:
        raise BadField("project", t("Choose a project."))
    if not form.outputs:
        raise BadField("outputs", t("Choose what to build in this project."))
    try:
        return build_of(form, tuple(read_output(choice.value) for choice in form.outputs))
    except Refusal as refused:
        raise BadField("outputs", str(refused)) from refused


def _read_typed(form: BuildForm) -> Build:
    parsed = parse_build(form.typed)
    if isinstance(parsed, Mistake):
        raise BadField("typed", parsed.problem, parsed.example.removeprefix("/dss-build "))
    if not isinstance(parsed, Build):
        raise BadField("typed", t("Say what to build."), "PROJECT.dataset")
    build = build_of(form, parsed.outputs)
    return msgspec.structs.replace(
        build,
        partition=build.partition or parsed.partition,
        instance=build.instance or parsed.instance,
    )


def _problem(field: Field, refused: Refusal, said: str | None = None) -> FieldProblem:
    """Return what to show at a field. A command that would be right is of no use there."""
    said = said or str(refused)
    if refused.suggestions:
        said += t(" Near it: {names}.", names=", ".join(refused.suggestions))
    return FieldProblem(field=field, text=said)
