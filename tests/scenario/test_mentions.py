"""What people write to the bot: mentions in a job's thread and elsewhere, and direct messages."""

import pytest

from bot.sandbox.slack import Delivery, Message
from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, ref, shown

OWN = ("app_mentions:read", "im:history")


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """The bot hears of mentions and direct messages; a wrong answer to a person is an answer to this test."""
    return {"access": "dss", "scopes": OWN}


@pytest.fixture(autouse=True)
def nothing_is_running(scenario: Scenario) -> None:
    """Wait until the bot has seen that the jobs of an earlier test ended: a build would only show them."""
    scenario.until(scenario.idle)


def mention(
    scenario: Scenario,
    text: str,
    *,
    root: Message | None = None,
    user: str = "alice",
    where: str | None = None,
) -> Delivery:
    """Mention the bot in the test's channel, in a thread if there is a root."""
    channel = root.channel if root else scenario.channel
    written = f"<@{scenario.slack.bot_user_id}> {text}"
    delivery = scenario.slack.as_user(user).say(written, channel, thread_ts=root.ts if root else None)
    assert delivery is not None
    return scenario._acknowledged(delivery)


def tell(scenario: Scenario, text: str, *, user: str = "alice", thread_ts: str | None = None) -> Delivery:
    """Write a direct message to the bot."""
    said = scenario.slack.as_user(user).say(text, scenario.slack.dm(user), thread_ts=thread_ts)
    assert said is not None
    return scenario._acknowledged(said)


def next_answer(scenario: Scenario, before: int, *, user: str = "alice") -> Message:
    """Wait for the answer that comes after this many, apart from a word that it takes a moment."""

    def answers() -> list[Message]:
        new = scenario.answers(user)[before:]
        return [one for one in new if "Still working on it" not in shown(one)]

    return scenario.until(answers)[0]


def running_job(scenario: Scenario, dataset: str = "scored", project: str = "CHURN") -> Message:
    """Start a job that runs until something happens to it."""
    scenario.slow(dataset, project)
    scenario.type(f"/dss-build {project}.{dataset}")
    root = scenario.root("Running", f"{project}.{dataset}")
    # A thread is known by its root's timestamp, which the bot notes just after Slack shows the message.
    scenario.until(lambda: not scenario.bot.store.outbox.counts().get("sending"))
    return root


def test_status_in_a_jobs_thread(scenario: Scenario) -> None:
    """Without a name, the job is the thread's; the answer is in the thread, for the one who asked."""
    root = running_job(scenario)
    mention(scenario, "status", root=root)
    answer = scenario.told("*Running*", "CHURN.scored")
    assert answer.thread_ts == root.ts
    assert has_button(answer, action_ids.JOB_ABORT)


def test_a_mention_alone_in_a_jobs_thread_is_the_status(scenario: Scenario) -> None:
    """There is nothing else that it could be for."""
    root = running_job(scenario)
    mention(scenario, "", root=root)
    assert scenario.told("*Running*", "CHURN.scored").thread_ts == root.ts


@pytest.mark.parametrize("words", ["abort", "abort it"])
def test_abort_in_a_jobs_thread(scenario: Scenario, words: str) -> None:
    """The job is aborted, and a redelivered event or an edit changes nothing."""
    root = running_job(scenario)
    said = mention(scenario, words, root=root)
    scenario.reply(root, "*Aborted*")
    scenario._acknowledged(said.redeliver())
    assert len(scenario.requested("POST", "/abort")) == 1


def test_a_redelivered_question_is_answered_once(scenario: Scenario) -> None:
    """Slack delivers an event again when it got no acknowledgement in time (SLACK-FACTS.md §1.1)."""
    root = running_job(scenario)
    said = mention(scenario, "status", root=root)
    scenario.told("*Running*")
    scenario._acknowledged(said.redeliver())
    mention(scenario, "help", root=root)
    scenario.told("Write to me")
    assert sum("*Running*" in shown(one) for one in scenario.answers()) == 1


