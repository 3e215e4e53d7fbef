"""How often Slack may be called (SLACK-FACTS.md §1.2), as far as it concerns messages."""

from collections.abc import Sequence

import msgspec


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One call each ``interval_ms`` on average, ``burst`` of them at once after a rest."""

    key: str
    interval_ms: int
    burst: int = 1


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """The rates of posting and editing. An interval of 0 means no limit."""

    post_channel_ms: int = 1_000
    post_workspace_ms: int = 200
    update_ms: int = 1_200
    channel_burst: int = 1
    workspace_burst: int = 10
    update_burst: int = 5

    def shared(self) -> Sequence[Rate]:
        """Return the rates of the whole workspace."""
        return [rate for rate in (self._post(), self._update()) if rate.interval_ms > 0]

    def keys(self, channel_id: str, ts: str | None) -> Sequence[Rate]:
        """Return the rates that posting to a channel, or editing the message ``ts``, uses up."""
        if ts is not None:
            rates = [self._update()]
        else:
            in_channel = Rate(
                key=post_key(channel_id), interval_ms=self.post_channel_ms, burst=self.channel_burst
            )
            rates = [in_channel, self._post()]
        return [rate for rate in rates if rate.interval_ms > 0]

    def _post(self) -> Rate:
        return Rate(key="post", interval_ms=self.post_workspace_ms, burst=self.workspace_burst)

    def _update(self) -> Rate:
        return Rate(key="update", interval_ms=self.update_ms, burst=self.update_burst)


def post_key(channel_id: str) -> str:
    """Return the rate key of posting to one channel."""
    return f"post:{channel_id}"
