"""Invitations of outside experts to one question or module."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=True),
        sa.Column("expert_name", sa.String(), nullable=False),
        sa.Column("expert_email", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id", "firm_id"],
            ["assessments.id", "assessments.firm_id"],
            name="fk_consultations_assessment_firm",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms.id"], name=op.f("fk_consultations_firm_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_consultations_token_sha256")),
    )
    with op.batch_alter_table("consultations", schema=None) as batch_op:
        for column in ("assessment_id", "firm_id"):
            batch_op.create_index(batch_op.f(f"ix_consultations_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("consultations")
