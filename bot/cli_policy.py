"""``dss-bot policy``: checks the policy file, and says which line of it decides a question."""

import re
import sys
from typing import TYPE_CHECKING

import click

from bot.cli_settings import BAD_CONFIGURATION, settings_errors, settings_or_exit
from bot.settings import Settings, SettingsError, load_settings, read_file, read_rules

if TYPE_CHECKING:
    from bot.domain.rules import Policy


class _CapabilityChoice(click.Choice[str]):
    """Takes ``build-upstream`` for ``build_upstream``, as the policy file does."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(value.replace("-", "_"), param, ctx)


@click.group()
def policy() -> None:
    """Check the policy file ([access] rules_file), or ask it a question."""


@policy.command()
@click.argument("file", required=False)
def check(*, file: str | None) -> None:
    """Check the policy file, or FILE without any other configuration.

    The exit code is 2 if it can't be used.
    """
    with settings_errors("docs/rules.md"):
        if file is not None:
            rules = _read_policy(file)
        else:
            rules, file = _policy(load_settings())
    click.echo(f"{file}: {len(rules.rules)} rules, {len(rules.guardrails)} guardrails, no problems.")


@policy.command()
@click.option("--user", required=True, metavar="MAIL_OR_ID", help="Who asks: email address or member ID.")
@click.option("--channel", default="direct", show_default=True, help="Where: a channel's ID, or direct.")
@click.option("--instance", help="The DSS instance. By default, the one for commands without --on.")
@click.option("--project", required=True, help="Key of the project.")
@click.option("--dataset", help="Name of the dataset. By default, every dataset of the project.")
@click.option(
    "--do",
    "wanted",
    required=True,
    type=_CapabilityChoice(
        ["view", "log", "build", "build_upstream", "abort_own", "abort_any", "approve", "follow"]
    ),
    help="What they want to do.",
)
@click.option("--offline", is_flag=True, help="Don't ask Slack who this is and which groups they are in.")
def explain(
    *,
    user: str,
    channel: str,
    instance: str | None,
    project: str,
    dataset: str | None,
    wanted: str,
    offline: bool,
) -> None:
    """Say which rule decides whether somebody may do something.

    The exit code is 0 if the policy allows it, 1 if not, and 2 if the question can't be answered.
    """
    settings = settings_or_exit()
    with settings_errors():
        rules, _ = _policy(settings)
    from bot.domain.policy import Capability  # noqa: PLC0415
    from bot.ops import policy_explanation as answers  # noqa: PLC0415
    from bot.ops.doctor import slack_client  # noqa: PLC0415
    from bot.ops.user_trace import slack_user  # noqa: PLC0415

    if instance is not None and instance not in {one.name for one in settings.instances}:
        raise click.BadParameter(f"There is no DSS instance {instance!r}.", param_hint="--instance")
    if channel != "direct" and not re.fullmatch(r"[CG][A-Z0-9]{2,}", channel):
        raise click.BadParameter(
            f"{channel!r} is no channel's ID. Give C…, as at the end of the channel's details in Slack, "
            "or direct.",
            param_hint="--channel",
        )
    who = slack_user(user)
    if who is None:
        raise click.BadParameter(
            f"{user!r} is no user. Give an email address, or a member ID (U…), as in the person's Slack "
            "profile under ⋮.",
            param_hint="--user",
        )
    question = answers.Question(
        user=who,
        channel=channel,
        capability=Capability(wanted),
        instance=instance or settings.default_instance,
        project=project,
        dataset=dataset,
    )
    try:
        asker = (
            answers.asker_offline(question, rules)
            if offline
            else answers.asker_from_slack(question, rules, slack_client(settings.slack))
        )
    except answers.CannotExplain as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_CONFIGURATION)
    verdict, lines = answers.explain(question, rules, asker, settings)
    click.echo("\n".join(lines))
    sys.exit(0 if verdict.allowed else 1)


def _read_policy(path: str) -> "Policy":
    try:
        return read_rules(read_file(path), path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            (f"{path} can't be read ({type(error).__name__}). Name a readable file.",)
        ) from error


def _policy(settings: Settings) -> tuple["Policy", str]:
    if settings.rules is None:
        raise SettingsError(("[access] rules_file: is not set, so there is no policy file.",))
    return settings.rules.policy, settings.rules.path
