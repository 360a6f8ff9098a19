"""remediation actions."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('remediation_actions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('owner_name', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('effort_days', sa.Double(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('proof', sa.String(), nullable=False),
    sa.Column('depends_on_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_by_name', sa.String(), nullable=True),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'in_progress', 'done', 'accepted', 'dropped')", name=op.f('ck_remediation_actions_state_known')),
    sa.CheckConstraint("state NOT IN ('done', 'accepted') OR proof <> ''", name=op.f('ck_remediation_actions_done_has_proof')),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_remediation_actions_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['depends_on_id'], ['remediation_actions.id'], name=op.f('fk_remediation_actions_depends_on_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_remediation_actions_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remediation_actions')),
    sa.UniqueConstraint('id', 'firm_id', name='uq_remediation_actions_id_firm')
    )
    with op.batch_alter_table('remediation_actions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_remediation_actions_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_remediation_actions_firm_id'), ['firm_id'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('remediation_actions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_remediation_actions_firm_id'))
        batch_op.drop_index(batch_op.f('ix_remediation_actions_assessment_id'))

    op.drop_table('remediation_actions')

