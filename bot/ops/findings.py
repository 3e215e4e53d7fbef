"""What a check of the doctor found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fix"]
"""``fix``: the bot doesn't work like this; ``warn``: it works, but with limitations."""

OK: Literal["ok"] = "ok"
WARN: Literal["warn"] = "warn"
FIX: Literal["fix"] = "fix"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of one check."""

    level: Level
    subject: str
    detail: str

    def __str__(self) -> str:
        """Return one line; whatever Slack or DSS put into it can't move the cursor of a terminal."""
        line = f"{self.level:4}  {self.subject}: {self.detail}"
        return "".join(c if c.isprintable() else "?" for c in line)
