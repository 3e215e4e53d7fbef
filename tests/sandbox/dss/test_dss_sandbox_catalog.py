"""Projects, flows, users, and the instance through the official client."""

from typing import Any

import pytest
from dataikuapi.utils import DataikuException

from bot.sandbox.dss import DssSandbox


def test_projects_are_those_one_sees(connect: Any) -> None:
    """Only a few people see the restricted project."""
    assert "PAYROLL" not in connect("alice").list_project_keys()
    assert connect("carol").list_project_keys() == ["CHURN", "PAYROLL"]
    assert len(connect("admin").list_projects()) == 6


def test_one_project(connect: Any, get: Any) -> None:
    """The summary (with and without a slash) and the metadata give the same name."""
    project = connect().get_project("ETUDES")
    name = "Études de marché · 東京"
    assert project.get_summary()["name"] == get("/projects/ETUDES/").json()["name"] == name
    assert project.get_metadata()["label"] == name


def test_datasets_and_their_tags(connect: Any, sandbox: DssSandbox) -> None:
    """The list has names and types and can be filtered by tag."""
    sandbox.world.projects["CHURN"].dataset("scored").tags = ("gold",)
    project = connect().get_project("CHURN")
    names = [one["name"] for one in project.list_datasets()]
    assert {"scored", "features_broken", "crm_customers"} <= set(names)
    assert [one["name"] for one in project.list_datasets(tags="gold")] == ["scored"]


def test_a_dataset_tells_its_dimensions(connect: Any, get: Any) -> None:
    """day|country in order; none for an unpartitioned dataset; 404 for an unknown one."""
    raw = connect().get_project("SALES").get_dataset("orders").get_settings().get_raw()
    dimensions = raw["partitioning"]["dimensions"]
    assert [(one["name"], one["type"]) for one in dimensions] == [("day", "time"), ("country", "value")]
    assert get("/projects/SALES/datasets/shops").json()["partitioning"]["dimensions"] == []
    assert get("/projects/SALES/datasets/nope").status_code == 404


def test_partitions(connect: Any) -> None:
    """The existing ones; NP for an unpartitioned dataset."""
    project = connect().get_project("SALES")
    assert "2026-11-22|FR" in project.get_dataset("orders").list_partitions()
    assert project.get_dataset("shops").list_partitions() == ["NP"]


def test_folders_models_streams_and_knowledge_banks(connect: Any, get: Any) -> None:
    """Names for people and opaque ids for the API."""
    churn, sales, fraud = (connect().get_project(key) for key in ("CHURN", "SALES", "FRAUD"))
    assert [(one["id"], one["name"]) for one in churn.list_managed_folders()] == [
        ("O2ue6CX3", "Customer exports")
    ]
    assert [(one["id"], one["name"]) for one in churn.list_saved_models()] == [
        ("mDl7Qx2a", "Churn prediction")
    ]
    assert [one["id"] for one in sales.list_streaming_endpoints()] == ["live_orders"]
    assert [one["id"] for one in fraud.list_knowledge_banks()] == ["Kb4nKx19"]
    assert len(get("/projects/FRAUD/knowledge-banks/").json()) == 1


def test_recipes_scenarios_and_the_graph(connect: Any) -> None:
    """The graph agrees with the recipes."""
    project = connect().get_project("CHURN")
    assert "compute_scored" in [one["name"] for one in project.list_recipes()]
    assert [one["id"] for one in project.list_scenarios()] == ["NIGHTLY"]
    nodes = project.get_flow().get_graph().data["nodes"]
    assert nodes["scored"]["predecessors"] == ["compute_scored"]
    assert nodes["compute_scored"]["predecessors"] == ["features"]
    assert nodes["crm_customers"]["predecessors"] == []


def test_users_for_everybody(connect: Any) -> None:
    """One is disabled, one has no email, and two share an email."""
    users = connect("bob").list_users_info()
    emails = [one.email for one in users]
    assert emails.count("erin@example.com") == 2
    assert "" in emails
    assert [one.login for one in users if not one.enabled] == ["dave"]


def test_users_one_by_one_and_for_administrators(connect: Any, get: Any) -> None:
    """The administrator's list has more details and is refused to others; unknown logins are 404."""
    assert get("/users/alice").json()["email"] == "alice@example.com"
    assert get("/users/nobody").status_code == get("/admin/users/nobody").status_code == 404
    admin = connect("admin")
    assert {"userProfile", "sourceType"} <= set(admin.list_users()[0])
    assert admin.get_user("alice").get_settings().get_raw()["login"] == "alice"


def test_who_am_i(connect: Any, get: Any) -> None:
    """A personal key is its user; any other key has an id and no groups."""
    assert connect("alice").get_auth_info()["authIdentifier"] == "alice"
    info = get("/auth/info?withSecrets=False").json()
    assert (info["authIdentifier"], info["groups"], info["admin"]) == ("api:dss-bot", [], True)


def test_instance_and_futures(connect: Any, get: Any, sandbox: DssSandbox) -> None:
    """Builds aren't among the futures; only administrators can list everybody's futures."""
    sandbox.world.start("CHURN", {"outputs": [{"id": "scored"}]})
    client = connect("alice")
    assert client.get_instance_info().raw["nodeType"] == "DESIGN"
    assert client.list_futures() == client.list_running_scenarios() == []
    assert get("/futures/?allUsers=True", auth=(sandbox.key_of("alice"), "")).status_code == 403


def test_hostile_names_come_through_unchanged(connect: Any, get: Any) -> None:
    """Names that look like mentions, markup, separators, and escapes can be listed and built."""
    project = connect().get_project("HOSTILE")
    names = [one["name"] for one in project.list_datasets()]
    assert {"<!channel>", "a|b,c", "50% off?#1"} <= set(names)
    for name in names:
        answer = get("/projects/HOSTILE/jobs/", "POST", json={"outputs": [{"id": name}]}).json()
        path = f"/projects/HOSTILE/jobs/{_quoted(answer['id'])}/"
        assert get(path).json()["baseStatus"]["def"]["outputs"][0]["targetDataset"] == name


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_permissions_of_a_project(connect: Any) -> None:
    """Administrators and the owner see who may do what; others are refused."""
    read = connect().get_project("FRAUD").get_permissions()
    assert read["owner"] == "alice"
    may = {one["user"]: one["writeProjectContent"] for one in read["permissions"]}
    assert may == {"alice": True, "bob": False}
    assert connect("alice").get_project("FRAUD").get_permissions() == read
    with pytest.raises(DataikuException, match="not administrator"):
        connect("bob").get_project("FRAUD").get_permissions()
