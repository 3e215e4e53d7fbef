"""The policy file: each mistake is an error with its line, and all of them are reported at once."""

from pathlib import Path

import pytest

from bot.domain.policy import Capability
from bot.domain.rules import DIRECT, Effect
from bot.settings import SettingsError, read_rules
from tests.settings.test_settings import DATA, ENV, problems, read, with_toml

ALLOW = '[[rules]]\nallow = "view"\neveryone = true\n'


def wrong(text: str, instances: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return the problems of a file."""
    with pytest.raises(SettingsError) as caught:
        read_rules(text, "rules.toml", instances)
    return caught.value.problems


def test_what_is_read() -> None:
    """Every key; a single word needs no brackets."""
    text = """
[[rules]]
allow = ["build", "log"]
users = ["U0123", "Anna@Example.com"]
groups = ["@data-team", "S0123"]
channels = ["C0123", "direct"]
instances = "prod"
projects = ["CHURN", "SALES_*"]
datasets = "report_?"

[[rules]]
deny = "*"
everyone = true
projects = "PAYROLL"

[[guardrails]]
channels = "others"
allow = "*"
"""
    policy = read_rules(text, "rules.toml", ("prod", "test"))
    first, second = policy.rules
    assert (first.line, first.effect, second.line, second.effect) == (2, Effect.ALLOW, 11, Effect.DENY)
    assert first.capabilities == (Capability.BUILD, Capability.LOG)
    assert second.capabilities == tuple(Capability)
    assert (first.users, first.groups) == (("U0123", "anna@example.com"), ("data-team", "S0123"))
    assert first.channels == ("C0123", DIRECT)
    assert (first.reach.instances, first.reach.datasets) == (("prod",), ("report_?",))
    assert (second.everyone, second.reach.datasets) == (True, ("*",))
    [guardrail] = policy.guardrails
    assert (guardrail.line, guardrail.channels) == (16, ("others",))


def test_capabilities_are_read_with_hyphens_too() -> None:
    """As people write them."""
    [rule] = read_rules('[[rules]]\nallow = ["build-upstream", "abort-any"]\neveryone = true\n', "r").rules
    assert rule.capabilities == (Capability.BUILD_UPSTREAM, Capability.ABORT_ANY)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rules = 3 =", "is not TOML"),
        ("", "line 1: no rule allows anything"),
        (ALLOW.replace("allow", "deny"), "line 1: no rule allows anything"),
        (f"{ALLOW}[[rule]]\n", "line 4: 'rule' is not known. Did you mean [[rules]]?"),
        ('rules = [{allow = "view"}]', "line 1: rules is written in another way. Write [[rules]] above each"),
        ('[[rules]]\nallow = "view"\nuser = "U1"\n', "line 3: 'user' is not known. Did you mean users?"),
        (
            f'{ALLOW}# more\n[[rules]]\ndeny = [\n  "biuld",\n]\n',
            "line 6: 'biuld' is not known. Did you mean build?",
        ),
        ('[[rules]]\nallow = "view"\n', "line 1: say who: users, groups, channels, or everyone = true"),
        ("[[rules]]\neveryone = true\n", 'line 1: give either allow = ["…"] or deny = ["…"]'),
        (f'{ALLOW}deny = "log"\n', 'line 1: give either allow = ["…"] or deny = ["…"]'),
        (f'{ALLOW}users = "U123"\n', "line 3: write everyone = true, without users or groups"),
        ('[[rules]]\nallow = "view"\nusers = "Anna"\n', "line 3: 'Anna' is no user. Give a member ID"),
        ('[[rules]]\nallow = "view"\ngroups = "Data Team"\n', "line 3: 'Data Team' is no user group"),
        (f'{ALLOW}channels = "#general"\n', "line 4: '#general' is no channel. Channels can be renamed"),
        (f'{ALLOW}channels = "shared"\n', "line 4: 'shared' is no channel"),
        (f"{ALLOW}projects = []\n", 'line 4: projects is no list of words. Write projects = ["…"]'),
        (f"{ALLOW}projects = [1]\n", "line 4: projects is no list of words"),
        (f'{ALLOW}projects = "[AB]*"\n', "line 4: '[AB]*' is no name. Only * and ? stand for other letters"),
        (f'{ALLOW}instances = "prid"\n', "line 4: 'prid' is not known. Did you mean prod?"),
        (f'{ALLOW}[[guardrails]]\nallow = "view"\n', "line 4: say where"),
        (f'{ALLOW}[[guardrails]]\nchannels = "direct"\n', "line 4: say what can be done there"),
        (f"{ALLOW}{ALLOW}", "line 4: this never decides anything, because line 1 covers it"),
        (
            f'[[rules]]\nallow = "log"\nusers = "U123"\n{ALLOW.replace("view", "*")}',
            "line 1: this never decides anything, because line 4 covers it",
        ),
        (
            (
                f'{ALLOW}[[rules]]\nallow = "build"\neveryone = true\nprojects = "PAY*"\n'
                '[[rules]]\ndeny = "view"\neveryone = true\nprojects = "P*"\n'
            ),
            "line 4: this never decides anything, because line 8 covers it",
        ),
    ],
)
def test_each_mistake_has_its_line(text: str, problem: str) -> None:
    """And says what would be right."""
    said = wrong(text, ("prod", "test"))
    assert any(problem in one for one in said), said


def test_all_mistakes_are_reported_at_once() -> None:
    """Not one after each attempt."""
    assert len(wrong('[[rules]]\nallow = "viev"\nuser = "x"\n[[guardrails]]\nchannels = "#a"\n')) >= 4


CONFIG = '[access]\nrules_file = "rules.toml"\ncontact = "#data"\n'


def test_the_file_is_found_beside_the_configuration() -> None:
    """Its path counts from there; it's read together with the rest, for every access."""
    for access in ("dss", "rules", "open"):
        env = {**ENV, "DSS_BOT_CONFIG": "/etc/bot/bot.toml", "DSS_BOT_ACCESS": access}
        settings = read(env, {"/etc/bot/bot.toml": CONFIG, "/etc/bot/rules.toml": ALLOW})
        assert settings.rules is not None
        assert (settings.access, settings.contact) == (access, "#data")
        assert (settings.rules.path, len(settings.rules.policy.rules)) == ("/etc/bot/rules.toml", 1)


def test_without_a_file_there_are_no_rules() -> None:
    """As before."""
    settings = read(ENV)
    assert (settings.rules, settings.contact) == (None, "the bot's administrator")


def test_access_by_rules_needs_a_file() -> None:
    """Nothing else would be decided by rules."""
    [problem] = problems({**ENV, "DSS_BOT_ACCESS": "rules"})
    assert problem.startswith("[access] rules_file: is not set, but DSS_BOT_ACCESS is rules")


def test_a_missing_and_a_broken_file_are_problems_of_the_start() -> None:
    """With the other ones."""
    env, files = with_toml(CONFIG, PORT="x")
    missing = problems(env, files)
    assert any("rules.toml can't be read (No such file or directory)" in one for one in missing)
    assert any(one.startswith("PORT") for one in missing)
    broken = problems(env, {**files, "rules.toml": '[[rules]]\nallow = "all"\neveryone = true\n'})
    assert any("rules.toml line 2: 'all' is not known" in one for one in broken)


def test_data_has_no_policy() -> None:
    """The data directory isn't searched for one."""
    assert read(ENV, {str(Path(DATA) / "rules.toml"): ALLOW}).rules is None
