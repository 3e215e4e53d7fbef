"""The tables. Text has no length here: SQLite would not mind a longer one and PostgreSQL would refuse it.

Times are BigInteger milliseconds since the epoch (UTC); records are JSON text.

The Alembic revisions in `migrations/` are the truth for a database; a test compares them with this metadata.
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
    # The delivery it came from: a redelivered envelope finds the row taken.
    Column("delivery", Text, nullable=False, unique=True),
    # What may not be asked twice at the same moment; cleared when the intent is closed.
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
    # instance, project, job and channel while it is open: one thread per job and channel.
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
    # When the next call under this key may be made.
    Column("next_at", BigInteger, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("key", Text, primary_key=True),
    # When something was last known to be true, such as "DSS answered".
    Column("at", BigInteger, nullable=False),
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
)
