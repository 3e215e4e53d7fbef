"""How much the redactor finds, and how much it masks wrongly. ``pytest -s`` prints figures and misses."""

import re
import sys

from bot.domain.redaction import redact
from tests.redaction.ordinary import ordinary
from tests.redaction.planted import planted
from tests.redaction.red_team import RED_TEAM
from tests.redaction.second_look import second_look

_MARKED = re.compile(r"«([^«»]+)»")
LONGEST_SHOWN = 3
"""How many characters of a secret can stay visible: a recognizable prefix is always outside the marks."""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _missed(marked: str) -> list[str]:
    """Return the secrets of which something is still to be seen."""
    shown = redact(marked.replace("«", "").replace("»", ""))
    around = _MARKED.sub("\0", marked)
    secrets = [part for secret in _MARKED.findall(marked) for part in secret.split("\n") if part.strip()]
    return [secret for secret in secrets if _visible(secret, shown, around)]


def _visible(secret: str, shown: str, around: str) -> bool:
    """Return whether a part of a secret is shown that isn't also in the text around it."""
    width = min(len(secret), LONGEST_SHOWN + 1)
    parts = {secret[at : at + width] for at in range(len(secret) - width + 1)}
    return any(part in shown and part not in around for part in parts)


def _report(title: str, texts: list[str], least: float) -> None:
    missed = {text: secrets for text in texts if (secrets := _missed(text))}
    share = 1 - len(missed) / len(texts)
    _say(f"\n{title}: {len(texts) - len(missed)} of {len(texts)} masked ({share:.1%})")
    for text, secrets in missed.items():
        _say(f"  missed {secrets} in {text!r}\n      -> {redact(text.replace('«', '').replace('»', ''))!r}")
    assert share >= least, missed


def test_planted_secrets_are_masked() -> None:
    """At least 99 % of at least 200."""
    texts = planted()
    assert len(texts) >= 200
    assert all(_MARKED.search(text) for text in texts)
    _report("planted", texts, 0.99)


def test_secrets_that_the_patterns_were_not_made_from_are_masked() -> None:
    """The red team's: written after the patterns; docs/security.md has the share at the first try."""
    assert len(RED_TEAM) >= 100
    _report("red team", list(RED_TEAM), 0.99)


def test_secrets_of_a_second_look_are_masked() -> None:
    """Another red team's; docs/security.md has the share at the first try."""
    texts = second_look()
    assert len(texts) >= 140
    _report("second look", texts, 0.99)


def test_ordinary_lines_are_left_alone() -> None:
    """At most 0.5 % of at least 2,000 lines are touched."""
    lines = ordinary()
    assert len(set(lines)) >= 2_000
    touched = [(line, shown) for line in lines if (shown := redact(line)) != line]
    _say(f"\nordinary: {len(touched)} of {len(lines)} touched ({len(touched) / len(lines):.2%})")
    for line, shown in touched:
        _say(f"  {line}\n   -> {shown}")
    assert len(touched) <= 0.005 * len(lines), touched


def test_the_same_lines_in_one_log() -> None:
    """What a line opens doesn't reach into the ones that follow it."""
    lines = ordinary()
    shown = redact("\n".join(lines)).split("\n")
    touched = [pair for pair in zip(lines, shown, strict=True) if pair[0] != pair[1]]
    _say(f"\nordinary, in one text: {len(touched)} of {len(lines)} touched")
    for line, other in touched:
        _say(f"  {line}\n   -> {other}")
    assert len(touched) <= 0.005 * len(lines), touched
