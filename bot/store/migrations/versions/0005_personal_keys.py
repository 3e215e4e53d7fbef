"""Personal keys of people, encrypted"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "personal_keys",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("instance", "user_id", "confirmed"),
        sa.UniqueConstraint("id", name=op.f("uq_personal_keys_id")),
    )


def downgrade() -> None:
    """Go back: the keys are lost, and people connect them again."""
    op.drop_table("personal_keys")
