"""The playground's page between this demo's stand-ins: what the sandbox can't know about the bot."""

from bot.demo.completion import candidates
from bot.demo.world import World
from bot.sandbox.page import Command, Playground, Shortcut

COMMANDS = (
    Command(
        command="/dss-build",
        usage_hint="nothing for a dialog, or PROJECT.dataset [--partition P] "
        "[--mode only|modified|all|missing]",
        description="Build datasets, managed folders or saved models",
    ),
    Command(
        command="/dss-jobs",
        usage_hint="[PROJECT --state failed --since yesterday] | log JOB | abort JOB | help",
        description="List, follow and abort jobs, and read their logs",
    ),
)
"""As in manifest.yml; a test compares them."""
SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(callback_id="build_in_dss", name="Build in DSS", type="global"),
    Shortcut(callback_id="about_job", name="About this job"),
)
PROTECTED = ("SALES",)
"""Projects in which a build needs a second person, so that visitors meet an approval."""
ROLES = {
    "alice": "Member",
    "bob": "Colleague",
    "carol": "Manager, approves SALES",
    "claire": "Reads French",
    "guest": "Guest",
    "stranger": "From another organization",
}
SUGGESTIONS = (
    "/dss-build CHURN.scored --mode modified",
    "/dss-build CHURN.scored_broken --mode modified",
    "/dss-build",
    "/dss-build CHURN.scored_history",
    "/dss-build SALES.revenue",
    "/dss-jobs CHURN --state failed",
    "/dss-jobs help",
)


def open_playground(world: World, port: int) -> Playground:
    """Open the page's port; the page shows this world.

    Raises:
        OSError: no port is free.
    """
    return Playground(
        world.slack,
        world.dss,
        port=port,
        commands=COMMANDS,
        shortcuts=SHORTCUTS,
        roles=ROLES,
        suggestions=SUGGESTIONS,
        complete=lambda text: candidates(text, world.vocabulary()) if text.startswith("/") else [],
        speed=world.speed,
    )
