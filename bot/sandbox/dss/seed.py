"""The initial world of a new sandbox: people, projects, and flows that resemble real work."""

from datetime import UTC, datetime, timedelta

from bot.sandbox.dss.clock import Clock
from bot.sandbox.dss.flows import churn, fraud, hostile, payroll, sales, studies
from bot.sandbox.dss.model import Key, Project, User
from bot.sandbox.dss.partitions import FORMATS
from bot.sandbox.dss.world import World

HOUR_MS = 3_600_000
DAYS_KEPT = 5
COUNTRIES = ("FR", "IT", "DE")
HISTORY = 10
"""Finished jobs per project: done, done with warnings, failed, aborted before it started."""

FULL, READ = {"read": True, "run": True}, {"read": True, "run": False}
GRANTS: dict[str, dict[str, dict[str, bool]]] = {
    "alice": {"CHURN": FULL, "SALES": FULL, "FRAUD": FULL, "HOSTILE": FULL, "ETUDES": FULL},
    "bob": {"CHURN": FULL, "SALES": FULL, "FRAUD": READ, "HOSTILE": FULL, "ETUDES": FULL},
    "carol": {"CHURN": READ, "PAYROLL": FULL},
    "dave": {"CHURN": FULL, "SALES": FULL},
    "erin": {"CHURN": FULL},
    "erin.external": {"CHURN": READ},
    "frank": {"SALES": FULL},
}


def seeded_world(clock: Clock) -> World:
    """Return a world with six projects, eight users, and some history."""
    world = World(clock)
    for user in _users():
        world.add_user(user)
    world.add_key(Key(secret="glob-dss-bot-admin", label="dss-bot", admin=True))  # noqa: S106 - sandbox only
    now = world.now()
    for project in (churn(), sales(), fraud(), payroll(), studies(), hostile()):
        _age(project, now)
        world.add_project(project)
        world.add_history(project.key, HISTORY, before=now - HOUR_MS)
    for login, rights in GRANTS.items():
        for key, right in rights.items():
            world.grant(login, key, **right)
    return world


def _users() -> list[User]:
    return [
        User(login="admin", name="Admin", email="admin@example.com", admin=True, groups=("administrators",)),
        User(login="alice", name="Alice Martin", email="alice@example.com"),
        User(login="bob", name="Bob Durand", email="Bob@Example.com"),
        User(login="carol", name="Carol Okafor", email="carol@example.com", groups=("hr",)),
        User(login="dave", name="Dave Left", email="dave@example.com", enabled=False),
        User(login="erin", name="Erin Zhang", email="erin@example.com"),
        User(login="erin.external", name="Erin Zhang (external)", email="erin@example.com", groups=()),
        User(login="frank", name="Frank Núñez"),
    ]


def _age(project: Project, now: int) -> None:
    """Age the sources by two hours and what is built from them by another day, so that it is out of date."""
    for item in project.items.values():
        if item.dimensions and not item.partitions:
            item.partitions += _days(now, with_country=len(item.dimensions) > 1)
        recipe = project.producer(item.ref)
        if recipe is not None and recipe.failure is not None:
            continue  # never built
        age = 26 if recipe else 2
        for partition in item.partitions or ["NP"]:
            item.changed_at[partition] = now - age * HOUR_MS


def _days(now: int, *, with_country: bool) -> list[str]:
    today = datetime.fromtimestamp(now / 1000, UTC)
    days = [(today - timedelta(days=back)).strftime(FORMATS["DAY"]) for back in range(DAYS_KEPT, 0, -1)]
    return [f"{day}|{country}" for day in days for country in COUNTRIES] if with_country else days
