"""More than one DSS: each message names its instance, and each button uses it."""

from collections.abc import Callable
from pathlib import Path

from bot.sandbox.dss import DssSandbox
from bot.views import action_ids
from tests.scenario.world import Scenario, ref, shown


def test_a_build_on_another_instance(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """`--on` and a pasted link choose the instance; the default one receives no request."""
    with DssSandbox(speed=40) as other:
        config = tmp_path / "bot.toml"
        config.write_text(
            f'[instances.staging]\nurl = "{other.url}"\napi_key = "{other.admin_key}"\n', encoding="utf-8"
        )
        scenario = make_scenario(environment={"DSS_BOT_CONFIG": str(config)})
        scenario.leaves = frozenset({"followed jobs"})  # of the other DSS, which ends first
        scenario.type("/dss-build CHURN.scored_history --on Staging")
        root = scenario.root("CHURN.scored_history", "on `staging`")
        assert scenario.starts() == []
        job = other.world.jobs.of_project("CHURN")[-1]
        scenario.type(f"/dss-jobs status {other.url}/projects/CHURN/jobs/{job.id}/")
        scenario.told("CHURN.scored_history", "staging")
        scenario.type("/dss-jobs CHURN --state running")
        scenario.told("nothing found")
        scenario.type("/dss-jobs CHURN --state running --on staging")
        scenario.press(scenario.told("Jobs of CHURN", "scored_history"), action_ids.JOB_LOG)
        scenario.dialog("Log of `CHURN.scored_history`")
        scenario.press(root, action_ids.JOB_ABORT)
        assert "staging" in shown(scenario.root("Aborted"))
        here, scenario.dss = scenario.dss, other
        job = scenario.elsewhere("customers_clean")
        scenario.dss = here
        scenario.type(f"/dss-jobs abort {ref(job)} --on staging")
        scenario.told("*Aborted*", "CHURN.customers_clean", "on `staging`")
