"""Rules on top of `open`: what people see and may do, in which channel, and what they are told otherwise."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.views import action_ids
from tests.scenario.world import Scenario, ref, shown

EVERYTHING = '[[rules]]\nallow = "*"\neveryone = true\n'
ALICE = 'users = ["alice@example.com"]\n'


def configure(folder: Path, rules: str = EVERYTHING, **access: str) -> dict[str, str]:
    """Write a configuration with a policy file; return the environment that names it."""
    (folder / "rules.toml").write_text(rules)
    lines = [f'{key} = "{value}"' for key, value in {"rules_file": "rules.toml", **access}.items()]
    (folder / "config.toml").write_text("\n".join(["[access]", *lines]))
    return {"DSS_BOT_CONFIG": str(folder / "config.toml")}


@pytest.fixture(scope="module")
def settings_of_scenario(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Everybody may do what the key may, as far as the rules of each test go."""
    environment = configure(tmp_path_factory.mktemp("rules"), contact="#data-platform")
    scopes = ("usergroups:read", "channels:read", "groups:read")
    return {"access": "open", "environment": environment, "scopes": scopes}


def rule(scenario: Scenario, *tables: str) -> None:
    """Put a policy in force."""
    rules = scenario.bot._rules
    assert rules is not None
    Path(rules._settings.path).write_text("\n".join(tables))
    assert rules.reload(), rules.trouble


def deny(what: str, *, where: str) -> str:
    """Return a rule that denies something to everybody."""
    return f'[[rules]]\ndeny = "{what}"\neveryone = true\n{where}\n'


def everything_to_alice(extra: str = "") -> str:
    """Return a rule that allows alice everything, as far as ``extra`` goes."""
    return f'[[rules]]\nallow = "*"\n{ALICE}{extra}\n'


def test_what_no_rule_allows_is_not_there(scenario: Scenario) -> None:
    """Lists, suggestions, statuses, logs and aborts: bob sees CHURN only, and learns no other name."""
    rule(
        scenario,
        everything_to_alice(),
        '[[rules]]\nallow = "*"\nusers = ["bob@example.com"]\nprojects = "churn"',
    )
    hidden = scenario.elsewhere("salary_bands", "PAYROLL", by="carol")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    commands = {
        "/dss-jobs": "CHURN.customers_clean",
        "/dss-jobs projects": "CHURN",
        "/dss-jobs PAYROLL": "There is no project PAYROLL in DSS that you can see",
        "/dss-jobs CHURNN": "Did you mean",
        "/dss-jobs *": "Jobs of CHURN",
        "/dss-jobs datasets PAYROLL": "There is no project PAYROLL in DSS that you can see",
        "/dss-build PAYROLL.salary_bands": "There is no project PAYROLL in DSS that you can see",
        "/dss-build salary_bands": "No project that you can see has an output",
        f"/dss-jobs status {ref(hidden)}": "There is no project PAYROLL in DSS that you can see",
        f"/dss-jobs log {hidden.id}": "Which project is the job",
        f"/dss-jobs abort {hidden.id}": "Which project is the job",
        f"/dss-jobs follow {ref(hidden)}": "There is no project PAYROLL in DSS that you can see",
        f"/dss-jobs unfollow {hidden.id}": "Which project is the job",
        "/dss-jobs abort --all PAYROLL": "There is no project PAYROLL in DSS that you can see",
    }
    for command, answer in commands.items():
        scenario.type(command, user="bob")
        scenario.told(answer, user="bob")
    said = "\n".join(map(shown, scenario.answers("bob")))
    assert "SALES" not in said
    assert "PAYROLL." not in said
    assert hidden.life.stop_at is None


def test_home_shows_what_the_rules_show(scenario: Scenario) -> None:
    """Running jobs and ended ones, also those that the person started when the rules were others."""
    scenario.slow("alerts", "FRAUD")
    rule(scenario, EVERYTHING)
    scenario.type("/dss-build FRAUD.alerts")
    scenario.root("FRAUD.alerts")
    rule(scenario, '[[rules]]\nallow = "view"\neveryone = true\nprojects = "CHURN"')
    scenario.type("/dss-jobs")
    scenario.told("Running now")
    scenario.type("/dss-jobs last")
    scenario.told("You have no job in this channel")
    scenario.slack.as_user("alice").open_home()
    home = scenario.until(lambda: scenario.slack.home("alice"))
    for view in (home, *scenario.answers()):
        assert "FRAUD" not in shown(view)


