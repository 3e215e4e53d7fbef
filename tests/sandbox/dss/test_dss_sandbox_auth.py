"""Keys, permissions, and impersonation, as described in DSS-API §3."""

from typing import Any

import pytest
import requests

from bot.sandbox.dss import DssSandbox, Key

SCORED = {"outputs": [{"id": "scored"}]}


def error(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert "\tat " in body["stackTraceStr"]
    return answer.status_code, body["errorType"].rsplit(".", 1)[-1], body["message"]


def test_every_way_to_send_a_key_works(sandbox: DssSandbox, get: Any) -> None:
    """As the user name, as the password without a user, or as a bearer token."""
    key = sandbox.key_of("alice")
    ways: list[dict[str, Any]] = [
        {"auth": (key, "")},
        {"auth": ("", key)},
        {"auth": None, "headers": {"Authorization": f"Bearer {key}"}},
    ]
    for way in ways:
        assert get("/auth/info", **way).json()["authIdentifier"] == "alice"


@pytest.mark.parametrize(
    "header", ["", "Bearer nope", "Basic !!!", "Basic bm9wZTo=", "Digest x", "Basic /w=="]
)
def test_an_unknown_key_is_401(get: Any, header: str) -> None:
    """A missing, malformed, or unknown key."""
    answer = get("/projects/", auth=None, headers={"Authorization": header})
    assert error(answer) == (401, "NotAuthenticatedException", "Unknown API Key")


def test_a_revoked_key_is_unknown(sandbox: DssSandbox, get: Any) -> None:
    """A key that worked stops working."""
    key = sandbox.key_of("bob")
    assert get("/projects/", auth=(key, "")).ok
    sandbox.world.revoke_key(key)
    assert error(get("/projects/", auth=(key, "")))[2] == "Unknown API Key"


def test_invisible_and_unknown_projects_look_the_same(sandbox: DssSandbox, get: Any) -> None:
    """401 with the same words, so that nobody learns what exists."""
    key = sandbox.key_of("alice")
    answers = [get(f"/projects/{one}/jobs/", auth=(key, "")) for one in ("PAYROLL", "NOPE")]
    assert [error(one) for one in answers] == [
        (401, "UnauthorizedException", "Failed to read project permissions")
    ] * 2
    assert get("/projects/NOPE/jobs/").status_code == 401  # for administrators too


def test_reading_is_not_running(sandbox: DssSandbox, get: Any) -> None:
    """carol can see CHURN but can't start or abort there; the status can also be 401."""
    key = sandbox.key_of("carol")
    job = sandbox.world.start("CHURN", SCORED)
    assert get("/projects/CHURN/jobs/", auth=(key, "")).ok
    for path, body in (("jobs/", SCORED), (f"jobs/{job.id}/abort", None)):
        answer = get(f"/projects/CHURN/{path}", "POST", auth=(key, ""), json=body)
        assert error(answer)[:2] == (403, "UnauthorizedException")
    sandbox.world.refusal_status = 401
    assert get("/projects/CHURN/jobs/", "POST", auth=(key, ""), json=SCORED).status_code == 401
    sandbox.world.grant("carol", "CHURN")
    assert get("/projects/CHURN/jobs/", "POST", auth=(key, ""), json=SCORED).ok


def test_permissions_can_be_taken_away(sandbox: DssSandbox, connect: Any) -> None:
    """A project disappears from a user's list when the right is revoked."""
    client = connect("frank")
    assert client.list_project_keys() == ["SALES"]
    sandbox.world.revoke("frank", "SALES")
    assert client.list_project_keys() == []


def test_an_admin_key_acts_as_a_person(sandbox: DssSandbox, get: Any) -> None:
    """With X-DKU-ProxyUser, the rights and the name are the person's."""
    headers = {"X-DKU-ProxyUser": "alice"}
    assert get("/auth/info", headers=headers).json()["authIdentifier"] == "alice"
    assert get("/projects/CHURN/jobs/", "POST", headers=headers, json=SCORED).json()["initiator"] == "alice"
    assert get("/projects/PAYROLL/", headers=headers).status_code == 401
    assert sandbox.requests[-1].proxy_user == "alice"


def test_impersonation_by_other_keys_and_of_nobody_is_refused(sandbox: DssSandbox, get: Any) -> None:
    """Personal and project keys can't impersonate; unknown and disabled logins can't be impersonated."""
    headers = {"X-DKU-ProxyUser": "bob"}
    for key in (sandbox.key_of("alice"), sandbox.project_key("CHURN")):
        assert error(get("/projects/", auth=(key, ""), headers=headers))[:2] == (403, "UnauthorizedException")
    for login in ("nobody", "dave"):
        answer = get("/projects/", headers={"X-DKU-ProxyUser": login})
        assert error(answer)[:2] == (401, "UnauthorizedException")
    assert get("/projects/", auth=(sandbox.key_of("dave"), "")).status_code == 401


def test_a_project_key_is_limited_to_its_project(sandbox: DssSandbox, connect: Any, get: Any) -> None:
    """It lists one project, starts jobs as ``API (label)``, and can't list users."""
    key = sandbox.project_key("CHURN", "ci")
    client = connect(key=key)
    assert client.list_project_keys() == ["CHURN"]
    job = client.get_project("CHURN").start_job(SCORED)
    assert job.get_status()["baseStatus"]["def"]["initiator"] == "API (ci)"
    assert client.get_auth_info()["groups"] == []
    assert get("/projects/SALES/jobs/", auth=(key, "")).status_code == 401
    assert get("/users", auth=(key, "")).status_code == 403
    assert sandbox.project_key("CHURN", "ci") == key


def test_a_global_key_without_admin_has_its_own_rights(sandbox: DssSandbox, connect: Any, get: Any) -> None:
    """It sees its granted projects and can't list users as an administrator."""
    rights = sandbox.world.users["frank"].rights
    sandbox.world.add_key(Key(secret="glob-weak", label="weak", rights=rights))
    assert connect(key="glob-weak").list_project_keys() == ["SALES"]
    assert get("/admin/users/", auth=("glob-weak", "")).status_code == 403
