"""Terms of use: nobody goes on before the version in force is accepted."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import terms_text
from accounts.actions import terms
from accounts.models import Membership, Tenant, Terms, TermsAcceptance
from core.errors import Refusal
from core.journal import JournalEntry
from tests.accounts.door import DATES, browser, code, invite, password, path_in_mail
from tests.accounts.test_invitations import make_account, set_up_factor
from tests.conftest import Canton
from tests.core.concurrently import at_once

As = Callable[[Membership], Client]
ACCEPT = "/terms/accept/"


def publish(operator: Membership, words: str) -> Terms:
    texts = {"fr": f"## Titre\n\n{words}", "de": f"## Titel\n\n{words} deutsch"}
    terms.write_draft(by=operator, texts=texts)
    return terms.publish(by=operator)


def agree(client: Client, version: Terms, path: str = ACCEPT) -> str:
    answer = client.post(path, {"version": str(version.pk), "agreed": "on"})
    assert answer.status_code == 302
    return str(answer.url)


def test_without_terms_nobody_is_asked(canton: Canton, as_: As) -> None:
    client = as_(canton.commune)
    assert client.get(DATES).status_code == 200
    assert client.get(ACCEPT).status_code == 302
    assert client.get("/terms/").status_code == 404


def test_accepted_after_password_and_code_and_then_on_to_the_page_first_asked_for(
    canton: Canton, operator: Membership
) -> None:
    first = publish(operator, "Règles un")
    client = browser()
    password(client)
    assert client.get(ACCEPT).status_code == 302  # to the door: half signed in
    code(client, canton.commune.user)
    answer = client.get(DATES)
    assert answer.url == "/terms/accept/?next=%2Fbooking%2Fdates%2F"
    page = client.get(answer.url).text
    assert "Règles un" in page
    assert client.post(answer.url, {"version": str(first.pk)}).status_code == 422
    assert client.get(DATES).status_code == 302
    assert agree(client, first, answer.url) == DATES
    assert client.get(DATES).status_code == 200
    row = TermsAcceptance.objects.get(user=canton.commune.user)
    assert (row.terms, row.accepted_at is not None) == (first, True)
    assert JournalEntry.objects.filter(action="terms.accepted").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_works_before_but_reading_them_and_leaving(
    canton: Canton, as_: As, operator: Membership, method: str
) -> None:
    client = as_(canton.commune)
    publish(operator, "Règles")
    for path in (DATES, "/account/", "/team/", "/booking/wishes/", "/account/switch/"):
        answer = getattr(client, method)(path)
        assert answer.url.startswith(ACCEPT)
    assert client.get("/terms/").status_code == 200
    assert client.post("/sign-out/").url == "/sign-in/"


def test_a_new_version_is_asked_for_at_the_very_next_request(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client = as_(canton.commune)
    agree(client, first := publish(operator, "Un"))
    assert client.get(DATES).status_code == 200
    second = publish(operator, "Deux")
    assert client.get(DATES).status_code == 302
    # The page was open while the next version came: it is not accepted unread.
    late = client.post(ACCEPT, {"version": str(first.pk), "agreed": "on"})
    assert late.status_code == 422
    assert "Deux" in late.text
    agree(client, second)
    assert client.get(DATES).status_code == 200
    numbers = canton.commune.user.terms_accepted.values_list("terms__number", flat=True)
    assert sorted(numbers) == [1, 2]


def test_who_is_invited_accepts_before_going_on(
    canton: Canton, operator: Membership
) -> None:
    version = publish(operator, "Règles")
    invite(canton.commune, "guest@commune.example")
    client = browser()
    make_account(client, path_in_mail("accounts.invitation"))
    assert set_up_factor(client) == 200
    assert client.get(DATES).url.startswith(ACCEPT)
    agree(client, version)
    assert client.get(DATES).status_code == 200


def test_a_part_that_htmx_asks_for_takes_the_whole_page_along(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client = as_(canton.commune)
    publish(operator, "Règles")
    asked = {"HX-Request": "true", "HX-Current-URL": f"http://berne.localhost{DATES}"}
    answer = client.get(DATES, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == (
        "/terms/accept/?next=%2Fbooking%2Fdates%2F"
    )
    assert answer.content == b""


def test_the_operator_writes_previews_and_publishes(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client = as_(operator)
    path = "/administration/terms/draft/"
    assert client.get("/administration/terms/").status_code == 200
    missing = client.post(path, {"text_fr": "Seulement"})
    assert missing.status_code == 422
    assert "Seulement" in missing.text
    texts = {"text_fr": "Neuf <b>gras</b>", "text_de": "Neu"}
    assert client.post(path, texts).url == "/administration/terms/preview/"
    preview = client.get("/administration/terms/preview/").text
    assert "Neuf &lt;b&gt;gras" in preview
    assert "Neu" in preview
    assert Tenant.objects.get(pk=canton.tenant.pk).terms is None
    client.post("/administration/terms/publish/")
    version = Tenant.objects.get(pk=canton.tenant.pk).terms
    assert version is not None
    assert version.published_by == operator.user
    agree(client, version)
    assert client.get("/administration/terms/").status_code == 200
    assert client.get(f"/administration/terms/{version.pk}/").status_code == 200
    again = client.post("/administration/terms/publish/", follow=True).text
    assert "brouillon" in again


def test_a_language_that_is_missing_is_not_published(operator: Membership) -> None:
    terms.write_draft(by=operator, texts={"fr": "Seulement"})
    with pytest.raises(Refusal):
        terms.publish(by=operator)


def test_what_is_published_cannot_be_changed_by_anybody(operator: Membership) -> None:
    version = publish(operator, "Règles")
    rows = Terms.objects.filter(pk=version.pk)
    for change in (
        lambda: rows.update(text_fr="autre"),
        lambda: rows.update(published_at=None),
        lambda: rows.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_another_authority_has_its_own(canton: Canton, operator: Membership) -> None:
    publish(operator, "Règles")
    assert browser().get("/terms/").status_code == 200
    Tenant.objects.filter(pk=canton.tenant.pk).update(terms=None)
    assert browser().get("/terms/").status_code == 404


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_twenty_acceptances_at_once_are_one(
    canton: Canton, operator: Membership
) -> None:
    version, user = publish(operator, "Règles"), canton.commune.user
    user.tenant.refresh_from_db()
    results = at_once(20, lambda number: terms.accept(user=user, terms=version))
    assert set(results) == {None}
    assert user.terms_accepted.count() == 1


def test_the_text_is_paragraphs_headings_and_lists() -> None:
    typed = "## Un\r\nDeux\r\ntrois\n\n\n- a\n- b\n\n"
    found = [(block.kind, block.lines) for block in terms_text.blocks(typed)]
    assert found == [
        ("heading", ["Un"]),
        ("paragraph", ["Deux", "trois"]),
        ("list", ["a", "b"]),
    ]
    assert terms_text.blocks(None) == []