def test_log_and_why_in_a_jobs_thread(scenario: Scenario) -> None:
    """Both show the end of the job's log; an activity can be named."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    for word in ("log", "why", "logs", "why did it fail", "log please"):
        before = len(scenario.answers())
        mention(scenario, word, root=root)
        answer = next_answer(scenario, before)
        assert "KeyError: 'amount'" in shown(answer)
        assert answer.thread_ts == root.ts


def test_rebuild_in_a_jobs_thread(scenario: Scenario) -> None:
    """The same is built again, with a message of its own."""
    scenario.type("/dss-build CHURN.scored --mode modified")
    root = scenario.root("Done", "CHURN.scored")
    scenario.until(scenario.idle)
    mention(scenario, "rebuild", root=root)
    scenario.until(lambda: len(scenario.roots()) >= 2 and len(scenario.starts()) == 2)
    first, second = scenario.starts()
    assert (first["outputs"], first["type"]) == (second["outputs"], second["type"])


def test_unfollow_and_follow_in_a_jobs_thread(scenario: Scenario) -> None:
    """Both mean the thread's job."""
    root = running_job(scenario)
    mention(scenario, "unfollow", root=root)
    scenario.told("no longer followed here")
    mention(scenario, "follow", root=root)
    scenario.until(lambda: len(scenario.roots()) == 2)


def test_whoever_cannot_see_the_job_is_not_told_its_name(scenario: Scenario) -> None:
    """Carol has no rights in FRAUD: no word in the thread does anything, or names what it is about."""
    root = running_job(scenario, "alerts", "FRAUD")
    for word in ("status", "log", "why", "abort", "rebuild", "follow", "unfollow"):
        before = len(scenario.answers("carol"))
        mention(scenario, word, root=root, user="carol")
        answer = next_answer(scenario, before, user="carol")
        assert "can't see" in shown(answer), word
        assert "alerts" not in shown(answer)
        assert "FRAUD" not in shown(answer)
    assert len(scenario.starts()) == 1
    assert scenario.requested("POST", "/abort") == []


def test_a_guest_is_refused_like_with_a_command(scenario: Scenario) -> None:
    """A mention is no way around who may use the bot."""
    root = running_job(scenario)
    mention(scenario, "abort", root=root, user="guest")
    scenario.told("Guests", user="guest")
    assert scenario.requested("POST", "/abort") == []


def test_a_build_by_mention(scenario: Scenario) -> None:
    """The same grammar as the command, with the same message about the job."""
    mention(scenario, "build CHURN.scored --mode modified")
    scenario.root("CHURN.scored", "requested by")
    assert len(scenario.starts()) == 1


def test_a_mention_of_a_dataset_alone_starts_nothing(scenario: Scenario) -> None:
    """It can mean a build or a list: the answer offers both, and both work as they stand."""
    mention(scenario, "CHURN.scored")
    answer = shown(scenario.told("Should I build"))
    assert "`build CHURN.scored`" in answer
    assert "`jobs CHURN.scored`" in answer
    mention(scenario, "jobs CHURN.scored")
    scenario.told("Jobs of CHURN")
    assert scenario.starts() == []


def test_a_list_by_mention_needs_no_jobs_in_front(scenario: Scenario) -> None:
    """A state and a time can't be a build."""
    scenario.type("/dss-build CHURN.features_broken")
    scenario.root("Failed")
    mention(scenario, "CHURN failed today")
    assert "features_broken" in shown(scenario.told("Jobs of CHURN", "❌"))


def test_small_talk_does_nothing(scenario: Scenario) -> None:
    """Neither in a job's thread nor elsewhere: the answer says what could be written."""
    root = running_job(scenario)
    mention(scenario, "thanks a lot!", root=root)
    scenario.told("I did nothing", "`status`")
    mention(scenario, "are you there?")
    scenario.told("I did nothing", "`jobs failed today`")
    assert len(scenario.starts()) == 1


def test_a_near_miss_in_a_thread_is_suggested(scenario: Scenario) -> None:
    """A guess aborts nothing."""
    root = running_job(scenario)
    mention(scenario, "stop", root=root)
    scenario.told("isn't one of my words", "Did you mean `abort`")
    assert scenario.requested("POST", "/abort") == []


