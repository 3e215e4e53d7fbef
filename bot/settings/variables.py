"""The environment variables that the bot reads. A test compares this table with the documentation."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One environment variable."""

    name: str
    meaning: str
    default: str = ""
    """The default as documented; empty if there is none."""
    secret: bool = False
    """Whether ``NAME_FILE`` can also give the value, as the path of a file that contains it."""


VARIABLES = (
    Variable(name="SLACK_BOT_TOKEN", meaning="bot token, xoxb-…", secret=True),
    Variable(name="SLACK_APP_TOKEN", meaning="app-level token, xapp-…: Socket Mode", secret=True),
    Variable(name="SLACK_SIGNING_SECRET", meaning="with no app token: HTTP mode", secret=True),
    Variable(name="PORT", meaning="where HTTP mode listens", default="3000"),
    Variable(name="SLACK_API_URL", meaning="base address of the Web API", default="https://slack.com/api/"),
    Variable(name="DKU_DSS_URL", meaning="address of the DSS instance"),
    Variable(name="DKU_API_KEY", meaning="its API key", secret=True),
    Variable(name="DSS_BOT_CONFIG", meaning="path of a TOML file for all the rest"),
    Variable(name="DSS_BOT_ACCESS", meaning="who may act: dss, rules or open", default="dss"),
    Variable(name="DATABASE_URL", meaning="SQLAlchemy address of the database", secret=True),
    Variable(
        name="DSS_BOT_ENCRYPTION_KEYS", meaning="keys for personal keys of people, newest first", secret=True
    ),
    Variable(name="DSS_BOT_HTTP_HOST", meaning="where health and metrics listen", default="127.0.0.1"),
    Variable(name="DSS_BOT_HTTP_PORT", meaning="their port; 0 turns them off", default="8081"),
    Variable(name="DSS_BOT_LOG_FORMAT", meaning="auto, console or json", default="auto"),
    Variable(name="DSS_BOT_LOG_LEVEL", meaning="debug, info, warning or error", default="info"),
)

NAMES = tuple(variable.name for variable in VARIABLES) + tuple(
    f"{variable.name}_FILE" for variable in VARIABLES if variable.secret
)
"""Every name that the bot reads."""
