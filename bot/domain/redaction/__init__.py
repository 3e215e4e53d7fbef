"""What of a text may be shown?

Masks the secrets in a log, or in any text from DSS or from people, before it goes to Slack or to our log.
DSS logs contain live tickets of the running job, connection strings and environments (DSS-API.md §1.7).

A search for fixed words finds the lines that can contain a secret; the rules look only at these, each kind in
a module of its own. Each takes time linear in the text: repeats are bounded or possessive, and what a rule
has read, it doesn't read again from its middle.

Example of a change: a vendor has tokens with a new prefix: add a line to `vendor_tokens` and one to
`tests/redaction/planted.py`.
"""

from bot.domain.redaction.redactor import Redactor, redact
from bot.domain.redaction.terminal import plain
from bot.domain.redaction.values import HIDDEN

__all__ = ["HIDDEN", "Redactor", "plain", "redact"]
