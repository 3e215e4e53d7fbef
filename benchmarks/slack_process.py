"""The Slack stand-in in its own process: reads JSON commands line by line and answers each with one line."""

import json
import sys
from typing import Any

from bot.sandbox.slack import SlackSandbox


class Commands:
    """The commands that the measuring process can send."""

    def __init__(self, sandbox: SlackSandbox) -> None:
        self._sandbox = sandbox

    def where(self, channels: int) -> dict[str, Any]:
        """Add channels; return the address, the token, and the channels' ids."""
        added = [self._sandbox.add_channel(f"bench-{number}") for number in range(channels)]
        return {"url": self._sandbox.api_url, "token": self._sandbox.bot_token, "channels": added}

    def posted(self) -> int:
        """Return how many messages were accepted."""
        return sum(call.ok and call.method == "chat.postMessage" for call in self._sandbox.calls)


def main() -> None:
    """Serve until standard input ends."""
    with SlackSandbox(rates=False) as sandbox:
        commands = Commands(sandbox)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            print(json.dumps(getattr(commands, name)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
