"""The Slack stand-in in a process of its own: reads commands as lines of JSON, answers each with one line."""

import json
import sys
from typing import Any

from bot.sandbox.slack import SlackSandbox


class Commands:
    """What the measuring process may ask for."""

    def __init__(self, sandbox: SlackSandbox) -> None:
        self._sandbox = sandbox

    def where(self, channels: int) -> dict[str, Any]:
        """Add channels; tell the address, the token and the channels' ids."""
        added = [self._sandbox.add_channel(f"bench-{number}") for number in range(channels)]
        return {"url": self._sandbox.api_url, "token": self._sandbox.bot_token, "channels": added}

    def posted(self) -> int:
        """Count the messages that were taken."""
        return sum(call.ok and call.method == "chat.postMessage" for call in self._sandbox.calls)


def main() -> None:
    """Serve until the standard input ends."""
    with SlackSandbox(rates=False) as sandbox:
        commands = Commands(sandbox)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            print(json.dumps(getattr(commands, name)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
