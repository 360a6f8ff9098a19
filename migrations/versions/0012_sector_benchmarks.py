"""Published figures of sectors, with the groups that they counted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sector_benchmarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("module_id", sa.String(), nullable=False),
        sa.Column("firms", sa.Integer(), nullable=False),
        sa.Column("lower", sa.Double(), nullable=False),
        sa.Column("median", sa.Double(), nullable=False),
        sa.Column("upper", sa.Double(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector_benchmarks")),
        sa.UniqueConstraint("sector", "module_id", name="uq_sector_benchmarks_once"),
    )


def downgrade() -> None:
    op.drop_table("sector_benchmarks")
