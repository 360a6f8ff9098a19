"""review and snapshots."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contradiction_explanations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('contradiction_id', sa.String(), nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('explained_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('explained_by_id', sa.Uuid(), nullable=False),
    sa.Column('explained_by_name', sa.String(), nullable=False),
    sa.Column('accepted_by_name', sa.String(), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_contradiction_explanations_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_contradiction_explanations_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contradiction_explanations')),
    sa.UniqueConstraint('assessment_id', 'contradiction_id', name='uq_contradiction_explanations_once')
    )
    with op.batch_alter_table('contradiction_explanations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contradiction_explanations_firm_id'), ['firm_id'], unique=False)

    op.create_table('review_decisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.String(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('proposed', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('response_version', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=False),
    sa.Column('decided_by_name', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("verdict IN ('agree', 'return', 'propose')", name=op.f('ck_review_decisions_verdict_known')),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_review_decisions_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_review_decisions_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_decisions')),
    sa.UniqueConstraint('assessment_id', 'question_id', name='uq_review_decisions_question')
    )
    with op.batch_alter_table('review_decisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_decisions_firm_id'), ['firm_id'], unique=False)

    op.create_table('snapshots',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('questionnaire_id', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed_by_name', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('grade', sa.String(), nullable=True),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('supported_score', sa.Double(), nullable=True),
    sa.Column('module_scores', sa.JSON(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_snapshots_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_snapshots_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshots')),
    sa.UniqueConstraint('assessment_id', name='uq_snapshots_assessment')
    )
    with op.batch_alter_table('snapshots', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_snapshots_firm_id'), ['firm_id'], unique=False)

    op.create_table('state_changes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('before', sa.String(), nullable=False),
    sa.Column('after', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_state_changes_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_state_changes_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_state_changes'))
    )
    with op.batch_alter_table('state_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_state_changes_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_state_changes_firm_id'), ['firm_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('state_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_state_changes_firm_id'))
        batch_op.drop_index(batch_op.f('ix_state_changes_assessment_id'))

    op.drop_table('state_changes')
    with op.batch_alter_table('snapshots', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_snapshots_firm_id'))

    op.drop_table('snapshots')
    with op.batch_alter_table('review_decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_review_decisions_firm_id'))

    op.drop_table('review_decisions')
    with op.batch_alter_table('contradiction_explanations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contradiction_explanations_firm_id'))

    op.drop_table('contradiction_explanations')
