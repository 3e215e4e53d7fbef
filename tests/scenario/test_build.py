"""Builds from Slack, as people experience them."""

from bot.sandbox.dss.flows import CHURN_EXPORTS, CHURN_MODEL
from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, ref, shown


def test_a_build_is_followed_to_its_end(scenario: Scenario) -> None:
    """One job, whose root message and thread report what happens; the person who asked is mentioned once."""
    scenario.type("/dss-build CHURN.scored")
    root = scenario.root("CHURN.scored")
    end = scenario.reply(root, "Done")
    assert len(scenario.starts()) == 1
    final = scenario.root("Done")
    assert final.ts == root.ts
    assert len(scenario.roots()) == 1
    alice = f"<@{scenario.slack.user_id('alice')}>"
    mentioning = [m for m in (final, *scenario.now(root).replies) if alice in shown(m)]
    assert [m.ts for m in mentioning] == [end.ts]


def test_only_what_was_asked_for_is_sent(scenario: Scenario) -> None:
    """The definition sent to DSS has the default mode, the type, the project, and "NP"."""
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    [started] = scenario.starts()
    assert started["type"] == "NON_RECURSIVE_FORCED_BUILD"
    assert started["outputs"] == [
        {"type": "DATASET", "id": "customers_clean", "projectKey": "CHURN", "partition": "NP"}
    ]


def test_a_failure_is_told_with_its_cause_and_an_excerpt(scenario: Scenario) -> None:
    """The thread names the failed activity and the cause, and shows the log's end, Rebuild, and Log."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    end = scenario.reply(root, "Failed", "KeyError: 'amount'", "Traceback")
    assert "compute_features_broken" in shown(end)
    assert f"<@{scenario.slack.user_id('alice')}>" in shown(end)
    assert "KeyError: 'amount'" in shown(scenario.now(root))


def test_nothing_to_do_is_said_in_words(scenario: Scenario) -> None:
    """A job that built nothing isn't reported as a plain success."""
    scenario.dss.world.plan_next(activities=0)
    scenario.type("/dss-build CHURN.scored --mode missing")
    root = scenario.root("nothing was built")
    scenario.reply(root, "nothing was built")


def test_warnings_are_said_in_words(scenario: Scenario) -> None:
    """A job that ended with warnings reports how many."""
    scenario.type("/dss-build FRAUD.payments_clean")
    root = scenario.root("Done with 3 warnings")
    scenario.reply(root, "Done with 3 warnings")


def test_several_outputs_are_one_job(scenario: Scenario) -> None:
    """One job with one root message builds all outputs of a command."""
    scenario.type("/dss-build CHURN.customers_clean CHURN.transactions_clean")
    root = scenario.root("Done", "CHURN.customers_clean", "CHURN.transactions_clean")
    [started] = scenario.starts()
    outputs = started["outputs"]
    assert isinstance(outputs, list)
    assert [one["id"] for one in outputs] == ["customers_clean", "transactions_clean"]
    assert [m.ts for m in scenario.roots()] == [root.ts]


def test_project_and_names_as_two_words(scenario: Scenario) -> None:
    """`PROJECT dataset` works, with the key and the dataset in any case."""
    scenario.type("/dss-build churn Customers_Clean")
    scenario.root("CHURN.customers_clean")
    [started] = scenario.starts()
    assert str(started["outputs"]).count("'customers_clean'") == 1


def test_a_partition_is_built(scenario: Scenario) -> None:
    """The partition reaches DSS and appears in the messages."""
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-11-20")
    scenario.root("CHURN.daily_sessions [2026-11-20]")
    [started] = scenario.starts()
    assert "'partition': '2026-11-20'" in str(started["outputs"])


def test_partitions_of_two_dimensions_and_a_range(scenario: Scenario) -> None:
    """A bar joins dimensions; ranges go to DSS unchanged."""
    scenario.type("/dss-build SALES.orders_clean --partition 2026-11-20/2026-11-21|FR")
    scenario.root("SALES.orders_clean")
    [started] = scenario.starts()
    assert "2026-11-20/2026-11-21|FR" in str(started["outputs"])


def test_a_missing_partition_is_asked_for(scenario: Scenario) -> None:
    """A build of a partitioned dataset without a partition starts nothing and shows the syntax."""
    scenario.type("/dss-build CHURN.daily_sessions")
    answer = scenario.told("partitioned by day")
    newest = max(scenario.dss.world.projects["CHURN"].dataset("daily_sessions").partitions)
    assert f"/dss-build CHURN.daily_sessions --partition {newest}" in shown(answer)
    assert scenario.starts() == []


def test_a_partition_that_does_not_fit_is_refused(scenario: Scenario) -> None:
    """Too few dimensions, or a partition where there is none: the answer says what would be right."""
    scenario.type("/dss-build SALES.orders_clean --partition 2026-11-20")
    answer = shown(scenario.told("partitioned by day and country"))
    existing = scenario.dss.world.projects["SALES"].dataset("orders_clean").partitions
    assert any(f"--partition {one}" in answer for one in existing)
    scenario.type("/dss-build CHURN.scored --partition 2026-11-20")
    scenario.told("CHURN.scored is not partitioned")
    assert scenario.starts() == []