def test_to_see_is_not_to_build(scenario: Scenario) -> None:
    """The refusal says what isn't allowed, by which kind of rule, and who can change it; nothing starts."""
    rule(scenario, '[[rules]]\nallow = "view"\neveryone = true', everything_to_alice('projects = "SALES"'))
    scenario.type("/dss-build CHURN.customers_clean")
    said = shown(scenario.told("You may not build in CHURN from here"))
    assert "no rule of the bot allows it. Ask #data-platform to change that." in said
    assert scenario.starts() == []
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs log {ref(job)}", user="bob")
    scenario.told("You may not read logs in CHURN from here", user="bob")
    assert scenario.requested("GET", "/log") == []
    scenario.type(f"/dss-jobs follow {ref(job)}", user="bob")
    scenario.told("You may not follow jobs in CHURN from here", user="bob")


def test_deny_wins_over_allow(scenario: Scenario) -> None:
    """A build of several outputs needs all of them; what is denied has to be visible to be named."""
    rule(scenario, EVERYTHING, deny("build", where='projects = "CHURN"\ndatasets = "customers_*"'))
    scenario.type("/dss-build CHURN.transactions_clean CHURN.customers_clean")
    scenario.told("You may not build CHURN.customers_clean", "a rule of the bot forbids it")
    assert scenario.starts() == []
    scenario.slow("transactions_clean")
    scenario.type("/dss-build CHURN.transactions_clean")
    scenario.root("CHURN.transactions_clean")


def test_a_hidden_dataset_is_not_there(scenario: Scenario) -> None:
    """Neither listed nor suggested nor built, and its jobs neither."""
    rule(scenario, EVERYTHING, deny("view", where='datasets = "customers_*"'))
    scenario.type("/dss-jobs datasets CHURN")
    scenario.told("transactions_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("CHURN has no dataset customers_clean")
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.told("DSS has no job", "it might have been deleted")
    scenario.type(f"/dss-jobs abort {job.id}")
    scenario.told("Which project is the job")
    scenario.type("/dss-jobs CHURN --state running")
    scenario.told("CHURN", "state running")
    others = [text for text in map(shown, scenario.answers()) if "state running" in text]
    assert "customers_clean" not in "\n".join(others)
    assert scenario.starts() == []


def refusals(scenario: Scenario, what: str) -> int:
    """Return how many times alice was refused something."""
    return sum(f"You may not {what}" in shown(answer) for answer in scenario.answers())


def test_upstream_needs_its_own_right(scenario: Scenario) -> None:
    """`build` alone doesn't allow a recursive mode."""
    rule(scenario, '[[rules]]\nallow = "build"\neveryone = true')
    for mode in ("modified", "all", "missing"):
        scenario.type(f"/dss-build CHURN.customers_clean --mode {mode}")
        scenario.until(lambda: refusals(scenario, "build in CHURN with --mode"))
        assert refusals(scenario, "build in CHURN with --mode") == 1
        scenario.forget_messages()
    assert scenario.starts() == []
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")


def test_own_jobs_and_those_of_others(scenario: Scenario) -> None:
    """With abort_own, one may abort what one started from Slack, and nothing else."""
    rule(scenario, '[[rules]]\nallow = ["build", "abort_own"]\neveryone = true')
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT, user="bob")
    scenario.told("You may not abort jobs that others started in CHURN", user="bob")
    assert scenario.newest().life.stop_at is None
    scenario.type("/dss-jobs abort --all CHURN", user="bob")
    question = scenario.told("unfinished job", user="bob")
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM, user="bob")
    scenario.told("request failed", "You may not abort jobs that others started", user="bob")
    assert scenario.newest().life.stop_at is None
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")


