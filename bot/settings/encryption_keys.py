"""Read the keys that encrypt what people entrust to the bot."""

import base64
import binascii
import re

from bot.settings.models import Secret
from bot.settings.problems import Environment, Problems

VARIABLE = "DSS_BOT_ENCRYPTION_KEYS"

_BYTES = 32
"""Length of a decoded Fernet key (https://github.com/fernet/spec/blob/master/Spec.md)."""


def read_encryption_keys(values: Environment, problems: Problems) -> tuple[Secret, ...]:
    """Return the keys, newest first; empty if none are set."""
    keys = [key for key in re.split(r"[,\s]+", values.secret(VARIABLE)) if key]
    right = "Give keys as `dss-bot keys generate` prints them, separated by commas, the newest first"
    for number, key in enumerate(keys, start=1):
        if not _is_key(key):
            problems.add(VARIABLE, f"number {number} of {len(keys)} is not an encryption key", right)
    if len(set(keys)) < len(keys):
        problems.add(VARIABLE, "has the same key twice", right)
    return tuple(Secret(key) for key in keys)


def _is_key(key: str) -> bool:
    try:
        return key.isascii() and len(base64.b64decode(key, altchars=b"-_", validate=True)) == _BYTES
    except (binascii.Error, ValueError):
        return False
