"""An organisation that has an administrator keeps one, whoever acts at the same moment.

The organisation's row is locked before it is looked: of two administrators who take the
mark from each other, the second sees what the first has done.
"""

from django.db import migrations

import core.db

FORWARD = """
CREATE FUNCTION keep_an_administrator(place uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts_organisation WHERE id = place FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_membership row
        JOIN accounts_user person ON person.id = row.user_id
        WHERE row.organisation_id = place AND row.administrator
          AND person.blocked_at IS NULL
    ) THEN
        RAISE EXCEPTION 'The organisation % would have no administrator left.', place
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'organisation_keeps_an_administrator';
    END IF;
END $$;

CREATE FUNCTION administrator_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_an_administrator(OLD.organisation_id);
    RETURN NULL;
END $$;

CREATE FUNCTION administrator_blocked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place uuid;
BEGIN
    FOR place IN
        SELECT DISTINCT organisation_id FROM accounts_membership
        WHERE user_id = NEW.id AND administrator ORDER BY 1
    LOOP
        PERFORM keep_an_administrator(place);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER administrator_gone AFTER DELETE ON accounts_membership
    FOR EACH ROW WHEN (OLD.administrator) EXECUTE FUNCTION administrator_goes();
CREATE TRIGGER administrator_no_longer AFTER UPDATE ON accounts_membership
    FOR EACH ROW WHEN (
        OLD.administrator AND (
            NOT NEW.administrator
            OR NEW.organisation_id <> OLD.organisation_id OR NEW.user_id <> OLD.user_id
        )
    )
    EXECUTE FUNCTION administrator_goes();
CREATE TRIGGER administrator_blocked AFTER UPDATE OF blocked_at ON accounts_user
    FOR EACH ROW WHEN (OLD.blocked_at IS NULL AND NEW.blocked_at IS NOT NULL)
    EXECUTE FUNCTION administrator_blocked();
"""
BACKWARD = """
DROP TRIGGER administrator_blocked ON accounts_user;
DROP TRIGGER administrator_no_longer ON accounts_membership;
DROP TRIGGER administrator_gone ON accounts_membership;
DROP FUNCTION administrator_blocked();
DROP FUNCTION administrator_goes();
DROP FUNCTION keep_an_administrator(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_open_registration")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddConstraint(
            model_name="membership",
            constraint=core.db.TriggerRule(
                name="organisation_keeps_an_administrator",
                violation_error_message=(
                    "An organisation always keeps one administrator: make somebody"
                    " else administrator first."
                ),
            ),
        ),
    ]
