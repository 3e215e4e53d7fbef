"""The audit is chained by hash, and triggers keep it append-only"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import dialect as postgresql

from bot.domain.audit import GENESIS

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXTS = ("channel", "surface", "rule", "outcome", "job", "reference", "previous", "hash")

KEPT = """
    NOT EXISTS (
        SELECT 1 FROM audit_chain
        WHERE key = 'pruned'
        AND (OLD.position <= position OR (OLD.position IS NULL AND OLD.at < at))
    )
"""
"""An entry that the pruner hasn't announced."""

BACK = "NEW.key <> OLD.key OR OLD.key = 'start' OR NEW.position < OLD.position"

ON_SQLITE = (
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN {KEPT}
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
    f"""CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain WHEN {BACK}
    BEGIN SELECT RAISE(ABORT, 'the audit chain only goes on'); END""",
    """CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain
    BEGIN SELECT RAISE(ABORT, 'the audit chain only goes on'); END""",
)

ON_POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$""",
    f"""CREATE FUNCTION audit_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF {KEPT} THEN RAISE EXCEPTION 'audit entries are never deleted'; END IF;
        RETURN OLD;
    END $$""",
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_delete()""",
    f"""CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain
    FOR EACH ROW WHEN ({BACK}) EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_chain_no_truncate BEFORE TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
)

TRIGGERS = ("audit_no_update", "audit_no_delete", "audit_chain_no_update", "audit_chain_no_delete")


def upgrade() -> None:
    """Go to this schema."""
    op.add_column("audit", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("audit", sa.Column("event", sa.Text(), server_default="decision", nullable=False))
    for name in TEXTS:
        op.add_column("audit", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_audit_position"), "audit", ["position"], unique=True)
    op.create_index(op.f("ix_audit_reference"), "audit", ["reference"], unique=False)
    chain = op.create_table(
        "audit_chain",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    now = sa.text("SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000")
    if _is_postgresql():
        now = sa.text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    at = op.get_bind().execute(now).scalar_one()
    begin = {"position": 0, "hash": GENESIS}
    rows = [begin | {"key": key, "at": at if key == "start" else 0} for key in ("head", "pruned", "start")]
    op.bulk_insert(chain, rows)
    for statement in ON_POSTGRESQL if _is_postgresql() else ON_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Go back; the entries stay, without what chains them."""
    for name in TRIGGERS:
        table = "audit_chain" if name.startswith("audit_chain") else "audit"
        op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgresql() else f"DROP TRIGGER {name}")
    if _is_postgresql():
        op.execute("DROP TRIGGER audit_no_truncate ON audit")
        op.execute("DROP TRIGGER audit_chain_no_truncate ON audit_chain")
        op.execute("DROP FUNCTION audit_refuse()")
        op.execute("DROP FUNCTION audit_refuse_delete()")
    op.drop_table("audit_chain")
    op.drop_index(op.f("ix_audit_reference"), table_name="audit")
    op.drop_index(op.f("ix_audit_position"), table_name="audit")
    for name in (*reversed(TEXTS), "event", "position"):
        op.drop_column("audit", name)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == postgresql.name
