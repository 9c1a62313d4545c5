"""What the acts of accounts are called in the journal."""

from django.utils.translation import gettext_lazy as _

from core import journal

journal.call(
    {
        "sign_in": _("Signed in"),
        "sign_in.refused": _("Sign-in refused"),
        "access.refused": _("Access refused"),
        "browser.forgotten": _("Remembered browser removed"),
        "factor.enrolled": _("Second factor set up"),
        "factor.reset": _("Second factor reset"),
        "recovery_code.used": _("Recovery code used"),
        "recovery_codes.renewed": _("Recovery codes renewed"),
        "password.changed": _("Password changed"),
        "password.reset_asked": _("New password asked for"),
        "password.reset_sent": _("Link for a new password sent"),
        "session.closed": _("Session closed"),
        "sessions.closed": _("All sessions closed"),
        "invitation.sent": _("Invitation sent"),
        "invitation.accepted": _("Invitation accepted"),
        "invitation.withdrawn": _("Invitation withdrawn"),
        "registration.asked": _("Registration asked for"),
        "person.created": _("Account created"),
        "person.read": _("Account opened"),
        "person.email_changed": _("E-mail address changed"),
        "person.profile_changed": _("Profile changed"),
        "person.blocked": _("Account blocked"),
        "person.unblocked": _("Account unblocked"),
        "person.erased": _("Account erased"),
        "role.given": _("Role given"),
        "role.taken": _("Role taken"),
        "administrator.made": _("Made administrator"),
        "administrator.unmade": _("No longer administrator"),
        "terms.published": _("Terms of use published"),
        "terms.accepted": _("Terms of use accepted"),
        "tenant.founded": _("Authority created"),
        "people.searched": _("Searched for a person"),
        "people.read": _("Data of a person opened"),
        "retention.settings_saved": _("Retention changed"),
        "retention.started": _("Erasure begun"),
        "retention.done": _("Erasure finished"),
        "hold.set": _("Legal hold set"),
        "hold.lifted": _("Legal hold lifted"),
        "journal.read": _("Journal read"),
        "journal.exported": _("Journal exported"),
        "message.read": _("Message read"),
        "message.resent": _("Messages sent again"),
        "access.asked": _("Answer to a request for access made"),
        "access.downloaded": _("Answer to a request for access downloaded"),
    }
)
