"""Known kinds of errors are recognized by their messages."""

import pytest

from bot.domain.failure_kinds import FailureKind, failure_kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Error in Python process: KeyError: 'amount'", FailureKind.MISSING_COLUMN),
        ("java.lang.OutOfMemoryError: Java heap space", FailureKind.MEMORY),
        ("OSError: [Errno 28] No space left on device", FailureKind.DISK),
        ("Connection refused (Connection refused)", FailureKind.CONNECTION),
        ("java.net.UnknownHostException: db1", FailureKind.CONNECTION),
        ("PermissionError: [Errno 13] Permission denied: '/data'", FailureKind.PERMISSION),
        ('FATAL: password authentication failed for user "dss"', FailureKind.CREDENTIALS),
        ("ModuleNotFoundError: No module named 'lightgbm'", FailureKind.MISSING_MODULE),
        ('ERROR: relation "orders" does not exist', FailureKind.MISSING_TABLE),
        ('ERROR: column "amount" does not exist', FailureKind.MISSING_COLUMN),
        ("ValueError: too many values to unpack", None),
        ("", None),
    ],
)
def test_a_message_says_which_kind_it_is(message: str, kind: FailureKind | None) -> None:
    """Each has a message as the tools write it; what isn't known has no kind."""
    assert failure_kind(message) is kind
