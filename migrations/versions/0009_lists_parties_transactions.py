"""Lists, parties, screening, worksheets and transactions."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('list_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('illustrative', sa.Boolean(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('imported_by_name', sa.String(), nullable=False),
    sa.CheckConstraint("kind IN ('watch', 'controlled', 'unreliable', 'un', 'own', 'goods')", name=op.f('ck_list_versions_kind_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_versions')),
    sa.UniqueConstraint('code', 'number', name='uq_list_versions_number')
    )
    op.create_table('control_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('heading', sa.String(), nullable=False),
    sa.Column('heading_zh', sa.String(), nullable=False),
    sa.Column('parameters', sa.String(), nullable=False),
    sa.Column('hs_codes', sa.JSON(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=True),
    sa.Column('in_force_until', sa.Date(), nullable=True),
    sa.Column('words', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['list_versions.id'], name=op.f('fk_control_entries_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_control_entries'))
    )
    with op.batch_alter_table('control_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_control_entries_version_id'), ['version_id'], unique=False)

    op.create_table('list_entries',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_zh', sa.String(), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.Column('delisted_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['list_versions.id'], name=op.f('fk_list_entries_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_entries'))
    )
    with op.batch_alter_table('list_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_entries_version_id'), ['version_id'], unique=False)

    op.create_table('own_list_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('illustrative', sa.Boolean(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('imported_by_name', sa.String(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_own_list_versions_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_list_versions')),
    sa.UniqueConstraint('firm_id', 'code', 'number', name='uq_own_list_versions_number'),
    sa.UniqueConstraint('id', 'firm_id', name='uq_own_list_versions_id_firm')
    )
    with op.batch_alter_table('own_list_versions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_own_list_versions_firm_id'), ['firm_id'], unique=False)

    op.create_table('parties',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('other_names', sa.JSON(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_parties_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parties')),
    sa.UniqueConstraint('id', 'firm_id', name='uq_parties_id_firm')
    )
    with op.batch_alter_table('parties', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parties_firm_id'), ['firm_id'], unique=False)

    op.create_table('transactions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('party_ids', sa.JSON(), nullable=False),
    sa.Column('worksheet_id', sa.Uuid(), nullable=True),
    sa.Column('flags', sa.JSON(), nullable=False),
    sa.Column('result', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('saved_by_name', sa.String(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_transactions_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transactions')),
    sa.UniqueConstraint('firm_id', 'number', name='uq_transactions_number'),
    sa.UniqueConstraint('id', 'firm_id', name='uq_transactions_id_firm')
    )
    with op.batch_alter_table('transactions', schema=None) as batch_op:
        batch_op.create_index('ix_transactions_created', ['firm_id', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_transactions_firm_id'), ['firm_id'], unique=False)

    op.create_table('worksheets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('hs_code', sa.String(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('list_code', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('lists', sa.JSON(), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('first_signer_id', sa.Uuid(), nullable=True),
    sa.Column('first_signer_name', sa.String(), nullable=True),
    sa.Column('first_signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('second_signer_id', sa.Uuid(), nullable=True),
    sa.Column('second_signer_name', sa.String(), nullable=True),
    sa.Column('second_signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_because', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'signed_once', 'signed', 'reopened')", name=op.f('ck_worksheets_state_known')),
    sa.CheckConstraint('second_signer_id IS NULL OR second_signer_id <> first_signer_id', name=op.f('ck_worksheets_two_different_signers')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_worksheets_firm_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worksheets')),
    sa.UniqueConstraint('id', 'firm_id', name='uq_worksheets_id_firm')
    )
    with op.batch_alter_table('worksheets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_worksheets_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_worksheets_item', ['firm_id', 'item'], unique=False)

    op.create_table('match_decisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('result_id', sa.Uuid(), nullable=False),
    sa.Column('list_code', sa.String(), nullable=False),
    sa.Column('entry_key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('ruling', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("ruling IN ('true_hit', 'false_hit', 'need_more')", name=op.f('ck_match_decisions_ruling_known')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_match_decisions_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['party_id', 'firm_id'], ['parties.id', 'parties.firm_id'], name='fk_match_decisions_party_firm', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_decisions'))
    )
    with op.batch_alter_table('match_decisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_match_decisions_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_match_decisions_party', ['party_id', 'at'], unique=False)

    op.create_table('own_list_entries',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_zh', sa.String(), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.Column('delisted_on', sa.Date(), nullable=True),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_own_list_entries_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id', 'firm_id'], ['own_list_versions.id', 'own_list_versions.firm_id'], name='fk_own_list_entries_version_firm', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_list_entries'))
    )
    with op.batch_alter_table('own_list_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_own_list_entries_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_own_list_entries_version', ['version_id'], unique=False)

    op.create_table('screening_results',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('too_short', sa.Boolean(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('matches', sa.JSON(), nullable=False),
    sa.Column('lists', sa.JSON(), nullable=False),
    sa.Column('matcher', sa.String(), nullable=False),
    sa.Column('alert_from', sa.Double(), nullable=False),
    sa.Column('review_from', sa.Double(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("verdict IN ('hit', 'possible', 'clear')", name=op.f('ck_screening_results_verdict_known')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_screening_results_firm_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['party_id', 'firm_id'], ['parties.id', 'parties.firm_id'], name='fk_screening_results_party_firm', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening_results'))
    )
    with op.batch_alter_table('screening_results', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_screening_results_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_screening_results_party', ['party_id', 'at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('screening_results', schema=None) as batch_op:
        batch_op.drop_index('ix_screening_results_party')
        batch_op.drop_index(batch_op.f('ix_screening_results_firm_id'))

    op.drop_table('screening_results')
    with op.batch_alter_table('own_list_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_own_list_entries_version')
        batch_op.drop_index(batch_op.f('ix_own_list_entries_firm_id'))

    op.drop_table('own_list_entries')
    with op.batch_alter_table('match_decisions', schema=None) as batch_op:
        batch_op.drop_index('ix_match_decisions_party')
        batch_op.drop_index(batch_op.f('ix_match_decisions_firm_id'))

    op.drop_table('match_decisions')
    with op.batch_alter_table('worksheets', schema=None) as batch_op:
        batch_op.drop_index('ix_worksheets_item')
        batch_op.drop_index(batch_op.f('ix_worksheets_firm_id'))

    op.drop_table('worksheets')
    with op.batch_alter_table('transactions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transactions_firm_id'))
        batch_op.drop_index('ix_transactions_created')

    op.drop_table('transactions')
    with op.batch_alter_table('parties', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_parties_firm_id'))

    op.drop_table('parties')
    with op.batch_alter_table('own_list_versions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_own_list_versions_firm_id'))

    op.drop_table('own_list_versions')
    with op.batch_alter_table('list_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_entries_version_id'))

    op.drop_table('list_entries')
    with op.batch_alter_table('control_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_control_entries_version_id'))

    op.drop_table('control_entries')
    op.drop_table('list_versions')
