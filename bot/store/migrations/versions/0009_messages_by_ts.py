"""Find a message by its channel and timestamp, to know what a thread is about"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(op.f("ix_messages_channel_id_ts"), "messages", ["channel_id", "ts"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_messages_channel_id_ts"), table_name="messages")
