"""Who works on the program: four teams, the program office, a contractor, a stranger and two bots."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.sandbox.program import Person

COMPANY = "Lindholm Home"
DOMAIN = "lindholm-home.example"
ORGANIZATION = "lindholm-home"

# team, name, GitHub login, MLflow user, skills; the first of a team leads it
_TEAMS: dict[str, list[tuple[str, str, str, str]]] = {
    "Forecasting": [
        ("Ingrid Solberg", "isolberg", "ingrid.solberg", "forecasting; Python; team lead"),
        ("Tomasz Wrona", "twrona", "tomasz.wrona", "forecasting; Python; Spark"),
        ("Aylin Demir", "aylin-demir", "aylin.demir", "forecasting; statistics"),
        ("Jonas Brandt", "jbrandt", "jonas.brandt", "data engineering; dbt; SQL"),
        ("Chiara Rinaldi", "crinaldi", "chiara.rinaldi", "forecasting; Python"),
        ("Pavel Novotny", "pnovotny", "pavel.novotny", "MLOps; Kubernetes"),
    ],
    "Search": [
        ("Priya Raman", "priyaraman", "priya.raman", "ranking; Python; team lead"),
        ("Lukas Hartmann", "lhartmann", "lukas.hartmann", "ranking; Java; Elasticsearch"),
        ("Sofia Marques", "sofiamarques", "sofia.marques", "natural language processing; Python"),
        ("Emeka Obi", "emeka-obi", "emeka.obi", "ranking; PyTorch"),
        ("Hanna Lehtonen", "hlehtonen", "hanna.lehtonen", "data engineering; Spark"),
    ],
    "Fraud": [
        ("Marek Kowalczyk", "mkowalczyk", "marek.kowalczyk", "fraud; Python; team lead"),
        ("Nadia Haddad", "nhaddad", "nadia.haddad", "fraud; statistics"),
        ("Stefan Vogel", "svogel", "stefan.vogel", "Java; streaming"),
        ("Olga Petrova", "opetrova", "olga.petrova", "data engineering; SQL"),
        ("Rafael Souza", "rafasouza", "rafael.souza", "fraud; Python; fairness"),
    ],
    "Platform": [
        ("Katrin Weber", "kweber", "katrin.weber", "MLOps; Kubernetes; team lead"),
        ("Daniel Osei", "dosei", "daniel.osei", "MLOps; Python"),
        ("Yuki Tanaka", "yukitanaka", "yuki.tanaka", "recommendations; PyTorch"),
        ("Mira Jovanovic", "mjovanovic", "mira.jovanovic", "data engineering; Spark"),
        ("Oliver Grant", "ogrant", "oliver.grant", "MLOps; Terraform"),
    ],
}
_OFFICE = [
    ("Helena Fischer", None, None, "program management"),
    ("Bernd Aigner", None, None, "finance"),
]


def email_of(name: str) -> str:
    """A person's company address."""
    return ".".join(name.lower().split()) + "@" + DOMAIN


def _account(number: int) -> str:
    """A Jira Cloud account id as they look."""
    return f"712020:{number * 7919 % 65536:04x}b1c2-4d3e-4f5a-8b6c-{number * 104729 % 16**12:012x}"


@dataclass(frozen=True)
class Staff:
    """Everybody in the story, and how to find them."""

    teams: dict[str, list[Person]]
    office: list[Person]
    contractor: Person
    stranger: Person  # commits to the repositories under a login that nobody claims
    dependabot: Person
    release_bot: Person
    skills: dict[str, str] = field(default_factory=dict)  # by name

    def everybody(self) -> list[Person]:
        """All persons and bots."""
        staff = [person for team in self.teams.values() for person in team] + self.office
        return [*staff, self.contractor, self.stranger, self.dependabot, self.release_bot]

    def named(self, name: str) -> Person:
        """The person of that name."""
        return next(person for person in self.everybody() if person.name == name)

    def lead(self, team: str) -> Person:
        """The first of a team."""
        return self.teams[team][0]

    @property
    def manager(self) -> Person:
        """The program manager."""
        return self.office[0]


def hire() -> Staff:
    """The staff, always the same."""
    numbers = iter(range(101, 400))
    skills: dict[str, str] = {}

    def person(row: tuple[str, str | None, str | None, str], team: str) -> Person:
        name, login, user, known = row
        skills[name] = known
        return Person(name, email_of(name), _account(next(numbers)), login, user, team)

    teams = {team: [person(row, team) for row in rows] for team, rows in _TEAMS.items()}
    office = [person(row, "Program office") for row in _OFFICE]
    return Staff(
        teams,
        office,
        contractor=Person(
            "Viktor Lang", "v.lang@langdata.example", _account(next(numbers)), "vlang-data", "vlang", None
        ),
        stranger=Person("kd-7791", None, None, "kd-7791", None, None),
        dependabot=Person("dependabot[bot]", None, None, "dependabot[bot]", None, None, is_bot=True),
        release_bot=Person(
            "Release Bot", None, _account(next(numbers)), "release-bot", "release-bot", None, is_bot=True
        ),
        skills=skills,
    )
