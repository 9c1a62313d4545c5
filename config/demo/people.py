"""Who there is to sign in as."""

from dataclasses import dataclass, field

PASSWORD = "cheval correct pile agrafe"  # noqa: S105 (the demonstration runs on loopback only)


@dataclass(frozen=True)
class Person:
    """An invented person; the seed of the second factor comes from the user name."""

    username: str
    first_name: str
    last_name: str
    organisation: str
    role: str
    administrator: bool = False
    language: str = "fr"
    languages: list[str] = field(default_factory=list)

    @property
    def seed(self) -> bytes:
        """Twenty bytes, the same at each building of the demonstration."""
        import hashlib  # noqa: PLC0415

        return hashlib.sha1(f"perron demo {self.username}".encode()).digest()  # noqa: S324


COMMUNES = {
    "Saint-Imier": ("2610", "Multimondo"),
    "Moutier": ("2740", "Multimondo"),
    "Tramelan": ("2720", "Multimondo"),
    "Biel/Bienne": ("2502", "Multimondo"),
    "Interlaken": ("3800", "KIO Thun"),
    "Spiez": ("3700", "KIO Thun"),
    "Thun": ("3600", "KIO Thun"),
    "Frutigen": ("3714", "KIO Thun"),
}
BERNE = [
    Person("SaintImier", "Claire", "Voumard", "Saint-Imier", "booking.commune", True),
    Person("Moutier", "Luc", "Charpilloz", "Moutier", "booking.commune", True),
    Person("Tramelan", "Sophie", "Vuilleumier", "Tramelan", "booking.commune"),
    Person(
        "BielBienne", "Anna", "Kocher", "Biel/Bienne", "booking.commune", True, "de"
    ),
    Person(
        "Interlaken", "Ursula", "Zurbuchen", "Interlaken", "booking.commune", True, "de"
    ),
    Person("Spiez", "Beat", "Mani", "Spiez", "booking.commune", False, "de"),
    Person("Thun", "Regula", "Gerber", "Thun", "booking.commune", True, "de"),
    Person(
        "Frutigen", "Markus", "Trachsel", "Frutigen", "booking.commune", False, "de"
    ),
    Person(
        "rene.dubois",
        "René",
        "Dubois",
        "Multimondo",
        "booking.counsellor",
        languages=["en", "fr", "pt"],
    ),
    Person(
        "julia.weingart",
        "Julia",
        "Weingart",
        "Multimondo",
        "booking.counsellor",
        languages=["fr", "de", "it"],
    ),
    Person(
        "nadia.rossier",
        "Nadia",
        "Rossier",
        "Multimondo",
        "booking.counsellor",
        languages=["fr", "ar", "es"],
    ),
    Person(
        "zeynep.bektas",
        "Zeynep",
        "Bektas",
        "KIO Thun",
        "booking.counsellor",
        language="de",
        languages=["de", "tr", "en"],
    ),
    Person(
        "reto.aeschlimann",
        "Reto",
        "Aeschlimann",
        "KIO Thun",
        "booking.counsellor",
        language="de",
        languages=["de", "fr", "uk"],
    ),
    Person(
        "multimondo", "Martine", "Jeanneret", "Multimondo", "booking.office_admin", True
    ),
    Person(
        "kio.thun", "Peter", "Lüthi", "KIO Thun", "booking.office_admin", True, "de"
    ),
    Person(
        "canton",
        "Isabelle",
        "Favre",
        "OIAS, Division État-major",
        "accounts.operator",
        True,
    ),
]
PLACES = {
    "Biel/Bienne": (
        "Multimondo",
        "Rue des Tilleuls 14",
        "2502",
        "2e étage, salle 204",
        "2. Stock, Raum 204",
        "Gare de Biel/Bienne",
        "4",
        6,
        "Tilleuls",
        3,
    ),
    "Moutier": (
        "Multimondo",
        "Rue Centrale 28",
        "2740",
        "Rez-de-chaussée",
        "Erdgeschoss",
        "Gare de Moutier",
        "1",
        4,
        "Hôtel de Ville",
        2,
    ),
    "Thun": (
        "KIO Thun",
        "Frutigenstrasse 8",
        "3600",
        "1er étage",
        "1. Stock",
        "Gare de Thun",
        "5",
        5,
        "Maulbeerplatz",
        3,
    ),
    "Interlaken": (
        "KIO Thun",
        "Jungfraustrasse 40",
        "3800",
        "Rez-de-chaussée",
        "Erdgeschoss",
        "Gare d’Interlaken Ouest",
        "21",
        3,
        "Postplatz",
        2,
    ),
}
LANGUAGES = [
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
    "zh",
]
OTHERS = {
    "mairie": [
        Person("admin.mairie", "Hélène", "Girard", "Mairie", "accounts.operator", True),
        Person(
            "sandrine.jeanrenaud",
            "Sandrine",
            "Jeanrenaud",
            "État civil",
            "counters.lead",
            True,
        ),
        Person("marc.tieche", "Marc", "Tièche", "Étrangers", "counters.agent"),
        Person(
            "ursula.affolter",
            "Ursula",
            "Affolter",
            "Population",
            "counters.manager",
            language="de",
        ),
        Person("aline.chopard", "Aline", "Chopard", "Portail", "counters.citizen"),
        Person(
            "petra.zaugg",
            "Petra",
            "Zaugg",
            "Portail",
            "counters.citizen",
            language="de",
        ),
    ],
    "interpretes": [
        Person(
            "admin.interpretes",
            "Omar",
            "Haddad",
            "Service d’interprétariat",
            "accounts.operator",
            True,
        )
    ],
}
