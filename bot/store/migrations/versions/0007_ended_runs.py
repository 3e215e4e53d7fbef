"""How followed jobs ended, by what they built"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "ended_runs",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("outputs_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instance", "project", "job_id"),
    )
    op.create_index(
        op.f("ix_ended_runs_instance_outputs_key_ended_at"),
        "ended_runs",
        ["instance", "outputs_key", "ended_at"],
        unique=False,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_ended_runs_instance_outputs_key_ended_at"), table_name="ended_runs")
    op.drop_table("ended_runs")
