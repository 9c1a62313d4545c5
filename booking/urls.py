"""Addresses of booking."""

from django.urls import path

from booking.views import communes, offices, operators, prints, wishes

app_name = "booking"
urlpatterns = [
    path("commune/", communes.commune, name="commune"),
    path("dates/", communes.dates, name="dates"),
    path("dates/<uuid:pk>/take/", communes.take, name="take"),
    path("wishes/", wishes.wishes, name="wishes"),
    path("wishes/<uuid:pk>/delete/", wishes.delete_wish, name="delete_wish"),
    path("form/blank/", prints.blank_form, name="blank_form"),
    path("bookings/", communes.bookings, name="bookings"),
    path("bookings/<uuid:pk>/", communes.booking, name="booking"),
    path("bookings/<uuid:pk>/edit/", communes.edit, name="edit"),
    path("bookings/<uuid:pk>/form/", communes.upload, name="upload"),
    path("bookings/<uuid:pk>/form/draft/", communes.save_draft, name="save_draft"),
    path("bookings/<uuid:pk>/form/remove/", communes.detach, name="detach"),
    path("bookings/<uuid:pk>/form/open/", prints.open_form, name="form"),
    path("bookings/<uuid:pk>/confirm/", communes.confirm, name="confirm"),
    path("bookings/<uuid:pk>/cancel/", communes.cancel, name="cancel"),
    path("bookings/<uuid:pk>/delete/", communes.delete, name="delete"),
    path("bookings/<uuid:pk>/move/", offices.reassign, name="reassign"),
    path("bookings/<uuid:pk>/mark/", offices.mark, name="mark"),
    path("bookings/<uuid:pk>/note/", offices.write_note, name="write_note"),
    path(
        "bookings/<uuid:pk>/interpreter/",
        offices.note_interpreter,
        name="note_interpreter",
    ),
    path("agenda/", offices.agenda, name="agenda"),
    path("agenda/publish/", offices.publish, name="publish"),
    path("agenda/withdraw/", offices.withdraw, name="withdraw"),
    path("agenda/feed/", offices.feed_settings, name="feed_settings"),
    path("interpreters/", offices.interpreters, name="interpreters"),
    path("figures/", offices.office_figures, name="figures"),
    path("settings/", operators.settings, name="settings"),
    path("records/communes/import/", operators.import_communes, name="import_communes"),
    path("records/", operators.records, name="all_records"),
    path("records/<slug:key>/", operators.records, name="records"),
    path("records/<slug:key>/add/", operators.add_record, name="add_record"),
    path("records/<slug:key>/<uuid:pk>/", operators.record, name="record"),
    path(
        "records/sheets/<uuid:pk>/preview/",
        operators.preview_sheet,
        name="preview_sheet",
    ),
    path("feed/<str:token>.ics", offices.feed, name="feed"),
    path(
        "bookings/<uuid:pk>/invitation/<slug:language>/",
        prints.invitation,
        name="invitation",
    ),
    path("bookings/<uuid:pk>/sheet/<slug:language>/", prints.sheet, name="sheet"),
]
