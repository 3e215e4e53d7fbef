"""Find why a job failed: the best text in its status, in the order of DSS-API.md §1.5. Pure."""

from bot.domain import Failure
from bot.dss import wire
from bot.dss.lenient_json import number


def failure_of(status: wire.JobStatus) -> Failure | None:
    """Return the root cause: an activity's failure, the job's own, the checks', or a conflicting job.

    ``None`` if the status doesn't say. In that case, the last error line of the log might
    (`bot.dss.log_tail.last_error_line`). It isn't fetched here because logs can be huge.
    """
    base = status.base_status or wire.BaseStatus()
    return _of_activities(base) or _of_job(base) or _of_checks(base) or _of_incompatibilities(base)


def _of_activities(base: wire.BaseStatus) -> Failure | None:
    failed = [
        (key, activity, problem)
        for key, activity in (base.activities or {}).items()
        if activity and (problem := activity.first_failure) and problem_text(problem)
    ]
    if not failed:
        return None
    key, activity, problem = min(failed, key=lambda entry: _when(entry[1]))
    return Failure(
        message=problem_text(problem),
        activity_id=activity.activity_id or key,
        recipe=activity.recipe_name,
        stack=problem.stack_trace_str,
    )


def _when(activity: wire.JobActivity) -> tuple[float, float]:
    end, order = number(activity.end_time), number(activity.partial_execution_order)
    return (end if end and end > 0 else float("inf"), order if order is not None else float("inf"))


def _of_job(base: wire.BaseStatus) -> Failure | None:
    problem = base.unexpected_failure
    if problem is None or not problem_text(problem):
        return None
    return Failure(message=problem_text(problem), stack=problem.stack_trace_str)


def _of_checks(base: wire.BaseStatus) -> Failure | None:
    problem = base.checks_failure
    text = (problem.detailed_message or problem.message) if problem else None
    return Failure(message=text) if text else None


def _of_incompatibilities(base: wire.BaseStatus) -> Failure | None:
    if not base.incompatibilities:
        return None
    first = base.incompatibilities[0]
    names = (first.dataset_project_key, first.dataset_name)
    what = ".".join(name for name in names if name) or "The output"
    other = f" {first.job_id}" if first.job_id else ""
    return Failure(message=f"{what} is being built by another job{other}")


def problem_text(problem: wire.Problem) -> str:
    """Return a failure's text; empty if it has none."""
    return problem.message or problem.detailed_message or ""
