"""The plan of languages, teams and rotas, live captions, drafts of subtitles, the search over transcripts."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


FULL_TEXT = {
    'sqlite': (
        "CREATE VIRTUAL TABLE passage_full_text USING fts5(stems, content='passage', content_rowid='id', "
        "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")",
        "CREATE TRIGGER passage_comes AFTER INSERT ON passage BEGIN "
        "INSERT INTO passage_full_text (rowid, stems) VALUES (new.id, new.stems); END",
        "CREATE TRIGGER passage_goes AFTER DELETE ON passage BEGIN "
        "INSERT INTO passage_full_text (passage_full_text, rowid, stems) VALUES ('delete', old.id, old.stems); END",
        "CREATE TRIGGER passage_changes AFTER UPDATE OF stems ON passage BEGIN "
        "INSERT INTO passage_full_text (passage_full_text, rowid, stems) VALUES ('delete', old.id, old.stems); "
        "INSERT INTO passage_full_text (rowid, stems) VALUES (new.id, new.stems); END",
    ),
    'postgresql': (
        "ALTER TABLE passage ADD COLUMN full_text tsvector GENERATED ALWAYS AS (to_tsvector('simple', stems)) STORED",
        "CREATE INDEX ix_passage_full_text ON passage USING gin (full_text)",
    ),
}


def upgrade() -> None:
    op.create_table('booth',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_booth_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booth')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_booth_event_id_name'))
    )
    op.create_table('linguist',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('crafts', sa.JSON(), nullable=False),
    sa.Column('coordinates', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_linguist_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_linguist_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_linguist')),
    sa.UniqueConstraint('event_id', 'account_id', name=op.f('uq_linguist_event_id_account_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('linguist', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_linguist_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_linguist_event_id'), ['event_id'], unique=False)

    op.create_table('rota',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('most_minutes', sa.Integer(), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_rota_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_rota'))
    )
    op.create_table('term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_term_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term'))
    )
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_term_event_id'), ['event_id'], unique=False)

    op.create_table('availability',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_availability_ends_after_start')),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_availability_linguist_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_availability'))
    )
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_availability_linguist_id'), ['linguist_id'], unique=False)

    op.create_table('linguist_link',
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_linguist_link_linguist_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_linguist_link'))
    )
    with op.batch_alter_table('linguist_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_linguist_link_linguist_id'), ['linguist_id'], unique=False)

    op.create_table('skill',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('grade', sa.String(20), nullable=False),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_skill_linguist_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skill')),
    sa.UniqueConstraint('linguist_id', 'language', name=op.f('uq_skill_linguist_id_language'))
    )
    op.create_table('subtitle_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('profile', sa.String(length=20), nullable=False),
    sa.Column('head', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['event_session.id'], name=op.f('fk_subtitle_draft_session_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['subtitle_draft.id'], name=op.f('fk_subtitle_draft_source_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subtitle_draft')),
    sa.UniqueConstraint('session_id', 'language', name=op.f('uq_subtitle_draft_session_id_language')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('subtitle_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subtitle_draft_source_id'), ['source_id'], unique=False)

    op.create_table('caption_stream',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('track_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('zero_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('by_machine', sa.Boolean(), nullable=False),
    sa.Column('translated_version', sa.Integer(), nullable=False),
    sa.Column('translation_error', sa.String(length=100), nullable=False),
    sa.Column('on_air_id', sa.Integer(), nullable=True),
    sa.Column('on_air_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('offered_to_id', sa.Integer(), nullable=True),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['offered_to_id'], ['linguist.id'], name=op.f('fk_caption_stream_offered_to_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['on_air_id'], ['linguist.id'], name=op.f('fk_caption_stream_on_air_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['caption_stream.id'], name=op.f('fk_caption_stream_source_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['track_id'], ['language_track.id'], name=op.f('fk_caption_stream_track_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_caption_stream')),
    sa.UniqueConstraint('track_id', name=op.f('uq_caption_stream_track_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('caption_stream', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_caption_stream_source_id'), ['source_id'], unique=False)

    op.create_table('draft_cue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Double(), nullable=False),
    sa.Column('is_block', sa.Boolean(), nullable=False),
    sa.Column('start_ms', sa.BigInteger(), nullable=False),
    sa.Column('end_ms', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('identifier', sa.Text(), nullable=False),
    sa.Column('settings', sa.Text(), nullable=False),
    sa.Column('source_cue_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('is_gone', sa.Boolean(), nullable=False),
    sa.Column('changed_by', sa.String(length=200), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['draft_id'], ['subtitle_draft.id'], name=op.f('fk_draft_cue_draft_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_cue_id'], ['draft_cue.id'], name=op.f('fk_draft_cue_source_cue_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_cue')),
    sa.UniqueConstraint('draft_id', 'key', name=op.f('uq_draft_cue_draft_id_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('draft_cue', schema=None) as batch_op:
        batch_op.create_index('ix_draft_cue_position', ['draft_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_draft_cue_source_cue_id'), ['source_cue_id'], unique=False)
        batch_op.create_index('ix_draft_cue_version', ['draft_id', 'version'], unique=False)

    op.create_table('draft_presence',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=False),
    sa.Column('cue_id', sa.Integer(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['subtitle_draft.id'], name=op.f('fk_draft_presence_draft_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_draft_presence_linguist_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'linguist_id', name=op.f('pk_draft_presence'))
    )
    with op.batch_alter_table('draft_presence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_presence_linguist_id'), ['linguist_id'], unique=False)

    op.create_table('draft_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('webvtt', sa.Text(), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('cue_ids', sa.JSON(), nullable=False),
    sa.Column('cause', sa.String(20), nullable=False),
    sa.Column('remarks', sa.JSON(), nullable=False),
    sa.Column('warnings', sa.Integer(), nullable=True),
    sa.Column('made_by', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['subtitle_draft.id'], name=op.f('fk_draft_revision_draft_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_revision')),
    sa.UniqueConstraint('draft_id', 'number', name=op.f('uq_draft_revision_draft_id_number'))
    )
    op.create_table('passage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('start_ms', sa.Integer(), nullable=False),
    sa.Column('speaker', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('stems', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['subtitle_file.id'], name=op.f('fk_passage_file_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passage'))
    )
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passage_file_id'), ['file_id'], unique=False)

    op.create_table('subtitle_credit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('part', sa.String(20), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['subtitle_draft.id'], name=op.f('fk_subtitle_credit_draft_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_subtitle_credit_linguist_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subtitle_credit')),
    sa.UniqueConstraint('draft_id', 'part', 'name', name=op.f('uq_subtitle_credit_draft_id_part_name'))
    )
    with op.batch_alter_table('subtitle_credit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subtitle_credit_linguist_id'), ['linguist_id'], unique=False)

    op.create_table('track_news',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('track_id', sa.Integer(), nullable=False),
    sa.Column('was_offered', sa.Boolean(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['track_id'], ['language_track.id'], name=op.f('fk_track_news_track_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track_news')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('track_news', schema=None) as batch_op:
        batch_op.create_index('ix_track_news_open', ['told_at', 'changed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_track_news_track_id'), ['track_id'], unique=False)

    op.create_table('turn',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('track_id', sa.Integer(), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_pinned', sa.Boolean(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_turn_ends_after_start')),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_turn_linguist_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['partner_id'], ['linguist.id'], name=op.f('fk_turn_partner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['track_id'], ['language_track.id'], name=op.f('fk_turn_track_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turn'))
    )
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_turn_linguist_id'), ['linguist_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_turn_partner_id'), ['partner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_turn_track_id'), ['track_id'], unique=False)

    op.create_table('caption_cue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stream_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('linguist_id', sa.Integer(), nullable=True),
    sa.Column('line', sa.String(length=64), nullable=True),
    sa.Column('corrected_by', sa.String(length=200), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('source_version', sa.Integer(), nullable=True),
    sa.Column('is_machine', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['linguist_id'], ['linguist.id'], name=op.f('fk_caption_cue_linguist_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['caption_cue.id'], name=op.f('fk_caption_cue_source_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['stream_id'], ['caption_stream.id'], name=op.f('fk_caption_cue_stream_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_caption_cue')),
    sa.UniqueConstraint('key', 'seq', name=op.f('uq_caption_cue_key_seq')),
    sa.UniqueConstraint('stream_id', 'linguist_id', 'line', name=op.f('uq_caption_cue_stream_id_linguist_id_line')),
    sa.UniqueConstraint('stream_id', 'version', name=op.f('uq_caption_cue_stream_id_version')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('caption_cue', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_caption_cue_linguist_id'), ['linguist_id'], unique=False)
        batch_op.create_index('ix_caption_cue_order', ['stream_id', 'place', 'seq'], unique=False)
        batch_op.create_index(batch_op.f('ix_caption_cue_source_id'), ['source_id'], unique=False)

    op.create_table('caption_key',
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('stream_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_seq', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('passed_over', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['stream_id'], ['caption_stream.id'], name=op.f('fk_caption_key_stream_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_caption_key'))
    )
    with op.batch_alter_table('caption_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_caption_key_stream_id'), ['stream_id'], unique=False)

    op.create_table('caption_relay',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stream_id', sa.Integer(), nullable=False),
    sa.Column('platform', sa.String(20), nullable=False),
    sa.Column('address', sa.String(length=2000), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('after_place', sa.Integer(), nullable=False),
    sa.Column('last_seq', sa.Integer(), nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['stream_id'], ['caption_stream.id'], name=op.f('fk_caption_relay_stream_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_caption_relay'))
    )
    with op.batch_alter_table('caption_relay', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_caption_relay_stream_id'), ['stream_id'], unique=False)

    op.create_table('relayed_cue',
    sa.Column('relay_id', sa.Integer(), nullable=False),
    sa.Column('cue_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['cue_id'], ['caption_cue.id'], name=op.f('fk_relayed_cue_cue_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['relay_id'], ['caption_relay.id'], name=op.f('fk_relayed_cue_relay_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('relay_id', 'cue_id', name=op.f('pk_relayed_cue')),
    sa.UniqueConstraint('relay_id', 'seq', name=op.f('uq_relayed_cue_relay_id_seq'))
    )
    with op.batch_alter_table('relayed_cue', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_relayed_cue_cue_id'), ['cue_id'], unique=False)

    with op.batch_alter_table('language_track', schema=None) as batch_op:
        # What was planned before could be counted on.
        batch_op.add_column(sa.Column('state', sa.String(20), nullable=False, server_default='confirmed'))
        batch_op.add_column(sa.Column('linguist_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('via', sa.String(length=35), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('booth_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('turns_version', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('turns_changed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_language_track_booth_id'), ['booth_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_language_track_linguist_id'), ['linguist_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_language_track_booth_id'), 'booth', ['booth_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_language_track_linguist_id'), 'linguist', ['linguist_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('subtitle_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('credits', sa.JSON(), nullable=False, server_default='[]'))

    with op.batch_alter_table('language_track', schema=None) as batch_op:
        batch_op.alter_column('state', existing_type=sa.String(20), existing_nullable=False, server_default=None)
        batch_op.alter_column('via', existing_type=sa.String(35), existing_nullable=False, server_default=None)
        batch_op.alter_column('turns_version', existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    with op.batch_alter_table('subtitle_file', schema=None) as batch_op:
        batch_op.alter_column('credits', existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)



def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for trigger in ('passage_comes', 'passage_goes', 'passage_changes'):
            op.execute(f'DROP TRIGGER {trigger}')
        op.execute('DROP TABLE passage_full_text')
    with op.batch_alter_table('subtitle_file', schema=None) as batch_op:
        batch_op.drop_column('credits')

    with op.batch_alter_table('language_track', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_language_track_linguist_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_language_track_booth_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_language_track_linguist_id'))
        batch_op.drop_index(batch_op.f('ix_language_track_booth_id'))
        batch_op.drop_column('turns_changed_at')
        batch_op.drop_column('turns_version')
        batch_op.drop_column('booth_id')
        batch_op.drop_column('via')
        batch_op.drop_column('linguist_id')
        batch_op.drop_column('state')

    with op.batch_alter_table('relayed_cue', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_relayed_cue_cue_id'))

    op.drop_table('relayed_cue')
    with op.batch_alter_table('caption_relay', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_caption_relay_stream_id'))

    op.drop_table('caption_relay')
    with op.batch_alter_table('caption_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_caption_key_stream_id'))

    op.drop_table('caption_key')
    with op.batch_alter_table('caption_cue', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_caption_cue_source_id'))
        batch_op.drop_index('ix_caption_cue_order')
        batch_op.drop_index(batch_op.f('ix_caption_cue_linguist_id'))

    op.drop_table('caption_cue')
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_turn_track_id'))
        batch_op.drop_index(batch_op.f('ix_turn_partner_id'))
        batch_op.drop_index(batch_op.f('ix_turn_linguist_id'))

    op.drop_table('turn')
    with op.batch_alter_table('track_news', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_track_news_track_id'))
        batch_op.drop_index('ix_track_news_open')

    op.drop_table('track_news')
    with op.batch_alter_table('subtitle_credit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_subtitle_credit_linguist_id'))

    op.drop_table('subtitle_credit')
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_passage_file_id'))

    op.drop_table('passage')
    op.drop_table('draft_revision')
    with op.batch_alter_table('draft_presence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draft_presence_linguist_id'))

    op.drop_table('draft_presence')
    with op.batch_alter_table('draft_cue', schema=None) as batch_op:
        batch_op.drop_index('ix_draft_cue_version')
        batch_op.drop_index(batch_op.f('ix_draft_cue_source_cue_id'))
        batch_op.drop_index('ix_draft_cue_position')

    op.drop_table('draft_cue')
    with op.batch_alter_table('caption_stream', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_caption_stream_source_id'))

    op.drop_table('caption_stream')
    with op.batch_alter_table('subtitle_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_subtitle_draft_source_id'))

    op.drop_table('subtitle_draft')
    op.drop_table('skill')
    with op.batch_alter_table('linguist_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_linguist_link_linguist_id'))

    op.drop_table('linguist_link')
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_availability_linguist_id'))

    op.drop_table('availability')
    with op.batch_alter_table('term', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_term_event_id'))

    op.drop_table('term')
    op.drop_table('rota')
    with op.batch_alter_table('linguist', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_linguist_event_id'))
        batch_op.drop_index(batch_op.f('ix_linguist_account_id'))

    op.drop_table('linguist')
    op.drop_table('booth')
