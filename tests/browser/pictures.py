"""Take the pictures in docs/images anew, from the real demo: ``make pictures``.

Each is a moment of one story, in order, so that later ones show what came before.
"""

import re
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import chromium, launched, visited
from tests.browser.visitor import Visits, Window

FOLDER = Path(__file__).parents[2] / "docs" / "images"
SIZE, TALL = (1160, 800), 1010
SHARPNESS = 1.5
"""Pixels of the picture per pixel of the page, for fine screens."""
COLORS = 176
SPEED = 4.0
KILOBYTES = 150
"""No picture may be larger: the README loads the first ones at once."""


class Camera:
    """Takes pictures of windows, in light and dark."""

    def __init__(self, visits: Visits, folder: Path) -> None:
        self.visits, self.folder = visits, folder
        self.alice = visits.window(size=SIZE, sharpness=SHARPNESS)

    def take(self, name: str, window: Window, *, dark: bool = False) -> None:
        """Take the window as it is; with ``dark``, in both colors."""
        window.page.mouse.move(0, 0)
        for scheme, suffix in (("light", ""), ("dark", "-dark"))[: 2 if dark else 1]:
            window.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            shot = window.page.screenshot(animations="disabled")
            with Image.open(BytesIO(shot)) as image:
                small = image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
            small.save(self.folder / f"{name}{suffix}.png", optimize=True)
        window.page.emulate_media(color_scheme="light")


def failing_build(camera: Camera) -> None:
    """A build that failed, with its cause, and the thread with the excerpt of the log."""
    alice = camera.alice
    alice.type("/dss-build CHURN.scored_broken --mode modified")
    root = alice.root("CHURN.scored_broken", "Failed")
    expect(root).to_contain_text("KeyError: 'amount'")
    expect(alice.thread(root)).to_contain_text("Traceback")
    camera.take("failing-build", alice, dark=True)
    alice.get("thread-close").click()


def live_build(camera: Camera) -> None:
    """A build on its way, its activities as tasks, and its thread."""
    alice, bob = camera.alice, camera.visits.window("bob")
    alice.type("I'll refresh the churn scores before the review.")
    expect(bob.message("churn scores")).to_be_visible()
    bob.type("Great, I need them at ten.")
    expect(alice.message("at ten")).to_be_visible()
    alice.type("/dss-build CHURN.scored --mode modified")
    root = alice.root("CHURN.scored", "of 4")
    alice.thread(root)
    expect(root).to_contain_text(re.compile("[23] of 4 activities done"))
    camera.take("live-build", alice, dark=True)
    alice.get("thread-close").click()
    expect(root).to_contain_text("Done")


def build_dialog(camera: Camera) -> None:
    """The dialog, filled in, with what it would meet."""
    alice = camera.alice
    alice.type("/dss-build")
    modal = alice.get("modal")
    alice.choose_project("chu", "CHURN")
    alice.choose("What to build", "scored", re.compile("^scored(?!_)"))
    expect(modal).to_contain_text("usually")
    alice.page.set_viewport_size({"width": SIZE[0], "height": TALL})
    camera.take("build-dialog", alice)
    alice.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    alice.get("modal-close").click()


def approval(camera: Camera) -> None:
    """What carol sees of a build that needs a second person."""
    alice = camera.alice
    alice.type("/dss-build SALES.revenue --mode modified")
    carol = camera.visits.window("carol", size=SIZE, sharpness=SHARPNESS)
    expect(carol.root("Approval needed")).to_be_visible()
    camera.take("approval", carol)
    carol.button("Approve", carol.root("Approval needed")).click()
    if carol.get("confirm-dialog").count():
        carol.get("confirm-yes").click()
    expect(alice.root("SALES.revenue", "requested by", "Running")).to_be_visible()


def home(camera: Camera) -> None:
    """Home, with what runs and what ran."""
    alice = camera.alice
    alice.get("channel-app-home").click()
    expect(alice.get("home")).to_contain_text("CHURN.scored")
    camera.take("home", alice)


def simulated_dss(camera: Camera) -> None:
    """The flow and the jobs of the simulated DSS."""
    alice = camera.alice
    alice.show(tab="dss", project="CHURN")
    alice.get("start-colleague").click()
    expect(alice.get("job").first).to_contain_text("running")
    camera.take("dss", alice)


def traffic(camera: Camera) -> None:
    """What passed between Slack, the bot, and DSS, and one exchange of it."""
    alice = camera.alice
    alice.get("tab-traffic").click()
    alice.get("exchange").filter(has_text="chat.update").first.get_by_role("button").first.click()
    expect(alice.get("exchange-detail")).to_contain_text("Answer")
    camera.take("traffic", alice)


STORY: tuple[Callable[[Camera], None], ...] = (
    live_build,
    failing_build,
    build_dialog,
    approval,
    home,
    simulated_dss,
    traffic,
)


def main(folder: Path) -> int:
    """Take them all; returns 1 if one is too large."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        sync_playwright() as playwright,
        launched(playwright, chromium()) as browser,
        visited(browser, SPEED) as visits,
    ):
        camera = Camera(visits, folder)
        for scene in STORY:
            scene(camera)
    large = 0
    for path in sorted(folder.glob("*.png")):
        size = path.stat().st_size / 1024
        large += size > KILOBYTES
        sys.stdout.write(f"{path.name}: {size:.0f} KB\n")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
