"""Addresses of the door, one's own account, and an organisation's people."""

from django.urls import include, path

from accounts.views import (
    account,
    door,
    invitations,
    passwords,
    person,
    registration,
    team,
    terms,
)
from accounts.views.administration import people, retention

app_name = "accounts"
administration = [
    path("people/", people.people, name="people"),
    path("people/<str:kind>/<uuid:pk>/", people.data_of, name="data_of"),
    path("people/<str:kind>/<uuid:pk>/hold/", people.hold, name="hold"),
    path("retention/", retention.retention, name="retention"),
    path("retention/now/", retention.erase_now, name="erase_now"),
    path("retention/holds/<uuid:pk>/lift/", retention.lift_hold, name="lift_hold"),
]
urlpatterns = [
    path("administration/", include(administration)),
    path("", account.home, name="home"),
    path("sign-in/", door.enter, name="sign_in"),
    path("sign-in/code/", door.code, name="code"),
    path("sign-in/recovery-code/", door.recovery_code, name="recovery_code"),
    path("sign-in/second-factor/", door.enrol, name="enrol"),
    path("sign-out/", door.leave, name="sign_out"),
    path("password/forgotten/", passwords.forgotten, name="forgotten"),
    path("password/link/<str:token>/", passwords.follow_link, name="reset_link"),
    path("password/new/", passwords.reset, name="reset"),
    path(
        "invitation/link/<str:token>/",
        invitations.follow_link,
        name="invitation_link",
    ),
    path("register/", registration.register, name="register"),
    path("invitation/", invitations.invitation, name="invitation"),
    path("invitation/accept/", invitations.accept, name="accept"),
    path("session/keep/", account.keep, name="keep"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/profile/", account.profile, name="profile"),
    path("account/second-factor/", account.second_factor, name="second_factor"),
    path("account/sessions/close/", account.close_others, name="close_others"),
    path(
        "account/sessions/<uuid:pk>/close/",
        account.close_session,
        name="close_session",
    ),
    path("account/recovery-codes/", account.recovery_codes, name="recovery_codes"),
    path(
        "account/browsers/<uuid:pk>/forget/",
        account.forget_browser,
        name="forget_browser",
    ),
    path("account/switch/", account.switch, name="switch"),
    path("terms/", terms.terms, name="terms"),
    path("terms/accept/", terms.accept_terms, name="accept_terms"),
    path("administration/terms/", terms.terms_versions, name="terms_versions"),
    path("administration/terms/draft/", terms.terms_draft, name="terms_draft"),
    path("administration/terms/preview/", terms.terms_preview, name="terms_preview"),
    path("administration/terms/publish/", terms.publish_terms, name="publish_terms"),
    path("administration/terms/<uuid:pk>/", terms.terms_version, name="terms_version"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="invite"),
    path("team/invitations/<uuid:pk>/withdraw/", team.withdraw, name="withdraw"),
    path("team/invitations/<uuid:pk>/renew/", team.renew, name="renew"),
    path("team/<uuid:pk>/", person.person, name="person"),
    path("team/<uuid:pk>/block/", person.block, name="block"),
    path("team/<uuid:pk>/reset-factor/", person.reset_factor, name="reset_factor"),
    path("team/<uuid:pk>/sessions/", person.close_sessions, name="close_sessions"),
    path(
        "team/<uuid:pk>/password/",
        person.send_password_reset,
        name="send_password_reset",
    ),
    path("team/<uuid:pk>/roles/", person.give_role, name="give_role"),
    path("team/roles/<uuid:pk>/take/", person.take_role, name="take_role"),
    path(
        "team/roles/<uuid:pk>/administrator/",
        person.mark_administrator,
        name="mark_administrator",
    ),
]
