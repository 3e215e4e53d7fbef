"""``views.*``: modals and the Home tab."""

from dataclasses import replace

from bot.sandbox.slack.inputs import initial_values
from bot.sandbox.slack.limits import check_view
from bot.sandbox.slack.methods.spec import Args, Context, Method
from bot.sandbox.slack.model import ApiError, Json, View
from bot.sandbox.slack.wire import view_json
from bot.sandbox.slack.world import World

DEPTH = 3  # maximum number of views in a stack (SLACK-FACTS §1.3)


def spend_trigger(world: World, args: Args) -> str:
    """Use up a trigger id and return whose it was.

    Raises:
        ApiError: ``invalid_trigger_id``, ``exchanged_trigger_id``, ``expired_trigger_id``.
    """
    trigger = world.triggers.get(args.text("trigger_id") or args.need("interactivity_pointer"))
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if world.now() > trigger.expires:
        raise ApiError("expired_trigger_id")
    trigger.used = True
    return trigger.user


def put_on_top(world: World, user: str, payload: Json) -> View:
    """Push a view onto a person's stack.

    Raises:
        ApiError: ``push_limit_reached``, ``duplicate_external_id``.
    """
    stack = world.stacks.setdefault(user, [])
    if len(stack) >= DEPTH:
        raise ApiError("push_limit_reached")
    external = payload.get("external_id")
    if external and any(view.payload.get("external_id") == external for view in world.views.values()):
        raise ApiError("duplicate_external_id")
    view_id = world.new_id("V")
    view = View(
        id=view_id,
        user=user,
        type="modal",
        payload=payload,
        hash=_new_hash(world),
        root_id=stack[0] if stack else view_id,
        previous_id=stack[-1] if stack else None,
        values=initial_values(payload["blocks"]),
    )
    world.views[view_id] = view
    stack.append(view_id)
    world.changed("view", user=user)
    return view


def replace_view(world: World, view: View, payload: Json) -> View:
    """Give a view new content; inputs that stay (same ids) keep what was typed into them."""
    values = initial_values(payload["blocks"])
    for block_id, actions in view.values.items():
        kept = {key: value for key, value in actions.items() if key in values.get(block_id, {})}
        values[block_id] = {**values.get(block_id, {}), **kept}
    changed = replace(
        view,
        payload=payload,
        hash=_new_hash(world),
        values={key: value for key, value in values.items() if value},
        errors={},
    )
    world.views[view.id] = changed
    world.changed("view", user=view.user)
    return changed


def close_views(world: World, user: str, ids: list[str]) -> None:
    """Remove views from a person's screen."""
    for view_id in ids:
        world.views.pop(view_id, None)
        world.stacks[user].remove(view_id)
    world.changed("view", user=user)


def _new_hash(world: World) -> str:
    return f"{int(world.now())}.{world.new_id('h')}"


def open_view(context: Context, args: Args) -> Json:
    """Open a modal; this discards the person's previous stack."""
    world = context.world
    payload = check_view(args.object("view"), "modal", world.new_id, world.unknown_blocks)
    user = spend_trigger(world, args)
    close_views(world, user, list(world.stacks.get(user, [])))
    return {"view": view_json(world, put_on_top(world, user, payload))}


def push_view(context: Context, args: Args) -> Json:
    """Push a modal on top of the one that the trigger came from."""
    world = context.world
    payload = check_view(args.object("view"), "modal", world.new_id, world.unknown_blocks)
    trigger = world.triggers.get(args.text("trigger_id") or args.need("interactivity_pointer"))
    if trigger is not None and not world.stacks.get(trigger.user):
        raise ApiError("not_found")
    user = spend_trigger(world, args)
    return {"view": view_json(world, put_on_top(world, user, payload))}


def update_view(context: Context, args: Args) -> Json:
    """Change an open modal."""
    world = context.world
    payload = check_view(args.object("view"), "modal", world.new_id, world.unknown_blocks)
    external = args.text("external_id")
    view_id = args.text("view_id") or next(
        (
            view.id
            for view in world.views.values()
            if external and view.payload.get("external_id") == external
        ),
        "",
    )
    if view_id not in world.views:
        raise ApiError("not_found")
    view = world.views[view_id]
    if args.text("hash") not in {None, view.hash}:
        raise ApiError("hash_conflict")
    return {"view": view_json(world, replace_view(world, view, payload))}


def publish_home(context: Context, args: Args) -> Json:
    """Change a person's Home tab."""
    world = context.world
    user = args.need("user_id")
    if user not in world.users or world.users[user].deleted:
        raise ApiError("invalid_arguments", "[ERROR] invalid `user_id`")
    payload = check_view(args.object("view"), "home", world.new_id, world.unknown_blocks)
    old = world.homes.get(user)
    if old is not None and args.text("hash") not in {None, old.hash}:
        raise ApiError("hash_conflict")
    view_id = old.id if old else world.new_id("V")
    home = View(
        id=view_id,
        user=user,
        type="home",
        payload=payload,
        hash=_new_hash(world),
        root_id=view_id,
        values=initial_values(payload["blocks"]),
    )
    world.homes[user] = home
    world.changed("home", user=user)
    return {"view": view_json(world, home)}


METHODS = (
    Method(name="views.open", handler=open_view, rate="4", params="trigger_id interactivity_pointer view"),
    Method(name="views.push", handler=push_view, rate="4", params="trigger_id interactivity_pointer view"),
    Method(name="views.update", handler=update_view, rate="4", params="view view_id external_id hash"),
    Method(name="views.publish", handler=publish_home, rate="4", params="user_id view hash"),
)
