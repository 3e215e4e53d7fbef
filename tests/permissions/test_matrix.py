"""Every listener, every kind of person, every mode: nobody acts who may not, and everybody is answered.

The default mode is part of `make test`; `make fuzz` runs all four.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.domain import DecideApproval
from bot.domain.approvals import ApprovalState
from bot.domain.policy import Capability
from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.server import Recorded
from bot.sandbox.slack import Delivery
from bot.sandbox.slack.model import Change
from bot.views import action_ids
from tests.permissions.desk import Desk
from tests.permissions.rows import CATCH_ALL, ROWS, Row, ask, listeners
from tests.permissions.subjects import ASKER, MODES, SUBJECTS, Mode, Subject, channel_of, connect, prepare
from tests.scenario.rest import is_answering
from tests.scenario.world import Scenario, shown

BY_THE_BOT = re.compile(
    r"/(?:users/?|auth/info/?|get-configuration/?|instance-info/?|projects/[A-Z]+/permissions/?"
    r"|(?:projects/[^/]+/)?jobs(?:/[^/]+)?/?)"
)
"""What the bot reads with its own key in access `dss`: identities, rights, jobs that it follows; no log."""


PARTS = 3
"""Into how many tests the rows of a mode are divided: each process can take one."""

SHOWN = {"posted", "edited", "ephemeral", "view", "home"}
"""The kinds of `Change` that a person sees."""


def test_every_listener_has_a_row() -> None:
    """Whoever adds a listener says in `ROWS` what it takes to use it."""
    assert {CATCH_ALL.get(row.key, row.key) for row in ROWS} == listeners()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(mode, id=mode.name, marks=() if mode.name == "dss" else pytest.mark.fuzz)
        for mode in MODES
    ],
)
def test_nobody_does_what_they_may_not(mode: Mode, part: int, tmp_path: Path) -> None:
    """DSS's journal has no call that acts, and no read, but by those who may, each as themselves."""
    environment = {"DSS_BOT_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    scopes = ("app_mentions:read", "im:history")
    scenario = Scenario(tmp_path, access=mode.access, environment=environment, scopes=scopes)
    prepare(scenario, mode)
    # Whether it's quick isn't the question here.
    scenario.slack._postman._ack_timeout = scenario.patience
    with scenario:
        keys, noticed = connect(scenario), _Noticed(scenario)
        for row in ROWS[part::PARTS]:
            _Round(scenario, mode, row, keys, noticed).play()


class _Noticed:
    """What people could notice, and what they did, in the order in which it happened."""

    def __init__(self, scenario: Scenario) -> None:
        self._slack = scenario.slack
        self._happened: list[Change | Delivery] = []
        scenario.slack.on_change(self._happened.append)
        scenario.slack.on_delivery(self._happened.append)

    def after(self, delivery: Delivery, subject: Subject, kinds: AbstractSet[str] = SHOWN) -> bool:
        """Return whether somebody could notice something after they did something."""
        there = self._happened.index(delivery)
        user = self._slack.user_id(subject.name)
        places = {self._slack.channel_id(channel_of(subject)), self._slack.dm(subject.name)}
        return any(
            isinstance(one, Change) and one.kind in kinds and (one.user == user or one.channel in places)
            for one in self._happened[there:]
        )


class _Round:
    """One row of the matrix, in one mode."""

    def __init__(
        self, scenario: Scenario, mode: Mode, row: Row, keys: Mapping[str, str], noticed: "_Noticed"
    ) -> None:
        self.keys, self.noticed = keys, noticed
        self.scenario, self.mode, self.row = scenario, mode, row
        self.approval = ask(scenario) if row.needs_approval else None

    def play(self) -> None:
        """First all who may not, at once; then those who may: one by one, if it does something."""
        verb, mode = self.row.verb, self.mode
        may = [one for one in SUBJECTS if verb is not None and one.may(verb, mode, direct=self.row.direct)]
        self._refused([one for one in SUBJECTS if one not in may])
        if self.row.acts or self.row.needs_approval or verb is Capability.FOLLOW:
            for one in may:
                self._allowed(one)
        elif may:
            calls = self._press(may, self._job())
            assert [call for call in calls if call.method != "GET"] == [], self.row.label
            self._as_themselves(calls, may)
        self._tidy_up()

    def _refused(self, subjects: Sequence[Subject]) -> None:
        job = self._job()
        calls = self._press(subjects, job)
        where = f"{self.row.label}: {[one.name for one in subjects]}"
        assert [call for call in calls if call.method != "GET"] == [], where
        assert [call for call in calls if re.search(r"/jobs/[^/]+/log", call.path)] == [], where
        self._as_themselves(calls, subjects)
        assert job.life.stop_at is None, where
        if self.approval is not None:
            assert self._state() is ApprovalState.PENDING, where

    def _allowed(self, subject: Subject) -> None:
        if self.row.needs_approval and self._state() is not ApprovalState.PENDING:
            self.approval = ask(self.scenario)
        calls = self._press([subject], self._job())
        acting = [call for call in calls if call.method != "GET"]
        maker = ASKER if self.row.for_asker else subject
        where = f"{self.row.label}: {subject.name}"
        assert {self._caller(call) for call in acting} <= {maker.caller(self.mode)}, where
        assert all(self.row.acts and call.path.rstrip("/").endswith(self.row.acts) for call in acting), where
        assert self.row.verb is not None
        if self.row.acts and subject.works(self.row.verb, self.mode, direct=self.row.direct):
            assert acting, where
        self._as_themselves(calls, [subject])
        if acting or self.row.verb is Capability.FOLLOW:
            self._end_jobs()

    def _as_themselves(self, calls: Sequence[Recorded], subjects: Sequence[Subject]) -> None:
        """Nothing is read with the rights of anybody else."""
        if self.mode.is_open:
            assert {self._caller(call) for call in calls} <= {None}
            return
        own = {one.login for one in (*subjects, *([ASKER] if self.row.needs_approval else []))}
        assert {self._caller(call) for call in calls} - {None} <= own, self.row.label
        others = [call for call in calls if self._caller(call) is None]
        assert [call.path for call in others if not BY_THE_BOT.fullmatch(call.path)] == [], self.row.label
        # Whoever connected a key acts with it, or not at all.
        assert not {call.proxy_user for call in calls} & set(self.keys.values()), self.row.label

    def _caller(self, call: Recorded) -> str | None:
        """Return the login that a call was made as; ``None`` is the bot's key."""
        secret = base64.b64decode(call.headers["Authorization"].partition(" ")[2]).decode().partition(":")[0]
        return call.proxy_user or self.keys.get(secret)

    def _press(self, subjects: Sequence[Subject], job: Job) -> list[Recorded]:
        """Have everybody do it, wait for the answers, and return what DSS received."""
        scenario = self.scenario
        before = len(scenario.dss.requests)
        waiting = []
        for one in subjects:
            desk = Desk(scenario=scenario, subject=one, job=job, approval=self.approval)
            delivery = self.row.do(desk)
            # What the bot can answer without asking anybody is in the acknowledgement.
            if delivery is not None and delivery.wait(60).ack_payload in (None, "", {}):
                waiting.append((one, delivery))
            elif delivery is not None and self.row.offers:
                self._offers(desk, delivery)
        # Slack publishes nothing for deactivated accounts, and Bolt drops the bot's own events.
        unheard = {
            "app_home_opened": {"gone", "dss-bot"},
            action_ids.HOME_SHOW: {"gone"},
            "app_mention": {"dss-bot"},
            "message": {"dss-bot"},
        }
        kinds = SHOWN - {"view"} if self.row.key[0] == "view" else SHOWN  # a dialog that closes says nothing
        for one, delivery in waiting if self.row.answered else ():
            if one.name in unheard.get(self.row.key[1], ()):
                continue
            try:
                scenario.until(lambda one=one, delivery=delivery: self.noticed.after(delivery, one, kinds))  # type: ignore[misc]
            except TimeoutError:
                pytest.fail(f"{self.row.label}: no answer to {one.name}")
        scenario.until(self._carried_out)
        return scenario.dss.requests[before:]

    def _offers(self, desk: Desk, delivery: Delivery) -> None:
        """Names are offered to those who may see them. What DSS was too slow for is asked again."""
        assert self.row.verb is not None
        expected = desk.subject.works(self.row.verb, self.mode)
        offered, tries = _offered(delivery), 1
        while expected and not offered and tries < 5:
            again = self.row.do(desk)
            assert again is not None
            offered, tries = _offered(again.wait(60)), tries + 1
        assert bool(offered) is expected, f"{self.row.label}: {desk.subject.name}"

    def _carried_out(self) -> bool:
        """Return whether nothing is left to do. An abort looks every few seconds if the job has ended."""
        views = [view for one in SUBJECTS for view in self.scenario.slack.views(one.name)]
        if any(sign in shown(view) for view in views for sign in ("⏳", "Checking with DSS")):
            return False
        if is_answering(self.scenario.bot):
            return False
        if not self.scenario.bot.store.intents.open_count():
            return True
        self.scenario.later(seconds=0.5)
        return False

    def _job(self) -> Job:
        """Return a job that runs until somebody aborts it."""
        world = self.scenario.dss.world
        [job_id] = world.add_running_jobs(1, "FRAUD", "admin")
        return world.job("FRAUD", job_id)

    def _state(self) -> ApprovalState:
        assert self.approval is not None
        assert isinstance(self.approval, DecideApproval)
        found = self.scenario.bot.store.approvals.get(self.approval.approval)
        assert found is not None
        return found.state

    def _tidy_up(self) -> None:
        scenario = self.scenario
        if self.approval is not None and self._state() is ApprovalState.PENDING:
            desk = Desk(scenario=scenario, subject=ASKER, job=self._job(), approval=self.approval)
            desk.press("approval_cancel", desk.decision("cancel"))
        for one in SUBJECTS:
            for view in reversed(scenario.slack.views(one.name)):
                scenario.slack.as_user(one.name).close(view)
        self._end_jobs()

    def _end_jobs(self) -> None:
        """End what was started, so that the next one can start it again."""
        self.scenario.dss.world.crash()
        self.scenario.until(self.scenario.idle)


def _offered(delivery: Delivery) -> Sequence[object]:
    assert isinstance(delivery.ack_payload, dict)
    options: Sequence[object] = delivery.ack_payload["options"]
    return options
