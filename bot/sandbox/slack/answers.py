"""How the payload of an acknowledgement changes the person's screen."""

from bot.sandbox.slack.limits import OPTIONS_ANSWER, check_view
from bot.sandbox.slack.limits.checks import Problems
from bot.sandbox.slack.methods.views import close_views, put_on_top, replace_view
from bot.sandbox.slack.model import ApiError, Json, View
from bot.sandbox.slack.response_urls import apply_response
from bot.sandbox.slack.world import World


def command_answered(world: World, path: str, payload: object) -> None:
    """Show a slash command's acknowledgement; this doesn't count toward the response URL's five uses."""
    if not payload:
        return
    try:
        apply_response(world, world.response_urls[path], payload)
    except ApiError as refused:
        world.violate(f"answer to a slash command: {refused.code} {' '.join(refused.messages)}")


def submission_answered(world: World, view: View, payload: object) -> None:
    """Close, change, or mark up the modal, as ``response_action`` requests."""
    answer: Json = payload if isinstance(payload, dict) else {}
    action = answer.get("response_action")
    current = world.views.get(view.id)
    if current is None:
        return
    try:
        if action == "errors":
            _mark_errors(world, current, answer.get("errors"))
        elif action == "update":
            replace_view(
                world, current, check_view(answer.get("view"), "modal", world.new_id, world.unknown_blocks)
            )
        elif action == "push":
            put_on_top(
                world, view.user, check_view(answer.get("view"), "modal", world.new_id, world.unknown_blocks)
            )
        elif action == "clear":
            close_views(world, view.user, list(world.stacks[view.user]))
        elif not answer:
            close_views(world, view.user, [view.id])
        else:
            world.violate(f"answer to a view submission: unknown {answer}")
    except ApiError as refused:
        world.violate(f"answer to a view submission: {refused.code} {' '.join(refused.messages)}")


def _mark_errors(world: World, view: View, errors: object) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError("invalid_errors", f"[ERROR] not all input blocks of the view: {errors}")
    world.views[view.id] = View(**{**view.__dict__, "errors": errors})
    world.changed("view", user=view.user)


def suggestion_answered(world: World, payload: object) -> None:
    """Check the options; the test that asked for them reads `Delivery.ack_payload`."""
    problems = Problems()
    OPTIONS_ANSWER(payload, "", problems)
    if problems:
        world.violate(f"answer to a block suggestion: {' '.join(problems)}")
