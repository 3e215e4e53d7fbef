"""``files.*``: the two external upload calls and what follows them."""

import re
from dataclasses import replace

from bot.sandbox.slack.methods.chat import postable
from bot.sandbox.slack.methods.spec import Args, Context, Method
from bot.sandbox.slack.model import ApiError, File, Json, Message
from bot.sandbox.slack.wire import file_json
from bot.sandbox.slack.world import World

_CHANNEL_ID = re.compile(r"[CGDZ][A-Z0-9]{8,}")


def get_upload_url(context: Context, args: Args) -> Json:
    """Announce a file and return the address to upload its bytes to."""
    world = context.world
    length = args.need("length")
    if not length.isdigit() or int(length) == 0:
        raise ApiError("invalid_arguments", "[ERROR] length must be a positive number")
    file = File(
        id=world.new_id("F"),
        name=args.need("filename"),
        title=args.need("filename"),
        length=int(length),
        user=world.bot_user_id,
        created=int(world.now()),
    )
    world.files[file.id] = file
    return {"upload_url": context.address(f"/upload/v1/{file.id}"), "file_id": file.id}


def receive(world: World, file_id: str, content: bytes) -> tuple[int, str]:
    """Receive the bytes of an announced file; returns the HTTP status and text of Slack's upload host."""
    with world.edit():
        file = world.files.get(file_id)
        if file is None or file.complete:
            return 404, "not found"
        if len(content) != file.length:
            world.violate(f"upload of {len(content)} bytes where {file.length} were announced")
            return 400, "length mismatch"
        world.files[file_id] = replace(file, content=content)
        return 200, f"OK - {file.length}"


def complete_upload(context: Context, args: Args) -> Json:
    """Finish uploads and share the files, in a thread if ``thread_ts`` is given."""
    world = context.world
    listed = args.object("files")
    if not isinstance(listed, list) or not listed:
        raise ApiError("invalid_arguments", "[ERROR] missing required field: files")
    files = []
    for one in listed:
        file = world.files.get(one.get("id", "") if isinstance(one, dict) else "")
        if file is None or file.content is None:
            raise ApiError("file_not_found")
        processed_at = file.processed_at or world.now() + world.file_processing
        title = one.get("title") or file.name
        files.append(replace(file, complete=True, processed_at=processed_at, title=title))
    channel_id = args.text("channel_id")
    if channel_id and not _CHANNEL_ID.fullmatch(channel_id):  # a user's id is refused: bolt-js#2115
        pointer = "[json-pointer:/channel_id]"
        raise ApiError("invalid_arguments", f"[ERROR] input must match regex pattern: {pointer}")
    target = channel_id or args.text("channels")
    if target:
        files = _share(world, files, target, args)
    for file in files:
        world.files[file.id] = file
        world.changed("file", user=world.bot_user_id, channel=target)
    return {"files": [file_json(world, file) for file in files]}


def _share(world: World, files: list[File], target: str, args: Args) -> list[File]:
    channel = postable(world, target)
    thread_ts = args.text("thread_ts")
    if thread_ts and thread_ts not in world.messages.get(channel.id, {}):
        raise ApiError("thread_not_found")
    shared = [replace(file, channels=(*file.channels, channel.id)) for file in files]
    world.files.update({file.id: file for file in shared})
    world.post(
        Message(
            channel=channel.id,
            ts=world.next_ts(),
            user=world.bot_user_id,
            text=args.text("initial_comment") or "",
            thread_ts=thread_ts,
            files=tuple(file.id for file in shared),
        )
    )
    return shared


def info(context: Context, args: Args) -> Json:
    """Describe a file."""
    file = context.world.files.get(args.need("file"))
    if file is None or not file.complete:
        raise ApiError("file_not_found")
    return {"file": file_json(context.world, file), "comments": []}


METHODS = (
    Method(
        name="files.getUploadURLExternal",
        handler=get_upload_url,
        scope="files:write",
        rate="4",
        json=False,
        params="filename length alt_txt snippet_type",
    ),
    Method(
        name="files.completeUploadExternal",
        handler=complete_upload,
        scope="files:write",
        rate="4",
        params="files channel_id channels initial_comment thread_ts blocks",
    ),
    Method(
        name="files.info",
        handler=info,
        scope="files:read",
        rate="4",
        json=False,
        params="file count cursor limit page",
    ),
)
