"""``dss-bot demo --script``: a short story that needs no keyboard. It waits for what it tells about."""

from collections.abc import Callable

from bot.demo.pressing import press
from bot.demo.screen import Screen
from bot.demo.viewer import Viewer
from bot.demo.world import World
from bot.sandbox.slack import Delivery, Message

LIMIT = 30.0
"""Seconds to wait for one thing; each takes a few, on a machine that has time for it."""
CHANNEL = "data"
OPENING = (
    "*dss-bot* runs Dataiku DSS jobs from Slack. The bot is the real one; the DSS and the Slack workspace "
    "that it works with exist only in this process. Time passes {speed:.0f} times as fast as elsewhere."
)


class Missing(Exception):
    """Something that the story is about did not come."""


class Story:
    """Plays the people; `tell` is the whole story."""

    def __init__(self, world: World, screen: Screen, viewer: Viewer, *, limit: float = LIMIT) -> None:
        self._world = world
        self._slack = world.slack
        self._screen = screen
        self._viewer = viewer
        self._limit = limit

    def tell(self) -> None:
        """Play all of it.

        Raises:
            Missing: something did not come, or the bot broke a rule of Slack's.
        """
        self._screen.note(OPENING.format(speed=self._world.speed))
        self._build()
        self._abort()
        self._failure()
        self._list_and_log()
        self._slip()
        if broken := self._slack.violations:
            raise Missing(f"The bot did what Slack does not allow: {broken[0]}")
        self._screen.heading(
            "Your turn",
            "`dss-bot demo` gives you the prompt, and `dss-bot run` connects to your own Slack and DSS.",
        )

    # -- the chapters

    def _build(self) -> None:
        self._screen.heading(
            "Build", "Alice wants fresh scores. One message follows the job, its thread tells what mattered."
        )
        self._type("alice", "/dss-build CHURN.scored --mode modified")
        root = self._root("Running", "CHURN.scored")
        self._until("the job's progress", lambda: " of 4 activities done" in said(self._now(root)))
        self._until("the end of the job", lambda: "Done" in said(self._now(root)))
        self._reply(root, "Done")

    def _abort(self) -> None:
        self._screen.heading("Abort", "Bob has started the ten-minute history by mistake, and stops it.")
        self._type("bob", "/dss-build CHURN.scored_history")
        root = self._root("Running", "CHURN.scored_history")
        self._reply(root, "Started")
        self._press("bob", root, "Abort")
        self._until("the abort", lambda: "Aborted" in said(self._now(root)))
        self._reply(root, "Aborted")

    def _failure(self) -> None:
        self._screen.heading("Failure", "A recipe has a bug. The thread says where, and shows the traceback.")
        self._type("alice", "/dss-build CHURN.scored_broken --mode modified")
        root = self._root("Failed", "CHURN.scored_broken")
        self._reply(root, "KeyError: 'amount'")
        self._reply(root, "Traceback")

    def _list_and_log(self) -> None:
        self._screen.heading(
            "List and log", "What failed lately? Only the asker sees a list; its buttons act on jobs."
        )
        self._type("alice", "/dss-jobs CHURN --state failed --since 2h --limit 3")
        listed = self._told("alice", "Jobs of CHURN")
        self._press("alice", listed, "Log")
        self._told("alice", "Log of")

    def _slip(self) -> None:
        self._screen.heading("A slip of the finger", "A mistake is answered with what would have been right.")
        self._type("alice", "/dss-jobs CHRUN --state failed")
        self._told("alice", "Did you mean")

    # -- what people do

    def _type(self, person: str, text: str) -> None:
        self._screen.typed(person, CHANNEL, text)
        command, _, rest = text.partition(" ")
        self._sent(self._slack.as_user(person).command(command, rest, CHANNEL))

    def _press(self, person: str, message: Message, label: str) -> None:
        number = self._screen.number_of(self._now(message), label)
        if number is None:
            raise Missing(f"There is no button “{label}” to press.")
        self._screen.typed(person, CHANNEL, str(number))
        delivery = press(self._slack, self._screen, person, number, ask=self._yes)
        assert delivery is not None
        self._sent(delivery)

    def _yes(self) -> bool:
        self._screen.note("  > y", "bold")
        return True

    def _sent(self, delivery: Delivery) -> None:
        self._until(f"the acknowledgement of {delivery.what}", lambda: delivery.done)
        if delivery.error:
            raise Missing(f"{delivery.what} ended in {delivery.error}.")

    # -- what comes of it

    def _root(self, *words: str) -> Message:
        def find() -> Message | None:
            roots = reversed(self._slack.messages(CHANNEL))
            return next((one for one in roots if all(word in said(one) for word in words)), None)

        return self._found(f"a message with {' and '.join(words)}", find)

    def _reply(self, root: Message, word: str) -> None:
        def find() -> Message | None:
            return next((one for one in self._now(root).replies if word in said(one)), None)

        self._found(f"a reply with {word}", find)

    def _told(self, person: str, word: str) -> Message:
        def find() -> Message | None:
            answers = reversed(self._slack.ephemerals(person))
            return next((one for one in answers if word in said(one)), None)

        return self._found(f"an answer with {word}", find)

    def _now(self, message: Message) -> Message:
        if message.to is not None:
            return message
        return next(one for one in self._slack.messages(message.channel) if one.ts == message.ts)

    def _found(self, what: str, find: Callable[[], Message | None]) -> Message:
        self._until(what, lambda: find() is not None)
        found = find()
        assert found is not None
        return found

    def _until(self, what: str, so: Callable[[], bool]) -> None:
        """Wait until something is so, and show everything that comes meanwhile.

        Raises:
            Missing: it was not within the limit.
        """
        if not self._viewer.until(so, self._limit):
            raise Missing(f"Waited {self._limit:.0f} s in vain for {what}.")


def said(message: Message) -> str:
    """Return everything that a message says, in its text and its blocks."""
    texts = [message.text]
    for block in message.blocks:
        inner = block.get("text")
        texts += [inner["text"]] if isinstance(inner, dict) else []
        texts += [one["text"] for one in block.get("elements", []) if isinstance(one.get("text"), str)]
    return "\n".join(texts)
