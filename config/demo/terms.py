"""Version 1 of the terms of use of each authority, accepted by everybody there is."""

from accounts.actions import terms
from accounts.models import Membership, Tenant, User

TEXTS = {
    "fr": """## À qui s’adresse cet outil
L’autorité responsable ({name}) met cet outil à disposition des personnes qui y ont été \
invitées et de celles qui y ont ouvert un compte. Le compte est personnel : il ne se partage pas.

## Ce que vous faites pour la sécurité
- Vous gardez votre mot de passe et vos codes pour vous.
- Vous fermez votre session quand vous quittez votre poste.
- Vous annoncez sans attendre la perte d’un téléphone ou d’un code de secours.

## Les données des personnes
Vous ne consultez et ne saisissez que les données nécessaires à votre tâche. Elles sont \
soumises au secret de fonction et à la loi cantonale sur la protection des données. Les \
consultations, les impressions et les exports sont inscrits dans un journal.

## Disponibilité
L’outil est exploité avec soin, sans garantie qu’il fonctionne en tout temps. Les travaux \
prévisibles sont annoncés à l’avance.

## Changements
Quand ces conditions changent, la nouvelle version vous est présentée avant que vous ne \
poursuiviez. Les versions précédentes restent conservées.""",
    "de": """## Für wen dieses Werkzeug ist
Die verantwortliche Behörde ({name}) stellt dieses Werkzeug den Personen zur Verfügung, die \
dazu eingeladen wurden oder ein Konto eröffnet haben. Das Konto ist persönlich und wird nicht geteilt.

## Was Sie für die Sicherheit tun
- Sie behalten Ihr Passwort und Ihre Codes für sich.
- Sie melden sich ab, wenn Sie den Arbeitsplatz verlassen.
- Sie melden den Verlust eines Telefons oder eines Wiederherstellungscodes ohne Verzug.

## Die Daten der Personen
Sie lesen und erfassen nur die Daten, die Sie für Ihre Aufgabe brauchen. Sie unterstehen dem \
Amtsgeheimnis und dem kantonalen Datenschutzgesetz. Einsichten, Ausdrucke und Exporte werden \
protokolliert.

## Verfügbarkeit
Das Werkzeug wird sorgfältig betrieben, ohne Gewähr, dass es jederzeit läuft. Vorhersehbare \
Arbeiten werden im Voraus angekündigt.

## Änderungen
Ändern sich diese Bedingungen, so wird Ihnen die neue Fassung vorgelegt, bevor Sie \
weiterarbeiten. Frühere Fassungen bleiben aufbewahrt.""",
}


def build(tenant: Tenant) -> None:
    """An operator writes and publishes; everybody accepts."""
    operator = Membership.objects.of(tenant).filter(role="accounts.operator").first()
    if operator is None:
        return
    names = {"fr": tenant.name_fr, "de": tenant.name_de}  # type: ignore[attr-defined]
    texts = {code: text.format(name=names[code]) for code, text in TEXTS.items()}
    terms.write_draft(by=operator, texts=texts)
    version = terms.publish(by=operator)
    for user in User.objects.of(tenant).select_related("tenant"):
        terms.accept(user=user, terms=version)
