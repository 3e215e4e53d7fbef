"""Jobs as JSON: the list item, the definition, and the status object (DSS-API.md §1.3 to §1.5)."""

import msgspec

from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.plan import Head, Progress, Step, progress
from bot.sandbox.dss.problems import SERVER_ERROR, java_stack

Json = dict[str, object]
KERNEL_PID = 12_345


def definition(job: Job) -> Json:
    """Return ``def``."""
    return {
        "id": job.id,
        "projectKey": job.project,
        "name": job.name,
        "type": job.mode,
        "initiator": job.initiator,
        "initiatorDisplayName": job.initiator_name,
        "initiationTimestamp": job.life.initiated,
        "triggeredFrom": job.triggered_from,
        "mailNotification": False,
        "refreshHiveMetastore": job.refresh_metastore,
        "autoUpdateSchemaBeforeEachRecipeRun": job.auto_update_schema,
        "refreshIntermediateMirrors": True,
        "refreshTargetMirrors": True,
        "outputs": [
            {
                "type": one.kind,
                "targetDatasetProjectKey": one.project,
                "targetDataset": one.id,
                "targetPartition": one.partition,
            }
            for one in job.outputs
        ],
    }


def list_item(job: Job, now: int, *, flat: bool = False) -> bytes:
    """Return an encoded list item; the running lists also have the ids ``flat`` at the top level."""
    current = job.head(now)
    if job.encoded is None or job.encoded[0] != current:
        job.encoded = (current, msgspec.json.encode(_item(job, current)))
    encoded = job.encoded[1]
    if not flat:
        return encoded
    ids = msgspec.json.encode({"jobId": job.id, "projectKey": job.project})
    return encoded[:-1] + b"," + ids[1:]


def _item(job: Job, current: Head) -> Json:
    return {
        "def": definition(job),
        "state": current.state,
        "stableState": current.stable,
        "startTime": current.start,
        "endTime": current.end,
        "warningsCount": current.warnings,
    }


def status(job: Job, now: int) -> Json:
    """Return the status object."""
    current = job.head(now)
    activities = [] if job.cleared else progress(job.plan, job.life, now)
    by_recipe: dict[str, list[str]] = {}
    for one in activities:
        by_recipe.setdefault(one.step.recipe, []).append(one.step.id)
    return {
        "baseStatus": _base_status(job, current, activities),
        "globalState": _counters(activities),
        "logTail": None,
        "removed": job.cleared,
        "stepRun": None,
        "activityIdsByRecipeName": by_recipe,
        "yarnLogs": [],
        "k8sLogs": [],
    }


def _base_status(job: Job, current: Head, activities: list[Progress]) -> Json:
    plan = job.plan
    known = current.start or current.end
    return {
        "def": definition(job),
        "state": current.state,
        "jobStartTime": current.start,
        "jobEndTime": current.end,
        "resolveDuration": plan.deps_ms if known else 0,
        "execDuration": max(0, current.end - current.start - plan.deps_ms) if current.end else 0,
        "kernelPid": KERNEL_PID,
        "activities": {one.step.id: _activity(job, one) for one in activities},
        "unexpectedFailure": _unexpected(job, current),
        "checksFailure": None,
        "incompatibilities": [
            {
                "jobProjectKey": one.job_project,
                "jobId": one.job_id,
                "datasetProjectKey": one.project,
                "datasetName": one.dataset,
                "partition": one.partition,
            }
            for one in plan.conflicts
        ],
        "job": {
            "allActivities": {
                one.step.id: {
                    "requiredReason": {"type": one.step.reason},
                    "dependencies": list(one.step.needs),
                }
                for one in activities
            }
        },
    }


def _counters(activities: list[Progress]) -> Json:
    states = [one.state for one in activities]
    return {
        "done": states.count("DONE"),
        "failed": states.count("FAILED"),
        "running": states.count("RUNNING"),
        "notStarted": states.count("NOT_STARTED"),
        "aborted": states.count("ABORTED"),
        "total": len(states),
    }


def _unexpected(job: Job, current: Head) -> Json | None:
    if not job.plan.unexpected or current.state != "FAILED":
        return None
    return _failure(job.plan.unexpected) | {"detailedMessageHTML": job.plan.unexpected}


def _failure(message: str) -> Json:
    return {
        "clazz": SERVER_ERROR,
        "errorType": SERVER_ERROR,
        "message": message,
        "detailedMessage": message,
        "stackTraceStr": java_stack(SERVER_ERROR, message, where="com.dataiku.dip.dataflow.exec"),
    }


def failure_message(step: Step) -> str:
    """Return DSS's message for a failed recipe."""
    message = step.failure.message if step.failure else ""
    return f"Error in Python process: {message}" if step.recipe_type == "python" else message


def _activity(job: Job, one: Progress) -> Json:
    step = one.step
    ran = round(step.duration_ms * one.fraction)
    shown: Json = {
        "activityId": step.id,
        "activityType": "RECIPE",
        "recipeName": step.recipe,
        "recipeType": step.recipe_type,
        "engineType": step.engine,
        "state": one.state,
        "partialExecutionOrder": job.plan.steps.index(step) + 1 if step in job.plan.steps else 0,
        "startTime": one.start,
        "endTime": one.end,
        "preparingTime": 100 if one.start else 0,
        "waitingTime": 200 if one.start else 0,
        "runningTime": ran,
        "totalTime": ran + 300 if one.start else 0,
        "message": None,
        "warnings": _warnings(step, finished=one.end > 0),
        "targets": [_target(step, index, one) for index in range(len(step.targets))],
        "sources": _sources(step, one.fraction),
        "pipelineRecipes": [],
        "def": {
            "recipeProjectKey": job.project,
            "targets": [
                {"projectKey": target.project, "datasetName": target.id, "partitionId": target.partition}
                for target in step.targets
            ],
        },
        "statusOutputs": [],
    }
    if one.state == "FAILED":
        shown["firstFailure"] = _failure(failure_message(step))
    return shown


def _target(step: Step, index: int, one: Progress) -> Json:
    target = step.targets[index]
    return {
        "type": target.kind,
        "id": f"{target.project}.{target.id}",
        "partition": {"id": target.partition},
        "label": target.label,
        "records": round(target.records * one.fraction),
        "bytes": round(target.bytes * one.fraction),
    }


def _sources(step: Step, fraction: float) -> list[Json]:
    grouped: dict[tuple[str, str], list[Json]] = {}
    for source in step.sources:
        read = round(source.bytes * fraction)
        grouped.setdefault((source.kind, f"{source.project}.{source.id}"), []).append(
            {"id": source.partition, "totalFiles": 3, "totalSize": source.bytes, "readBytes": read}
        )
    return [
        {
            "type": kind,
            "id": name,
            "statsType": "FILES_WITH_PROGRESS",
            "partitions": parts,
            "totalReadBytes": sum(int(str(part["readBytes"])) for part in parts),
        }
        for (kind, name), parts in grouped.items()
    ]


def _warnings(step: Step, *, finished: bool) -> Json:
    kinds: dict[str, list[str]] = {}
    for kind, message in step.warnings if finished else ():
        kinds.setdefault(kind, []).append(message)
    return {
        "totalCount": sum(len(messages) for messages in kinds.values()),
        "warnings": {
            kind: {"type": kind, "count": len(messages), "stored": [{"message": text} for text in messages]}
            for kind, messages in kinds.items()
        },
    }
