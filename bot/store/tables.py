"""The tables. Text columns have no length: SQLite would ignore it, and PostgreSQL would reject longer text.

Times are BigInteger milliseconds since the epoch (UTC); records are JSON text.

The Alembic revisions in `migrations/` define the schema; a test compares them with this metadata.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

intents = Table(
    "intents",
    metadata,
    Column("id", Text, primary_key=True),
    # The delivery that it came from, so that a redelivered envelope finds the existing row.
    Column("delivery", Text, nullable=False, unique=True),
    # What must not be in progress twice at the same time; cleared when the intent is closed.
    Column("busy", Text, unique=True),
    Column("twice", Text, nullable=False, index=True),
    Column("wish", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("plan", Text),
    Column("job", Text),
    Column("note", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("owner", Text),
    Column("lease_until", BigInteger, nullable=False, default=0),
    Column("not_before", BigInteger, nullable=False, default=0),
    Column("starting_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "state", "not_before"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("instance", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("job_id", Text, primary_key=True),
    Column("finished", Boolean, nullable=False),
    Column("facts", Text, nullable=False),
    Column("memory", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "job_id"),
)

watches = Table(
    "watches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("instance", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    # Instance, project, job and channel while the watch is open: one thread per job and channel.
    Column("open_key", Text, unique=True),
    Column("place", Text, nullable=False),
    Column("asker", Text, nullable=False),
    Column("asker_name", Text),
    Column("root_id", Text, nullable=False),
    Column("started_by_bot", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    Index(None, "instance", "closed_at"),
    Index(None, "instance", "project", "job_id"),
    Index(None, "asker", "created_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel_id", Text, nullable=False),
    Column("ts", Text),
    Column("root_id", Text),
    Column("seq", BigInteger, nullable=False),
    Column("watch_id", Text),
    Column("asker", Text),
    Column("urgency", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("owner", Text),
    Column("lease_until", BigInteger, nullable=False, default=0),
    Column("not_before", BigInteger, nullable=False, default=0),
    Column("reason", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "state", "urgency", "seq"),
    Index(None, "root_id", "state"),
    Index(None, "channel_id", "ts"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    # What is to be built, while the request is pending: the same build isn't asked about twice.
    Column("open_key", Text, unique=True),
    Column("fingerprint", Text, nullable=False),
    # The build, why it needs an approval, and where it was asked for; this never changes.
    Column("asked", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_team", Text),
    Column("decided_at", BigInteger),
    Column("reason", Text, nullable=False, default=""),
    # The intent that starts the build; written with the approval, in one transaction.
    Column("start_id", Text, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "state", "expires_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

pace = Table(
    "pace",
    metadata,
    Column("key", Text, primary_key=True),
    # When the next call under this key is allowed.
    Column("next_at", BigInteger, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("key", Text, primary_key=True),
    # When something was last known to be true, such as "DSS answered".
    Column("at", BigInteger, nullable=False),
)

counted_requests = Table(
    "counted_requests",
    metadata,
    # Of an intent, or of the delivery of a query: the limits for people count each request once.
    Column("request_id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

block_support = Table(
    "block_support",
    metadata,
    Column("workspace", Text, primary_key=True),
    # The type of a newer block that the workspace refused, such as "plan".
    Column("kind", Text, primary_key=True),
    Column("refused_at", BigInteger, nullable=False),
)

slack_accounts = Table(
    "slack_accounts",
    metadata,
    Column("user_id", Text, primary_key=True),
    # One more with each change that Slack told one of the replicas.
    Column("version", Integer, nullable=False),
    # When a replica last asked Slack about it.
    Column("asked_at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("user_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("instance", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("act_as", Text),
    Column("note", Text, nullable=False),
    # Where it is in the chain; rows from before the chain have no position (bot/store/audit.py).
    Column("position", BigInteger, index=True, unique=True),
    Column("event", Text, nullable=False, server_default="decision"),
    Column("channel", Text, nullable=False, server_default=""),
    Column("surface", Text, nullable=False, server_default=""),
    Column("rule", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("job", Text, nullable=False, server_default=""),
    Column("reference", Text, nullable=False, server_default="", index=True),
    Column("previous", Text, nullable=False, server_default=""),
    Column("hash", Text, nullable=False, server_default=""),
)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("key", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

favorites = Table(
    "favorites",
    metadata,
    # ID of a person or of a channel.
    Column("owner", Text, primary_key=True),
    # The name without case; `name` is as it was typed.
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("build", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

channel_defaults = Table(
    "channel_defaults",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("instance", Text),
    Column("project", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
)

ended_runs = Table(
    "ended_runs",
    metadata,
    Column("instance", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("job_id", Text, primary_key=True),
    # Stands for what it built, whatever the partitions.
    Column("outputs_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Stands for its error, if it failed and DSS said why.
    Column("fingerprint", Text),
    Column("ended_at", BigInteger, nullable=False),
    Index(None, "instance", "outputs_key", "ended_at"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("instance", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("job_id", Text, primary_key=True),
    # Slack's id of the uploaded file.
    Column("file_id", Text),
    # Whether Slack was told that the upload is complete.
    Column("completed", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

personal_keys = Table(
    "personal_keys",
    metadata,
    Column("instance", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    # A key that its owner hasn't confirmed yet is a row of its own, beside the one in use.
    Column("confirmed", Boolean, primary_key=True),
    # New with every key, so that what is known of one key is never written to the next.
    Column("id", Text, nullable=False, unique=True),
    Column("login", Text, nullable=False),
    # The key itself, with instance and user, as one Fernet token.
    Column("token", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # When DSS refused it: from then on, it isn't used.
    Column("refused_at", BigInteger),
)
