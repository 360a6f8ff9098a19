"""A passkey's challenge is a one-time token too."""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

NAME = 'ck_one_time_tokens_purpose_known'


def upgrade() -> None:
    _allow("'reset', 'first_administrator', 'passkey'")


def downgrade() -> None:
    op.execute("DELETE FROM one_time_tokens WHERE purpose = 'passkey'")
    _allow("'reset', 'first_administrator'")


def _allow(purposes: str) -> None:
    with op.batch_alter_table('one_time_tokens', schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_='check')
        batch_op.create_check_constraint(op.f(NAME), f'purpose IN ({purposes})')
