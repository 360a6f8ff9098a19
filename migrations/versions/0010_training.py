"""Sandboxes, classroom sessions, own scenarios and programmes of study."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # first: the sandboxes' foreign key needs it
    op.create_index('ix_firms_id_kind', 'firms', ['id', 'kind'], unique=True)
    op.create_table('classroom_sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('trainer_name', sa.String(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('teams', sa.Integer(), nullable=False),
    sa.Column('show_names', sa.Boolean(), nullable=False),
    sa.Column('stages', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('moved_by_name', sa.String(), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('bank', sa.JSON(), nullable=False),
    sa.Column('debrief', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('position >= 0', name=op.f('ck_classroom_sessions_position_not_negative')),
    sa.CheckConstraint('teams >= 0 AND teams <= 40', name=op.f('ck_classroom_sessions_teams_within_reason')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_classroom_sessions_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_classroom_sessions_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classroom_sessions')),
    sa.UniqueConstraint('code', name=op.f('uq_classroom_sessions_code'))
    )
    with op.batch_alter_table('classroom_sessions', schema=None) as batch_op:
        batch_op.create_index('ix_classroom_sessions_ends_at', ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_classroom_sessions_firm_id'), ['firm_id'], unique=False)

    op.create_table('own_scenarios',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('author_name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_own_scenarios_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_scenarios'))
    )
    with op.batch_alter_table('own_scenarios', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_own_scenarios_firm_id'), ['firm_id'], unique=False)

    op.create_table('sandboxes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_kind', sa.String(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('home_firm_id', sa.Uuid(), nullable=False),
    sa.Column('scenario', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("firm_kind = 'training'", name=op.f('ck_sandboxes_firm_is_for_training')),
    sa.CheckConstraint('home_firm_id <> firm_id', name=op.f('ck_sandboxes_home_is_another_firm')),
    sa.ForeignKeyConstraint(['firm_id', 'firm_kind'], ['firms.id', 'firms.kind'], name='fk_sandboxes_firm_of_kind', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_sandboxes_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['home_firm_id'], ['firms.id'], name=op.f('fk_sandboxes_home_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sandboxes_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandboxes')),
    sa.UniqueConstraint('firm_id', name='uq_sandboxes_firm')
    )
    with op.batch_alter_table('sandboxes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sandboxes_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sandboxes_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sandboxes_person_id'), ['person_id'], unique=False)

    op.create_table('study_programmes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('scenario_ids', sa.JSON(), nullable=False),
    sa.Column('tests', sa.Boolean(), nullable=False),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_study_programmes_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study_programmes'))
    )
    with op.batch_alter_table('study_programmes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_study_programmes_firm_id'), ['firm_id'], unique=False)

    op.create_table('participants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('token_sha256', sa.String(), nullable=False),
    sa.Column('rejoin_code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('team', sa.Integer(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['classroom_sessions.id'], name=op.f('fk_participants_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participants')),
    sa.UniqueConstraint('session_id', 'rejoin_code', name='uq_participants_rejoin_code'),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_participants_token_sha256'))
    )
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participants_session_id'), ['session_id'], unique=False)

    op.create_table('team_locks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('team', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['classroom_sessions.id'], name=op.f('fk_team_locks_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_locks')),
    sa.UniqueConstraint('session_id', 'stage', 'team', name='uq_team_locks_once')
    )
    op.create_table('attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('participant_id', sa.Uuid(), nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('team', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_attempts_participant_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['classroom_sessions.id'], name=op.f('fk_attempts_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts')),
    sa.UniqueConstraint('participant_id', 'stage', name='uq_attempts_participant_stage')
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index('ix_attempts_session_stage', ['session_id', 'stage'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_index('ix_attempts_session_stage')

    op.drop_table('attempts')
    op.drop_table('team_locks')
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_participants_session_id'))

    op.drop_table('participants')
    with op.batch_alter_table('study_programmes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_study_programmes_firm_id'))

    op.drop_table('study_programmes')
    with op.batch_alter_table('sandboxes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sandboxes_person_id'))
        batch_op.drop_index(batch_op.f('ix_sandboxes_firm_id'))
        batch_op.drop_index(batch_op.f('ix_sandboxes_ends_at'))

    op.drop_table('sandboxes')
    with op.batch_alter_table('own_scenarios', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_own_scenarios_firm_id'))

    op.drop_table('own_scenarios')
    with op.batch_alter_table('classroom_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_classroom_sessions_firm_id'))
        batch_op.drop_index('ix_classroom_sessions_ends_at')

    op.drop_table('classroom_sessions')
    op.drop_index('ix_firms_id_kind', table_name='firms')
