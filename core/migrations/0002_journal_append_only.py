"""The journal only ever grows: PostgreSQL itself refuses everything else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal is append-only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_append_only
    BEFORE UPDATE OR DELETE ON core_journalentry
    FOR EACH ROW EXECUTE FUNCTION journal_refuses();
CREATE TRIGGER journal_never_emptied
    BEFORE TRUNCATE ON core_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses();
"""
BACKWARD = """
DROP TRIGGER journal_append_only ON core_journalentry;
DROP TRIGGER journal_never_emptied ON core_journalentry;
DROP FUNCTION journal_refuses();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