def test_a_button_counts_where_and_when_it_is_pressed(scenario: Scenario) -> None:
    """The rules of now decide, not those of the time when the message was posted."""
    rule(scenario, EVERYTHING)
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    rule(scenario, EVERYTHING, deny("log", where=""))
    scenario.press(root, action_ids.JOB_LOG)
    scenario.dialog("You may not read logs in CHURN")
    assert scenario.requested("GET", "/log") == []


def guardrail(channel: str, what: str, *more: str) -> str:
    """Return a guardrail."""
    return "\n".join(["[[guardrails]]", f'channels = "{channel}"', f'allow = "{what}"', *more, ""])


def test_a_guardrail_holds_for_everybody(scenario: Scenario) -> None:
    """In this channel one may look; in others, and in direct messages, everything is as before."""
    here = scenario.slack.channel_id(scenario.channel)
    rule(scenario, EVERYTHING, guardrail(here, "view"))
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("You may not build in CHURN from here: what can be done in this channel is limited")
    scenario.type("/dss-jobs CHURN")
    scenario.told("Jobs of CHURN")
    assert scenario.starts() == []
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", channel="random")
    scenario.root("CHURN.customers_clean", channel="random")


def test_a_guardrail_limits_the_projects(scenario: Scenario) -> None:
    """Lists in the channel show nothing else."""
    here = scenario.slack.channel_id(scenario.channel)
    rule(scenario, EVERYTHING, guardrail(here, "*", 'projects = "SALES"'))
    scenario.type("/dss-jobs projects")
    assert "CHURN" not in shown(scenario.told("SALES"))
    scenario.type("/dss-jobs CHURN")
    scenario.told("You may not look at jobs in CHURN from here", "for everybody")


def test_direct_messages_and_home_have_their_own_guardrail(scenario: Scenario) -> None:
    """One that names channels doesn't apply to them."""
    rule(scenario, EVERYTHING, guardrail("direct", "*", 'projects = "SALES"'), guardrail("others", "*"))
    direct = scenario.slack.dm("alice")
    scenario.type("/dss-build CHURN.customers_clean", channel=direct)
    scenario.told("what can be done in direct messages with the bot is limited")
    assert scenario.starts() == []
    scenario.type("/dss-jobs CHURN")
    scenario.told("Jobs of CHURN")


def test_a_shared_channel_has_a_guardrail_on_top(scenario: Scenario) -> None:
    """As other organizations read along; a channel of which Slack tells nothing counts as shared."""
    rule(scenario, EVERYTHING, guardrail("shared", "view"))
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    shared = f"{scenario.channel}-shared"
    scenario.slack.add_channel(shared, shared=True)
    scenario.type("/dss-build CHURN.transactions_clean", channel=shared)
    scenario.told("You may not build in CHURN from here: what can be done in this channel is limited")
    scenario.slack.drop_scope("channels:read")
    try:
        unread = f"{scenario.channel}-unread"
        scenario.slack.add_channel(unread)
        scenario.type("/dss-build CHURN.transactions_clean", channel=unread, user="bob")
        scenario.told("what can be done in this channel is limited", user="bob")
    finally:
        scenario.slack.add_scope("channels:read")


def test_a_channel_as_a_subject(scenario: Scenario) -> None:
    """Whoever asks in the channel may, and nowhere else."""
    here = scenario.slack.channel_id(scenario.channel)
    rule(scenario, f'[[rules]]\nallow = "*"\nchannels = "{here}"')
    scenario.type("/dss-jobs CHURN")
    scenario.told("Jobs of CHURN")
    scenario.type("/dss-jobs CHURN", channel="random", user="bob")
    scenario.told("There is no project CHURN in DSS that you can see", user="bob")


def test_user_groups_by_handle_and_by_id(scenario: Scenario) -> None:
    """Members may, others may not; without the scope, nobody may."""
    slack = scenario.slack
    by_id = slack.add_usergroup([slack.user_id("bob")])
    handle = f"team-{by_id.lower()}"
    slack.add_usergroup([slack.user_id("carol")], handle)
    rule(
        scenario,
        f'[[rules]]\nallow = "view"\ngroups = ["{by_id}"]\nprojects = "CHURN"',
        f'[[rules]]\nallow = "view"\ngroups = "@{handle}"\nprojects = "SALES"',
    )
    for user, sees, hidden in (("bob", "CHURN", "SALES"), ("carol", "SALES", "CHURN")):
        scenario.type("/dss-jobs projects", user=user)
        assert hidden not in shown(scenario.told(sees, user=user))
    scenario.type("/dss-jobs projects")
    scenario.told("You may not look at jobs from here: no rule of the bot allows it")


