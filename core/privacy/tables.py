"""The fates of the core's own tables, and of those that Django brings."""

from core.privacy.fates import deleted, kept, table

DJANGO = "Django's own; nothing about a person"
MESSAGES = "retention of messages (core.messages): sent or failed months ago"
DOCUMENTS = (
    "retention of documents: days after the last rendering; made anew on request"
)
JOURNAL = (
    "the journal only grows (data protection asks for a year and more); it holds ids, never"
    " names: they lead nowhere once the person is deleted"
)

table("django_migrations", kept("id app name applied", DJANGO))
table("django_content_type", kept("id app_label model", DJANGO))
table("auth_permission", kept("id name content_type_id codename", DJANGO))
table("auth_group", kept("id name", DJANGO))
table("auth_group_permissions", kept("id group_id permission_id", DJANGO))
table(
    "django_session",
    deleted(
        "session_key session_data expire_date",
        "never written: sessions stand in accounts_usersession",
    ),
)
table("core_jobrun", kept("name last_run", "when the timetable's work ran"))
table("core_cspreports", kept("directive number", "how often; not by whom, nor where"))
table(
    "core_journalentry",
    kept(
        "id tenant_id at actor_id action subject_type subject_id detail address request_id",
        JOURNAL,
    ),
)
table(
    "core_journalseal",
    kept("day entries content digest", "numbers and digests of the journal's days"),
)
table(
    "core_outgoingmessage",
    deleted(
        "id tenant_id kind dedupe_key channel to language subject text html calendar"
        " calendar_method sensitive state attempts next_at error request_id created_at sent_at",
        MESSAGES,
    ),
)
table(
    "core_document",
    deleted(
        "id tenant_id kind subject_id language fingerprint state path error created_at"
        " rendered_at",
        DOCUMENTS,
    ),
)
table(
    "core_storedfile",
    deleted(
        "id tenant_id name kind size sha256 path scan owner_id created_by_id created_at",
        "with the record it belongs to; what belongs to none any more, days later",
    ),
)
table(
    "core_occupancy",
    kept(
        "id resource_id period source_id until",
        "a counsellor or a desk was taken at a time; by which booking, as an id only",
    ),
)

table(
    "core_journalnote",
    deleted("entry_id text", "retention of notes: months after they were written"),
)
table(
    "core_retentionrun",
    kept("id tenant_id started_at finished_at counts asked_by_id", "counts only"),
)
table(
    "core_erasure",
    kept(
        "id tenant_id kind subject_id at",
        "ids of what was erased, so that a restored backup is erased again",
    ),
)
table(
    "core_legalhold",
    kept(
        "id tenant_id kind subject_id reason set_by_id set_at lifted_at",
        "why data was kept longer; the reason names a procedure, not a person",
    ),
)

table(
    "core_accessfile",
    deleted(
        "id tenant_id kind subject_id language asked_by_id asked_at ready_at failed_at path"
        " size",
        "retention of answers to requests for access: days after they were asked for",
    ),
)
