"""Waiting lists, questions, bookings, codes, attendance, certificates; long work."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('came_from', sa.String(length=500), nullable=False),
    sa.Column('leads_to', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('message', sa.String(length=2000), nullable=False),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('file_key', sa.String(length=60), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_due', ['state', 'lease_until'], unique=False)

    op.create_table('question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('label', sa.JSON(), nullable=False),
    sa.Column('help', sa.JSON(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('least', sa.Double(), nullable=True),
    sa.Column('most', sa.Double(), nullable=True),
    sa.Column('depends_on_id', sa.Integer(), nullable=True),
    # Question and option name each other: SQLite takes the name of a table to come, PostgreSQL is told afterwards.
    *([sa.ForeignKeyConstraint(['depends_on_id'], ['question_option.id'], name=op.f('fk_question_depends_on_id'), ondelete='SET NULL')] if on_sqlite else []),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_question_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question'))
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_event_id'), ['event_id'], unique=False)

    op.create_table('question_option',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_option_question_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_option')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('question_option', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_option_question_id'), ['question_id'], unique=False)
    if not on_sqlite:
        op.create_foreign_key(op.f('fk_question_depends_on_id'), 'question', 'question_option', ['depends_on_id'], ['id'], ondelete='SET NULL')

    op.create_table('access_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('most_uses', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_access_code_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_code')),
    sa.UniqueConstraint('event_id', 'code', name=op.f('uq_access_code_event_id_code')),
    sqlite_autoincrement=True
    )
    op.create_table('admission',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by_code', sa.Boolean(), nullable=False),
    sa.Column('by_approval', sa.Boolean(), nullable=False),
    sa.Column('offer_hours', sa.Integer(), nullable=False),
    sa.Column('keep_days', sa.Integer(), nullable=True),
    sa.Column('certificates', sa.Boolean(), nullable=False),
    sa.Column('certificate_minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_admission_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_admission'))
    )
    op.create_table('erasure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_erasure_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_event_id'), ['event_id'], unique=False)

    op.create_table('visit',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('step', sa.String(20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_visit_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', 'day', 'step', name=op.f('pk_visit'))
    )
    op.create_table('answer',
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_answer_question_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_answer_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('registration_id', 'question_id', name=op.f('pk_answer'))
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_question_id'), ['question_id'], unique=False)

    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(20), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_attendance_registration_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['event_session.id'], name=op.f('fk_attendance_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('registration_id', 'session_id', name=op.f('uq_attendance_registration_id_session_id'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index('ix_attendance_session', ['session_id'], unique=False)
        batch_op.create_index('uq_attendance_day', ['registration_id', 'day'], unique=True, sqlite_where=sa.text('session_id IS NULL'), postgresql_where=sa.text('session_id IS NULL'))

    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('claim', sa.String(20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_booking_registration_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['event_session.id'], name=op.f('fk_booking_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sa.UniqueConstraint('registration_id', 'session_id', name=op.f('uq_booking_registration_id_session_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index('ix_booking_line', ['session_id', 'claim', 'number'], unique=False)

    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('sessions', sa.JSON(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_certificate_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_certificate_registration_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('code', name=op.f('uq_certificate_code')),
    sa.UniqueConstraint('registration_id', name=op.f('uq_certificate_registration_id'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_event_id'), ['event_id'], unique=False)

    op.create_table('need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_need_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need')),
    sa.UniqueConstraint('registration_id', 'kind', 'language', name=op.f('uq_need_registration_id_kind_language'))
    )
    # A place is of an event or of a session now, so the table has a number of its own.
    counted = [dict(row) for row in op.get_bind().execute(sa.text("SELECT event_id, taken, 0 AS last_number FROM places")).mappings()]
    op.drop_table('places')
    places = op.create_table('places',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.CheckConstraint('taken >= 0', name=op.f('ck_places_not_negative')),
    sa.CheckConstraint('(event_id IS NULL) <> (session_id IS NULL)', name=op.f('ck_places_one_subject')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_places_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['event_session.id'], name=op.f('fk_places_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_places')),
    sa.UniqueConstraint('event_id', name=op.f('uq_places_event_id')),
    sa.UniqueConstraint('session_id', name=op.f('uq_places_session_id'))
    )
    if counted:
        op.bulk_insert(places, counted)

    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.add_column(sa.Column('queue_number', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('origin', sa.String(20), nullable=False, server_default='form'))
        batch_op.add_column(sa.Column('code_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_registration_event_id_email'), type_='unique')
        batch_op.create_index(batch_op.f('ix_registration_code_id'), ['code_id'], unique=False)
        batch_op.create_index('ix_registration_country', ['event_id', 'country', 'id'], unique=False)
        batch_op.create_index('ix_registration_created', ['event_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_registration_line', ['event_id', 'state', 'queue_number'], unique=False)
        batch_op.create_index('uq_registration_address', ['event_id', 'email'], unique=True, sqlite_where=sa.text("email <> ''"), postgresql_where=sa.text("email <> ''"))
        batch_op.create_foreign_key(batch_op.f('fk_registration_code_id'), 'access_code', ['code_id'], ['id'], ondelete='SET NULL')
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.alter_column('origin', existing_type=sa.String(20), existing_nullable=False, server_default=None)
    # Last, since copying a table on SQLite loses an index of an expression.
    op.execute('CREATE INDEX ix_registration_name ON registration (event_id, substr(search, 1, 60), id)')

    # Who is registered already gets the links that everybody has now.
    links = sa.table('registration_link', sa.column('token'), sa.column('registration_id'), sa.column('purpose'), sa.column('created_at', sa.DateTime(timezone=True)))
    moment = datetime.now(UTC).replace(microsecond=0)
    numbers = op.get_bind().execute(sa.text('SELECT id FROM registration')).scalars().all()
    rows = [
        {'token': secrets.token_urlsafe(24), 'registration_id': number, 'purpose': purpose, 'created_at': moment}
        for number in numbers for purpose in ('join', 'ticket')
    ]
    if rows:
        op.bulk_insert(links, rows)


def downgrade() -> None:
    op.execute("DELETE FROM registration_link WHERE purpose IN ('join', 'ticket')")
    op.drop_index('ix_registration_name', table_name='registration')
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_registration_code_id'), type_='foreignkey')
        batch_op.drop_index('uq_registration_address', sqlite_where=sa.text("email <> ''"), postgresql_where=sa.text("email <> ''"))
        batch_op.drop_index('ix_registration_line')
        batch_op.drop_index('ix_registration_created')
        batch_op.drop_index('ix_registration_country')
        batch_op.drop_index(batch_op.f('ix_registration_code_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_registration_event_id_email'), ['event_id', 'email'])
        batch_op.drop_column('code_id')
        batch_op.drop_column('origin')
        batch_op.drop_column('queue_number')

    counted = [dict(row) for row in op.get_bind().execute(sa.text("SELECT event_id, taken FROM places WHERE event_id IS NOT NULL")).mappings()]
    op.drop_table('places')
    places = op.create_table('places',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('taken >= 0', name=op.f('ck_places_not_negative')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_places_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_places'))
    )
    if counted:
        op.bulk_insert(places, counted)

    op.drop_table('need')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_event_id'))

    op.drop_table('certificate')
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('ix_booking_line')

    op.drop_table('booking')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index('uq_attendance_day', sqlite_where=sa.text('session_id IS NULL'), postgresql_where=sa.text('session_id IS NULL'))
        batch_op.drop_index('ix_attendance_session')

    op.drop_table('attendance')
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answer_question_id'))

    op.drop_table('answer')
    op.drop_table('visit')
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_erasure_event_id'))

    op.drop_table('erasure')
    op.drop_table('admission')
    op.drop_table('access_code')
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f('fk_question_depends_on_id'), 'question', type_='foreignkey')
    with op.batch_alter_table('question_option', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_option_question_id'))

    op.drop_table('question_option')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_event_id'))

    op.drop_table('question')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_due')

    op.drop_table('job')
