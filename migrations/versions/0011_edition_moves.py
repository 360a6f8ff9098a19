"""Moves of assessments to a newer edition, and the state of what they leave behind."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

EARLIER_STATES = "'draft', 'submitted', 'in_review', 'returned', 'sealed'"


def upgrade() -> None:
    _allow_states(f"{EARLIER_STATES}, 'superseded'")
    op.create_table('edition_moves',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('before_id', sa.Uuid(), nullable=False),
    sa.Column('after_id', sa.Uuid(), nullable=False),
    sa.Column('state_before', sa.String(), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_by_name', sa.String(), nullable=False),
    sa.Column('audit_seq', sa.Integer(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_name', sa.String(), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['after_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_edition_moves_after_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['before_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_edition_moves_before_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_edition_moves_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_moves')),
    sa.UniqueConstraint('after_id', name='uq_edition_moves_after')
    )
    with op.batch_alter_table('edition_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_edition_moves_before_id'), ['before_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_edition_moves_firm_id'), ['firm_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('edition_moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_edition_moves_firm_id'))
        batch_op.drop_index(batch_op.f('ix_edition_moves_before_id'))
    op.drop_table('edition_moves')
    # the nearest earlier state: closed to answers, and the firm can take it back
    op.execute("UPDATE assessments SET state = 'submitted' WHERE state = 'superseded'")
    _allow_states(EARLIER_STATES)


def _allow_states(states: str) -> None:
    name = op.f('ck_assessments_state_known')
    with op.batch_alter_table('assessments', schema=None) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, f"state IN ({states})")
