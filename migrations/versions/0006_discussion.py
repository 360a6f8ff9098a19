"""Assignments, flags, messages and mentions around a question."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('assignments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.String(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assigned_by_name', sa.String(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_assignments_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_assignments_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments')),
    sa.UniqueConstraint('assessment_id', 'question_id', name='uq_assignments_question')
    )
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignments_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_assignments_person', ['firm_id', 'person_id'], unique=False)

    op.create_table('flags',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.String(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('raised_by_name', sa.String(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_flags_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_flags_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flags')),
    sa.UniqueConstraint('assessment_id', 'question_id', name='uq_flags_question')
    )
    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_flags_firm_id'), ['firm_id'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id', 'firm_id'], ['assessments.id', 'assessments.firm_id'], name='fk_messages_assessment_firm', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_messages_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('id', 'firm_id', name='uq_messages_id_firm')
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_messages_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_messages_question', ['assessment_id', 'question_id', 'at'], unique=False)

    op.create_table('mentions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_mentions_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id', 'firm_id'], ['messages.id', 'messages.firm_id'], name='fk_mentions_message_firm', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentions')),
    sa.UniqueConstraint('message_id', 'person_id', name='uq_mentions_person')
    )
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mentions_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_mentions_person', ['firm_id', 'person_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.drop_index('ix_mentions_person')
        batch_op.drop_index(batch_op.f('ix_mentions_firm_id'))

    op.drop_table('mentions')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_question')
        batch_op.drop_index(batch_op.f('ix_messages_firm_id'))

    op.drop_table('messages')
    with op.batch_alter_table('flags', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_flags_firm_id'))

    op.drop_table('flags')
    with op.batch_alter_table('assignments', schema=None) as batch_op:
        batch_op.drop_index('ix_assignments_person')
        batch_op.drop_index(batch_op.f('ix_assignments_firm_id'))

    op.drop_table('assignments')
