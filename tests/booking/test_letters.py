"""The printed letters: one tagged page in each language, and nothing that a name could smuggle in."""

import datetime as dt
import io
import re
import uuid
from typing import Any

import pikepdf
import pypdf
import pytest

from accounts.models import Organisation, Tenant, User
from booking import documents
from booking.documents import form, invitation, sheet
from booking.models import (
    Booking,
    Counsellor,
    InformationSheet,
    Office,
    Place,
    ReferralType,
    Slot,
)
from booking.texts import nearest_language, offered_languages, texts
from core.documents.pdf import render_pdf

REQUIRED = [
    "fr",
    "de",
    "en",
    "it",
    "es",
    "pt",
    "tr",
    "sq",
    "ar",
    "fa",
    "ti",
    "ta",
    "uk",
    "ru",
    "so",
    "kmr",
]
HOSTILE = '<img src="http://evil.example/x.png">'
ATTACHMENT = '<link rel="attachment" href="file:///etc/passwd">'
NAMES = {
    "fr": ("Selam", "Tesfay"),
    "ar": ("ياسمين", "الحمدان"),
    "ti": ("ሰላም", "ተስፋይ"),
    "ta": ("கவிதா", "சிவகுமார்"),
    "uk": ("Олена", "Ковальчук"),
}


@pytest.fixture(autouse=True)
def _second_of_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "today", lambda zone=None: dt.date(2026, 11, 2))


def a_booking(language: str = "fr", **facts: Any) -> Booking:
    """A booking of Monday 16 November 2026, 10:30, that no database knows."""
    first, last = NAMES.get(language, NAMES["fr"])
    tenant = Tenant(
        slug="berne", name="Canton de Berne", office="Office", logo="logos/berne.svg"
    )
    works = Organisation(tenant=tenant, name="Antenne de Bienne", phone="032 555 01 40")
    office = Office(
        tenant=tenant,
        organisation=works,
        town="Bienne",
        reachable_from=dt.time(8),
        reachable_until=dt.time(12),
    )
    place = Place(
        tenant=tenant,
        office=office,
        street="Rue des Tilleuls 14",
        postcode="2502",
        town="Bienne",
        room="2e étage, salle 204",
        station="Gare",
        line="4",
        ride_minutes=6,
        stop="Tilleuls",
        walk_minutes=3,
    )
    user = User(first_name="Reto", last_name="Aeschlimann", username="reto")
    slot = Slot(
        tenant=tenant,
        office=office,
        place=place,
        counsellor=Counsellor(tenant=tenant, user=user, office=office),
        starts_at=dt.datetime(2026, 11, 16, 9, 30, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 11, 16, 11, 0, tzinfo=dt.UTC),
    )
    given = {
        "tenant": tenant,
        "slot": slot,
        "commune": Organisation(tenant=tenant, name="Commune de Saint-Imier"),
        "salutation": "mrs",
        "first_name": first,
        "last_name": last,
        "with_interpreter": True,
        "interpreter_language": language,
        "referral_type": ReferralType(tenant=tenant, name="Envoi", mandatory=True),
        "personal_data": {"address": "Rue du Vallon 27, 2610 Saint-Imier"},
    }
    return Booking(pk=uuid.UUID(int=7 << 100), **{**given, **facts})