def test_a_key_cannot_be_connected_by_mention(scenario: Scenario) -> None:
    """That needs a dialog, which only a command or a button can open."""
    mention(scenario, "connect")
    scenario.told("only as a slash command", "`/dss-jobs connect`")


def test_a_direct_message_is_answered_by_a_message(scenario: Scenario) -> None:
    """Nobody else reads along, so the answer stays; a thread's answer is in the thread."""
    tell(scenario, "help")
    scenario.direct("Write to me", "Messages tab")
    tell(scenario, "build CHURN.scored")
    scenario.until(scenario.starts)
    root = scenario.direct("CHURN.scored", scenario.newest().id[-12:])
    tell(scenario, "status", thread_ts=root.ts)
    scenario.reply(scenario.now(root), "Open in DSS", "CHURN.scored")
    assert scenario.answers() == []


def test_a_crash_after_the_mention_loses_nothing(scenario: Scenario) -> None:
    """The build is a row before the event is acknowledged, and another process carries it out."""
    mention(scenario, "build CHURN.features")
    scenario.stop_bot()
    scenario.start_bot()
    scenario.root("CHURN.features", "requested by")
    assert len(scenario.starts()) == 1


def test_the_bot_does_not_answer_itself_or_other_bots(scenario: Scenario) -> None:
    """Nor edits: only what somebody writes anew."""
    channel = scenario.slack._world.channels
    alice, bot = scenario.slack.user_id("alice"), scenario.slack.bot_user_id
    where = next(one.id for one in channel.values() if one.name == scenario.channel)
    plain = {
        "type": "app_mention",
        "text": f"<@{bot}> help",
        "channel": where,
        "ts": "1.1",
        "event_ts": "1.1",
    }
    for odd in (
        {"user": bot},
        {"user": alice, "bot_id": "B1"},
        {"user": alice, "edited": {"user": alice, "ts": "2.1"}},
        {"user": alice, "subtype": "message_changed"},
        {"bot_id": "B1", "subtype": "bot_message"},
    ):
        person = scenario.slack.as_user("alice")
        event = person.payloads.event(plain | odd)
        scenario._acknowledged(person._send(person._delivery("events_api", event, "app_mention")))
    mention(scenario, "stop")
    scenario.told("I did nothing")
    assert not [one for one in scenario.answers() if "Write to me" in shown(one)]


def test_the_shortcut_on_a_root_and_on_a_reply(scenario: Scenario) -> None:
    """Both are about the thread's job; the answer to a reply is in the thread."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    reply = scenario.reply(root, "*Failed*")
    for message, thread in ((root, None), (reply, root.ts)):
        before = len(scenario.answers())
        scenario._acknowledged(scenario.slack.as_user("alice").shortcut("about_job", message))
        answer = next_answer(scenario, before)
        assert "CHURN.features_broken" in shown(answer)
        assert has_button(answer, action_ids.JOB_REBUILD)
        assert answer.thread_ts == thread


def test_the_shortcut_on_a_pasted_link(scenario: Scenario) -> None:
    """Whoever posts a job's address gets its card, with everybody's own rights."""
    job = scenario.elsewhere("scored")
    link = f"{scenario.dss.url}/projects/{job.project}/jobs/{job.id}/"
    alice = scenario.slack.as_user("alice")
    alice.say(f"look at <{link}|this job>, please", scenario.channel)
    pasted = scenario.root("look at")
    scenario._acknowledged(alice.shortcut("about_job", pasted))
    assert has_button(scenario.told("CHURN.scored", "*Running*"), action_ids.JOB_ABORT)
    before = len(scenario.answers())
    mention(scenario, f"status {ref(job)}")
    assert has_button(next_answer(scenario, before), action_ids.JOB_ABORT)


def test_the_shortcut_on_anything_else_says_what_it_is_for(scenario: Scenario) -> None:
    """It never guesses from what somebody wrote."""
    alice = scenario.slack.as_user("alice")
    alice.say("CHURN.scored is late again", scenario.channel)
    scenario._acknowledged(alice.shortcut("about_job", scenario.root("is late")))
    scenario.told("I don't know which job this message is about")
