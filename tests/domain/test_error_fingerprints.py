"""The same error is recognized in another run, and another error isn't."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Failure
from bot.domain.error_fingerprints import error_fingerprint, normalized

_number = st.integers(0, 10**12).map(str)
_date = st.one_of(
    st.datetimes().map(lambda at: at.isoformat()),
    st.dates().map(lambda at: f"{at:%Y/%m/%d}"),
    st.times().map(lambda at: f"{at:%H:%M:%S}"),
)
_id = st.one_of(
    st.uuids().map(str),
    st.binary(min_size=8, max_size=32).map(lambda content: f"7{content.hex()}"),
)
_path = st.lists(st.text("abcxyz019._-", min_size=1, max_size=8), min_size=1, max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)
_host = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.tuples(st.integers(1, 255), st.integers(1_024, 65_535)).map(lambda n: f"node-{n[0]}.internal:{n[1]}"),
    st.sampled_from(["db1.example.com", "warehouse.prod.corp", "https://a.example/x?y=1", "jdbc://h:1/db"]),
)
_SENTENCES = (
    ("could not read {} within the limit", _number),
    ("Partition {} isn't there", _date),
    ("Session {} was closed", _id),
    ("No such file: {}", _path),
    ("Connection to {} refused", _host),
)


@given(st.data())
def test_what_differs_from_run_to_run_does_not_count(data: st.DataObject) -> None:
    """Numbers, dates, ids, paths and hosts can be any others: it's the same error."""
    for text, values in _SENTENCES:
        one, other = (error_fingerprint(Failure(message=text.format(data.draw(values)))) for _ in "ab")
        assert one == other


@given(st.text(max_size=3_000))
def test_any_message_has_a_fingerprint_or_none(message: str) -> None:
    """What is normalized stays as it is, is short, and has no digit left."""
    text = normalized(message)
    assert normalized(text) == text
    assert len(text) <= 1_000
    assert not any(char in "0123456789" for char in text)
    found = error_fingerprint(Failure(message=message))
    assert (found is None) == (not message.strip())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KeyError: 'amount'", "KeyError: 'price'"),
        ("Connection refused", "Connection reset"),
        ("java.lang.NullPointerException", "java.lang.OutOfMemoryError"),
        ("column amount not found", "column customer not found"),
    ],
)
def test_another_error_has_another_fingerprint(one: str, other: str) -> None:
    """Words count."""
    assert error_fingerprint(Failure(message=one)) != error_fingerprint(Failure(message=other))


def test_the_recipe_counts() -> None:
    """The same message of another recipe is another error; case doesn't matter."""
    here, there, again = (
        error_fingerprint(Failure(message="Boom", recipe=recipe)) for recipe in ("a", "b", "A")
    )
    assert here != there
    assert here == again
    assert error_fingerprint(None) is None


def test_what_is_normalized_reads_like_this() -> None:
    """One example with everything, so that a reviewer sees what is left."""
    said = (
        "2026-11-23T08:15:58.778Z Job 4711 on dev_node7.example.com:8082: file '/data/dss/CHURN/x_1.csv' "
        "of session 0af1c2d3-aaaa-bbbb-cccc-0123456789ab isn't there after 3.5 s (https://dss.example/jobs/9)"
    )
    assert normalized(said) == "# job # on #: file '#' of session # isn't there after # s (#)"


@pytest.mark.parametrize(
    "text", ["a-" * 5_000, "a." * 5_000, "/a" * 5_000, "a" * 10_000, "0a" * 5_000, "@." * 5_000]
)
def test_no_message_takes_long(text: str) -> None:
    """Patterns that could take quadratic time see only the beginning."""
    began = time.thread_time()
    normalized(text)
    assert time.thread_time() - began < 1