def read(pdf: bytes) -> str:
    """The text of all pages, spaces made equal."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return plain(" ".join(page.extract_text() for page in pages))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.req("BKG-032")
def test_sixteen_languages_say_the_same_things() -> None:
    assert set(REQUIRED) <= set(offered_languages())
    for kind in ("invitation", "sheet"):
        keys = set(texts(kind, "fr"))
        for code in offered_languages():
            words = texts(kind, code)
            assert set(words) == keys, (kind, code)
            assert words["proofread"] is False


@pytest.mark.req("BKG-032")
@pytest.mark.parametrize(
    ("asked", "got"), [("pt-BR", "pt"), ("prs", "fa"), ("xx", "fr")]
)
def test_a_language_that_is_missing_gets_its_nearest(asked: str, got: str) -> None:
    assert nearest_language(asked) == got


@pytest.mark.slow
@pytest.mark.req("BKG-031", "BKG-032")
@pytest.mark.parametrize("language", REQUIRED)
def test_the_invitation_is_one_tagged_page_in_its_language(language: str) -> None:
    booking = a_booking(language)
    with pikepdf.open(
        io.BytesIO(render_pdf(documents.invitation_of(booking, language)))
    ) as pdf:
        assert len(pdf.pages) == 1
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == language
        assert "/StructTreeRoot" in pdf.Root


@pytest.mark.slow
@pytest.mark.req("BKG-032")
@pytest.mark.parametrize("letters", [94, 200])
@pytest.mark.parametrize("language", ["ar", "ta", "uk"])
def test_long_words_about_the_place_stay_on_one_page(
    language: str, letters: int
) -> None:
    booking = a_booking(language)
    booking.slot.place.access_note = ("Par la cour, puis l’ascenseur. " * 9)[:letters]
    pdf = render_pdf(documents.invitation_of(booking, language))
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1


@pytest.mark.slow
@pytest.mark.req("BKG-032")
@pytest.mark.parametrize("language", ["fr", "ti", "uk"])
def test_what_is_printed_can_be_read_back(language: str) -> None:
    booking, words = a_booking(language), texts("invitation", language)
    text = read(render_pdf(documents.invitation_of(booking, language)))
    day = documents.written_day(dt.date(2026, 11, 16), language)
    for fact in (
        booking.client_name,
        day,
        words["title"],
        words["intro"],
        "032 555 01 40",
    ):
        assert plain(fact) in text


@pytest.mark.slow
@pytest.mark.req("BKG-032")
def test_arabic_is_read_back_word_by_word() -> None:
    """pypdf orders runs of two directions as they stand on the paper: words, not sentences."""
    booking, words = a_booking("ar"), texts("invitation", "ar")
    text = read(render_pdf(documents.invitation_of(booking, "ar")))
    assert set(words["title"].split()) <= set(text.split())
    assert set(booking.client_name.split()) <= set(text.split())
    assert "10:30" in text


@pytest.mark.slow
@pytest.mark.req("BKG-032")
def test_tamil_letters_are_there() -> None:
    """Signs written before their consonant are lost or doubled on reading back: letters only."""
    booking = a_booking("ta")
    text = read(render_pdf(documents.invitation_of(booking, "ta")))
    assert set("கவதசமர") <= set(text)
    assert "10:30" in text
    assert "\ufffd" not in text


@pytest.mark.slow
@pytest.mark.req("BKG-031")
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_hostile_words_are_printed_as_they_stand(language: str) -> None:
    """No picture is fetched, no file attached; the words stand on the paper as typed."""
    booking = a_booking(
        language,
        first_name=HOSTILE,
        last_name=ATTACHMENT,
        remark=HOSTILE,
        personal_data={"address": ATTACHMENT, "aim": HOSTILE},
    )
    own = InformationSheet(title=HOSTILE, body=f"{ATTACHMENT}\n\n{HOSTILE}")
    pages = {
        "invitation": documents.invitation_of(booking, language),
        "sheet": documents.information_sheet_of(booking, language, own),
        "form": documents.personal_data_of(booking, language),
    }
    for name, letter in pages.items():
        content = render_pdf(letter)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert len(pdf.attachments) == 0
            assert b"passwd" not in b"".join(
                str(item).encode() for item in pdf.objects if "/EF" in str(item)
            )
        assert "evil.example" in read(content), name


@pytest.mark.req("BKG-032")
def test_the_code_holds_the_interview_and_not_its_client() -> None:
    booking = a_booking("fr")
    booking.slot.place.street = "Rue; A, 14"
    text = documents.calendar_text(booking, "fr")
    assert "DTSTART:20261116T093000Z" in text
    assert "LOCATION:Rue\\; A\\, 14\\, 2502 Bienne" in text
    assert "Tesfay" not in text
    assert len(text) < 260


@pytest.mark.req("BKG-032")
def test_french_and_german_set_hours_and_dates_their_way() -> None:
    french = documents.invitation_of(a_booking("fr"), "fr").words
    assert "10\u00a0h\u00a030" in french["hours"]
    assert french["day"] == "lundi 16\u00a0novembre 2026"
    assert "13\u00a0novembre 2026\u202f:" in french["call"]
    german = documents.invitation_of(a_booking("de"), "de").words
    assert german["day"] == "Montag, 16. November 2026"
    assert "ß" not in str(german)
    assert german["greeting"].startswith("Sehr geehrte Frau Tesfay")


@pytest.mark.req("BKG-032")
def test_digits_keep_their_order_within_a_line_from_right_to_left() -> None:
    arabic = documents.invitation_of(a_booking("ar"), "ar").words
    assert "\u206610:30\u2069" in arabic["hours"]
    assert "\u2066" not in str(documents.invitation_of(a_booking("fr"), "fr").words)


@pytest.mark.req("BKG-032")
@pytest.mark.parametrize(
    ("day", "before"),
    [((2026, 11, 16), (2026, 11, 13)), ((2026, 11, 18), (2026, 11, 17))],
)
def test_one_calls_on_the_working_day_before(day: Any, before: Any) -> None:
    assert invitation._working_day_before(dt.date(*day)) == dt.date(*before)


@pytest.mark.req("BKG-031")
def test_a_place_without_a_bus_shows_the_walk_alone() -> None:
    booking = a_booking("fr")
    booking.slot.place.line = ""
    letter = documents.invitation_of(booking, "fr")
    assert (letter.words["ride"], letter.words["walk"]) == ("", "à pied, 3\u00a0min")
    text = read(render_pdf(letter))
    assert "None" not in text
    assert "à pied, 3 min" in text


@pytest.mark.req("BKG-032")
def test_a_sheet_that_nobody_proofread_says_so() -> None:
    booking = a_booking("fr")
    own = InformationSheet(title="Fiche", body="Un.\r\n\r\nDeux.")
    words = documents.information_sheet_of(booking, "fr", own).words
    assert words["draft"] == "Texte à relire"
    assert words["paragraphs"] == [["Un."], ["Deux."]]
    own.proofread_on = dt.date(2026, 10, 1)
    assert not documents.information_sheet_of(booking, "fr", own).words["draft"]


@pytest.mark.req("BKG-031")
def test_another_fact_is_another_document() -> None:
    booking = a_booking("fr")

    def printed(language: str = "fr") -> str:
        return documents.invitation_of(booking, language).fingerprint()

    before = printed()
    assert before == printed()
    assert before != printed("de")
    booking.slot.place.room = "3e étage"
    assert before != printed()


@pytest.mark.req("BKG-031")
def test_each_kind_of_document_is_made_from_the_booking_kept(canton: Any) -> None:
    booking = Booking.objects.create(
        tenant=canton.tenant,
        commune=canton.commune.organisation,
        created_by=canton.commune.user,
        slot=canton.slot(),
        held_until=dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
        first_name="Selam",
        last_name="Tesfay",
        nationality="ER",
        birth_date=dt.date(1990, 5, 2),
        personal_data={"aim": "Apprendre le français"},
    )
    assert "Selam Tesfay" in invitation.invitation(booking.pk, "ti").words["window"]
    assert sheet.information_sheet(booking.pk, "ar").words["direction"] == "rtl"
    rows = form.personal_data(booking.pk, "fr").words["rows"]
    assert ["But de l’entretien", ["Apprendre le français"]] in rows
