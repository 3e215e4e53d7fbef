"""Every kind of output that ``--type`` knows, and names whose kind wasn't said."""

import html
import re

import pytest

from tests.scenario.world import Scenario

KNOWLEDGE_BANK = "Kb4nKx19"


@pytest.mark.parametrize("word", ["streaming", "stream", "streaming-endpoint", "STREAMING_ENDPOINT"])
def test_a_streaming_endpoint_is_built(scenario: Scenario, word: str) -> None:
    """By its name, which is its id."""
    scenario.type(f"/dss-build SALES.live_orders --type {word}")
    scenario.root("SALES.live_orders")
    (started,) = scenario.starts()
    assert started["outputs"] == [
        {"type": "STREAMING_ENDPOINT", "id": "live_orders", "projectKey": "SALES", "partition": None}
    ]


@pytest.mark.parametrize("word", ["knowledge", "knowledge-bank", "bank", "KNOWLEDGE_BANK"])
def test_a_knowledge_bank_is_built(scenario: Scenario, word: str) -> None:
    """By its name; its id is sent, and its name is shown."""
    scenario.type(f'/dss-build FRAUD."fraud cases" --type {word}')
    scenario.root("FRAUD.Fraud cases")
    (started,) = scenario.starts()
    assert started["outputs"] == [
        {"type": "KNOWLEDGE_BANK", "id": KNOWLEDGE_BANK, "projectKey": "FRAUD", "partition": None}
    ]


@pytest.mark.parametrize(
    ("command", "said", "right"),
    [
        (
            "/dss-build SALES.live_orders",
            "live_orders is a streaming endpoint in SALES, not a dataset: add --type streaming",
            "/dss-build SALES.live_orders --type streaming",
        ),
        (
            '/dss-build FRAUD."Fraud cases" --mode missing',
            "Fraud cases is a knowledge bank in FRAUD, not a dataset: add --type knowledge",
            '/dss-build FRAUD."Fraud cases" --mode missing --type knowledge',
        ),
        (
            "/dss-build SALES.revenue --type streaming",
            "revenue is a dataset in SALES, not a streaming endpoint: leave out --type",
            "/dss-build SALES.revenue",
        ),
        (
            "/dss-build SALES.live_ordres --type streaming",
            "SALES has no streaming endpoint live_ordres",
            "/dss-build SALES.live_orders --type streaming",
        ),
    ],
)
def test_what_a_name_is_is_said(scenario: Scenario, command: str, said: str, right: str) -> None:
    """Nothing starts; the corrected command does what was asked for."""
    scenario.type(command)
    answer = scenario.told(said)
    (example,) = re.findall(r"For example: `([^`]+)`", answer.text)
    assert html.unescape(example) == right
    assert scenario.starts() == []
    scenario.type(right)
    scenario.until(lambda: scenario.starts() or None)


def test_the_types_are_listed_where_one_is_wrong(scenario: Scenario) -> None:
    """With the likeliest."""
    scenario.type("/dss-build SALES.live_orders --type streeming")
    scenario.told(
        "dataset, folder, model, streaming, knowledge", "/dss-build SALES.live_orders --type streaming"
    )
