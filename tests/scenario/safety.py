"""What must never appear in anything that Slack receives, whatever a test is about."""

import json
import re
from collections.abc import Collection, Iterator

from bot.sandbox.dss.logs import SECRET_PASSWORD, SECRET_TICKET

_NOT_SHOWN = frozenset({"value", "block_id", "action_id", "url", "metadata", "private_metadata"})
_MENTION = re.compile(r"<@([^>|]*)")
_EVERYBODY = re.compile(r"<!(?!date\^)")
_THREAD = r"https://[\w-]+\.slack\.com/archives/\w+/p\d+\|(?:thread|fil)>"
_LINK = re.compile(rf"<(?!{_THREAD})(?:https?:|mailto:|tel:)")


def check(payloads: Collection[object], people: Collection[str]) -> None:
    """Check everything that was sent to Slack.

    Args:
        payloads: arguments of calls and payloads of acknowledgements.
        people: the user ids that can be mentioned.
    """
    for payload in payloads:
        everything = json.dumps(payload, ensure_ascii=False, default=str)
        assert SECRET_TICKET not in everything
        assert SECRET_PASSWORD not in everything
        for text in shown_texts(payload):
            assert not _EVERYBODY.search(text), f"notifies everybody: {text}"
            assert not _LINK.search(text), f"links somewhere: {text}"
            assert all(one in people for one in _MENTION.findall(text)), f"mentions a stranger: {text}"
            assert len(text) <= 4_000, f"too long: {text[:100]}"


def shown_texts(value: object, key: str = "") -> Iterator[str]:
    """Yield every text that a person might see, and in which Slack looks for mentions and links."""
    if key in _NOT_SHOWN or (isinstance(value, dict) and value.get("type") == "text"):
        return  # Slack shows an element of rich text as it is
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from shown_texts(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from shown_texts(inner, key)
    elif isinstance(value, str):
        if value[:1] in "[{":
            try:
                yield from shown_texts(json.loads(value), key)
            except ValueError:
                yield value
        else:
            yield value
