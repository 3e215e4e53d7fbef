"""How often the bot may post and edit messages in Slack (SLACK-FACTS.md §1.2)."""

from collections.abc import Sequence

import msgspec


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One call every ``interval_ms`` on average, and up to ``burst`` calls at once after a pause."""

    key: str
    interval_ms: int
    burst: int = 1

    @property
    def slack_ms(self) -> int:
        """How far calls may run ahead of the average rate, in milliseconds."""
        return (self.burst - 1) * self.interval_ms


class SlackRates(msgspec.Struct, frozen=True, kw_only=True):
    """The rates of posting and editing. An interval of 0 means no limit."""

    post_channel_ms: int = 1_000
    post_workspace_ms: int = 200
    update_ms: int = 1_200
    channel_burst: int = 1
    workspace_burst: int = 10
    update_burst: int = 5

    def shared(self) -> Sequence[Rate]:
        """Return the rates that apply to the whole workspace."""
        return [rate for rate in (self._post(), self.update()) if rate.interval_ms > 0]

    def keys(self, channel_id: str, ts: str | None) -> Sequence[Rate]:
        """Return the rates that apply to posting in a channel, or to editing the message ``ts``."""
        rates = [self.update()] if ts is not None else [self.in_channel(channel_id), self._post()]
        return [rate for rate in rates if rate.interval_ms > 0]

    def in_channel(self, channel_id: str) -> Rate:
        """Return the rate of posting in one channel."""
        return Rate(key=f"post:{channel_id}", interval_ms=self.post_channel_ms, burst=self.channel_burst)

    def update(self) -> Rate:
        """Return the rate of editing in the whole workspace."""
        return Rate(key="update", interval_ms=self.update_ms, burst=self.update_burst)

    def _post(self) -> Rate:
        return Rate(key="post", interval_ms=self.post_workspace_ms, burst=self.workspace_burst)
