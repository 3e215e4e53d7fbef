"""``dss-bot demo --script``: a short story without a keyboard. Each step waits for its result."""

from collections.abc import Callable, Iterator

from bot.demo.buttons import press
from bot.demo.screen import Screen
from bot.demo.viewer import Viewer
from bot.demo.world import World
from bot.sandbox.slack import Delivery, Message

LIMIT = 30.0
"""Seconds to wait for one step; each takes a few on a machine that isn't busy."""
CHANNEL = "data"
OPENING = (
    "*dss-bot* runs Dataiku DSS jobs from Slack. This is the real bot; its DSS and its Slack workspace "
    "exist only in this process. Time runs {speed:.0f} times as fast as normal."
)


class Missing(Exception):
    """Something that the story needs did not appear."""


class Story:
    """Plays the people's parts; `tell` plays the whole story."""

    def __init__(self, world: World, screen: Screen, viewer: Viewer, *, limit: float = LIMIT) -> None:
        self._world = world
        self._slack = world.slack
        self._screen = screen
        self._viewer = viewer
        self._limit = limit

    def tell(self) -> None:
        """Play the whole story.

        Raises:
            Missing: something did not appear, or the bot broke one of Slack's rules.
        """
        self._screen.note(OPENING.format(speed=self._world.speed))
        self._build()
        self._abort()
        self._failure()
        self._list_and_log()
        self._slip()
        if broken := self._slack.violations:
            raise Missing(f"The bot did something that Slack doesn't allow: {broken[0]}")
        self._screen.heading(
            "Your turn",
            "`dss-bot demo` gives you a prompt, and `dss-bot run` connects to your own Slack and DSS.",
        )

    # -- the chapters

    def _build(self) -> None:
        self._screen.heading(
            "Build", "Alice wants fresh scores. One message follows the job; its thread has the details."
        )
        self._type("alice", "/dss-build CHURN.scored --mode modified")
        root = self._root("Running", "CHURN.scored")
        self._until("the job's progress", lambda: " of 4 activities done" in said(self._now(root)))
        self._until("the end of the job", lambda: "Done" in said(self._now(root)))
        self._reply(root, "Done")

    def _abort(self) -> None:
        self._screen.heading("Abort", "Bob starts the ten-minute history by mistake and aborts it.")
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
            "List and log",
            "What failed recently? Only the person who asked sees the list; its buttons act on jobs.",
        )
        self._type("alice", "/dss-jobs CHURN --state failed --since 2h --limit 3")
        listed = self._told("alice", "Jobs of CHURN")
        self._press("alice", listed, "Log")
        self._told("alice", "Log of")

    def _slip(self) -> None:
        self._screen.heading("A typo", "The bot answers a mistake with the correct command.")
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
            raise Missing(f"There is no “{label}” button to press.")
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
            raise Missing(f"{delivery.what} ended with {delivery.error}.")

    # -- what they see

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
        """Wait until the predicate is true, and show everything that arrives meanwhile.

        Raises:
            Missing: it wasn't true within the limit.
        """
        if not self._viewer.until(so, self._limit):
            raise Missing(f"Waited {self._limit:.0f} s for {what}, but it didn't appear.")


def said(message: Message) -> str:
    """Return all text of a message, including its blocks, but not the labels of buttons and menus."""
    return "\n".join([message.text, *_texts(message.blocks)])


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, dict) and part.get("type") != "actions":
        for key, inner in part.items():
            if key in {"text", "title"} and isinstance(inner, str):
                yield inner
            elif key != "accessory":
                yield from _texts(inner)
