"""Build the addresses of messages in Slack's format, without a call to Slack."""


def permalink(workspace: str, channel_id: str, ts: str) -> str | None:
    """Return the address of a message; ``None`` if the workspace's own address isn't known.

    Args:
        workspace: the workspace's address, from ``auth.test``.
        channel_id: the channel of the message.
        ts: the message's timestamp.
    """
    if not workspace:
        return None
    return f"{workspace.rstrip('/')}/archives/{channel_id}/p{ts.replace('.', '')}"