def test_without_the_scope_a_group_rule_matches_nobody(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    """It's logged at the start, and nobody gets a right by it."""
    text = '[[rules]]\nallow = "*"\ngroups = "@data-team"\n'
    scenario = make_scenario(access="open", environment=configure(tmp_path, text))
    scenario.slack.add_usergroup([scenario.slack.user_id("alice")], "data-team")
    scenario.type("/dss-jobs CHURN")
    scenario.told("There is no project CHURN in DSS that you can see")
    assert scenario.requested("GET", "/jobs") == []


def test_access_rules_means_the_rights_in_dss_and_the_rules(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    """Bob may do everything by the rules, but only look at FRAUD in DSS; alice the other way round."""
    text = '[[rules]]\nallow = "*"\nusers = ["bob@example.com"]\n[[rules]]\nallow = "view"\neveryone = true\n'
    scenario = make_scenario(access="rules", environment=configure(tmp_path, text))
    scenario.type("/dss-build FRAUD.alerts", user="bob")
    scenario.told("can give you the right", user="bob")
    scenario.type("/dss-build FRAUD.alerts")
    scenario.told("You may not build in FRAUD from here")
    scenario.type("/dss-jobs PAYROLL", user="bob")
    scenario.told("no project PAYROLL", "that you can see", user="bob")
    scenario.type("/dss-jobs CHURN", user="guest")
    scenario.told("Guests of the workspace can't use this bot", user="guest")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    scenario.root("CHURN.customers_clean")
    assert scenario.newest().initiator == "bob"


def test_the_audit_names_the_deciding_rule(scenario: Scenario) -> None:
    """Of a permission and of a refusal."""
    rule(scenario, EVERYTHING, deny("build", where='projects = "CHURN"'))
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("You may not build")
    builds = [one for one in scenario.bot.store.audit.newest(5) if one.verb == "build"]
    assert (builds[0].verb, builds[0].project, builds[0].allowed) == ("build", "CHURN", False)
    assert [(one.project, one.allowed) for one in builds if one.rule == "rules:5"] == [("CHURN", False)]


def test_a_thread_without_names_stays_so(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """The channel sees outcomes only; whoever the rules hide the dataset from learns no more by pressing."""
    hidden = deny("view", where='datasets = "alerts"').replace(
        "everyone = true", 'users = ["bob@example.com"]'
    )
    environment = configure(tmp_path, EVERYTHING + hidden)
    file = Path(environment["DSS_BOT_CONFIG"])
    file.write_text(file.read_text() + '\n[visibility.projects]\n"FRAUD" = "outcome"\n')
    scenario = make_scenario(access="open", environment=environment)
    scenario.slow("alerts", "FRAUD")
    scenario.type("/dss-build FRAUD.alerts")
    root = scenario.root("Running", "a job in `FRAUD`")
    scenario.press(root, action_ids.JOB_STATUS, user="bob")
    said = scenario.told("You can't see this job in DSS, or it was deleted", user="bob")
    assert "alerts" not in shown(said)


def test_a_favorite_of_a_hidden_dataset_is_not_listed(scenario: Scenario) -> None:
    """Neither the channel's, which somebody else saved, nor the name in the refusal to run it."""
    rule(scenario, EVERYTHING)
    scenario.type("/dss-build save every-night CHURN.customers_clean --channel")
    scenario.told("Saved for everybody")
    rule(scenario, EVERYTHING, deny("view", where='datasets = "customers_*"'))
    scenario.type("/dss-build list", user="bob")
    scenario.told("Favorites", user="bob")
    scenario.type("/dss-build every-night", user="bob")
    scenario.told("You can't build the channel's favorite", user="bob")
    assert "customers_clean" not in "\n".join(map(shown, scenario.answers("bob")))
    assert scenario.starts() == []