def test_a_partition_that_cannot_be_is_refused_at_once(scenario: Scenario) -> None:
    """Some partitions no dataset can have; the dataset decides the rest."""
    scenario.type("/dss-build CHURN.daily_sessions --partition |FR")
    scenario.told("empty parts")
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-13-45")
    scenario.told("“2026-13-45” can't be a value of the dimension day")
    assert scenario.starts() == []


def test_a_folder_by_its_name(scenario: Scenario) -> None:
    """People write a folder's name, DSS gets its id, and messages show the name."""
    scenario.type('/dss-build CHURN "Customer exports" --type folder')
    scenario.root("CHURN.Customer exports")
    [started] = scenario.starts()
    assert started["outputs"] == [
        {"type": "MANAGED_FOLDER", "id": CHURN_EXPORTS, "projectKey": "CHURN", "partition": None}
    ]


def test_a_model_by_its_name(scenario: Scenario) -> None:
    """The same for a saved model."""
    scenario.type('/dss-build CHURN "churn prediction" --type model')
    scenario.root("CHURN.Churn prediction")
    [started] = scenario.starts()
    assert f"'{CHURN_MODEL}'" in str(started["outputs"])


def test_a_folder_asked_for_as_a_dataset(scenario: Scenario) -> None:
    """The answer names the correct type."""
    scenario.type('/dss-build CHURN "Customer exports"')
    assert "--type folder" in shown(scenario.told("Customer exports is a folder in CHURN"))
    assert scenario.starts() == []


def test_mode_modified(scenario: Scenario) -> None:
    """`--mode modified` walks upstream; every activity counts."""
    scenario.type("/dss-build FRAUD.alerts --mode modified")
    scenario.root("FRAUD.alerts", "build what is modified upstream")
    assert scenario.starts()[0]["type"] == "RECURSIVE_BUILD"


def test_smart_quotes_and_dashes(scenario: Scenario) -> None:
    """Dashes and quotes that a phone has changed are read as intended."""
    delivery = scenario.type('/dss-build CHURN "Customer exports" --type folder --mode only', smart=True)
    assert "—" in str(delivery.payload["text"])
    scenario.root("CHURN.Customer exports")
    assert f"'{CHURN_EXPORTS}'" in str(scenario.starts()[0]["outputs"])


def test_on_names_the_instance(scenario: Scenario) -> None:
    """`--on` takes the instance's name; the answer to an unknown one lists the existing ones."""
    scenario.type("/dss-build CHURN.customers_clean --on default")
    scenario.root("CHURN.customers_clean")
    scenario.type("/dss-build CHURN.customers_clean --on defualt")
    answer = scenario.told("no DSS instance defualt")
    assert "Did you mean `default`" in shown(answer)
    assert len(scenario.starts()) == 1


def test_names_beyond_ascii(scenario: Scenario) -> None:
    """Names in any script are found, sent, and shown."""
    scenario.type("/dss-build ETUDES.東京_売上")
    scenario.root("ETUDES.東京_売上")
    scenario.type('/dss-build ETUDES "Exports d\'été" --type folder')
    scenario.root("ETUDES.Exports d'été")


def test_two_people_at_once(scenario: Scenario) -> None:
    """Different outputs: two jobs and two threads, each for its own person."""
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.type("/dss-build CHURN.transactions_clean", user="bob")
    first, second = scenario.root("CHURN.customers_clean"), scenario.root("CHURN.transactions_clean")
    assert f"<@{scenario.slack.user_id('alice')}>" in shown(scenario.reply(first, "*Done*"))
    assert f"<@{scenario.slack.user_id('bob')}>" in shown(scenario.reply(second, "*Done*"))
    assert len(scenario.starts()) == 2


def test_the_same_typed_again_shows_the_job_that_runs(scenario: Scenario) -> None:
    """Even a moment later, and for the same person: the running job and Follow are shown; nothing starts."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    answer = scenario.told("being built right now", "Nothing was started")
    assert has_button(answer, action_ids.JOB_FOLLOW)
    assert len(scenario.starts()) == 1


def test_two_people_ask_for_the_same_at_once(scenario: Scenario) -> None:
    """One job; the second person is told that it is starting, or is shown the running job."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    scenario.root("CHURN.customers_clean")

    def bob_knows() -> bool:
        said = "\n".join(shown(m) for m in scenario.answers("bob"))
        return "already under way" in said or "being built right now" in said

    scenario.until(bob_knows)
    assert len(scenario.starts()) == 1


def test_a_job_that_waits_for_a_confirmation_is_told(scenario: Scenario) -> None:
    """A preview never ends on its own: the thread says so and offers Abort."""
    scenario.dss.world.plan_next(waits=True)
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Waiting for confirmation in DSS")
    scenario.reply(root, "won't continue on its own")
    job = scenario.newest()
    scenario.type(f"/dss-jobs abort {ref(job)}")
    scenario.root("Aborted")
