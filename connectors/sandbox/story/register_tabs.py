"""The spreadsheet's tabs about risks, decisions and people: risk register, decisions, allocations, people."""

from __future__ import annotations

from connectors.sandbox.program import Cell, Tab
from connectors.sandbox.story.initiatives import INITIATIVES
from connectors.sandbox.story.sheet import TABS, Edition, Row

RISK_CLOSED_IN = 5  # edition in which R-06 is closed
RISK_ROSE_IN = 6  # edition in which R-03 became likelier
COLUMN_RENAMED_IN = 5  # the only edition in which "Likelihood" is called "L": a required column is missing there

# id, title, initiative, likelihood, impact, owner, response, plan, contingency, residual, due days, review days, status, trigger
_RISKS: tuple[tuple[Cell, ...], ...] = (
    ("R-01", "Franchise stores enter the scope before the core is stable", "INI-1", 0.6, 180_000, "Ingrid Solberg", "mitigate",
     "Freeze scope after the November committee", 60_000, 0.4, 20, 12, "open", "scope_growth_share_4w > 0.1"),
    ("R-02", "Store staff do not trust order proposals", "INI-1", "30%", 90_000, "Chiara Rinaldi", "mitigate",
     "Side-by-side weeks with two pilot stores per market", 20_000, 0.15, 40, 25, "open", None),
    ("R-03", "Vector database licence doubles in price", "INI-2", 0.7, 140_000, "Priya Raman", "transfer",
     "Negotiate a three-year term", 70_000, 0.5, 35, 10, "open", "cpi < 0.85"),
    ("R-04", "Ranking experiment hurts revenue in a small market", "INI-2", 0.2, 60_000, "Emeka Obi", "accept", None, None, 0.2, 60, 30, "open", None),
    ("R-05", "Second region not ready for the winter sale", "INI-3", 0.15, 70_000, "Katrin Weber", "mitigate",
     "Serve from one region with a longer cache", 10_000, 0.05, 30, 18, "open", None),
    ("R-06", "View counts lag by hours", "INI-3", 0.3, 40_000, "Mira Jovanovic", "avoid", "Daily features as fallback", 5_000, 0.05, -20, -18, "open", None),
    ("R-07", "Fraud model drifts after the new payment kinds", "INI-4", 0.8, 260_000, "Marek Kowalczyk", "mitigate",
     "Retrain monthly, hold manually in the meantime", 90_000, 0.5, 15, -45, "open", "champion_staleness_days > 60"),
    ("R-08", "Auditors reject the bias evaluation", "INI-4", "40 %", 200_000, "Rafael Souza", "mitigate",
     "External review of the evaluation", "30k", 0.2, -8, 9, "open", None),
    ("R-09", "Online feature store late for the checkout", "INI-4", 0.5, 120_000, "Katrin Weber", "mitigate",
     "Rules only for the first market", 25_000, 0.3, 18, 11, "open", "blocker_age_days > 5"),
    ("R-10", "Cloud prices rise with the new contract", "", 0.25, 110_000, "Bernd Aigner", "transfer", "Reserved capacity for a year", 40_000, 0.1, 90, 40, "open", None),
    ("R-11", "Key person leaves the fraud team", "INI-4", 0.2, 150_000, "Helena Fischer", "mitigate", "Pairing on all scoring work", 0, 0.1, 50, 28, "open", None),
    ("R-12", "Search log loses consent for personalisation", "INI-2", 0.1, 300_000, "Helena Fischer", "mitigate", "Rank without personal features", 0, 0.05, 120, 33, "closed", None),
)  # fmt: skip

_DECISIONS: tuple[tuple[Cell, ...], ...] = (
    (
        "D-01",
        "decision",
        "Freeze the scope of INI-1, move its target, or both",
        "Helena Fischer",
        6,
        "open",
        "INI-1",
    ),
    (
        "D-02",
        "decision",
        "Accept the vector database price or build on the existing index",
        "Priya Raman",
        11,
        "open",
        "INI-2",
    ),
    (
        "D-03",
        "action",
        "Ask the platform team for a date for the online feature store",
        "Marek Kowalczyk",
        -5,
        "open",
        "INI-4",
    ),
    ("D-04", "issue", "Privacy review of the fraud score is not passed", "Rafael Souza", 13, "open", "INI-4"),
    (
        "D-05",
        "assumption",
        "Store staff can be trained within two weeks per market",
        "Ingrid Solberg",
        30,
        "open",
        "INI-1",
    ),
    ("D-06", "action", "Send the recommender's model card to the works council", "Yuki Tanaka", -30, "done", "INI-3"),
    (
        "D-07",
        "assumption",
        "The winter sale brings twice the traffic of last year",
        "Katrin Weber",
        20,
        "open",
        "INI-3",
    ),
    ("D-08", "decision", "Use one experiment tool for ranking and recommendations", "Helena Fischer", -60, "done", ""),
    ("D-09", "issue", "Gift card orders are held too often", "Nadia Haddad", 9, "open", "INI-4"),
)

_OPTIONS = {
    "D-01": (
        "Freeze the scope and keep the target; Freeze the scope and move the target by five months; Add two engineers from INI-3",
        "Freeze the scope and move the target by five months",
    ),
    "D-02": ("Accept the price for two years; Build on the existing index", "Build on the existing index"),
}
"""What can be decided, by decision: the options and the recommended one, which the forecast supports. D-08 is older than the column."""

# person, initiative, share, skill; repeated for five months
_ALLOCATIONS: tuple[tuple[str, str, Cell, str], ...] = (
    ("Ingrid Solberg", "INI-1", 0.8, "forecasting"), ("Tomasz Wrona", "INI-1", 1, "forecasting"), ("Aylin Demir", "INI-1", 0.9, "statistics"),
    ("Jonas Brandt", "INI-1", 0.7, "data engineering"), ("Jonas Brandt", "INI-4", 0.6, "data engineering"),
    ("Chiara Rinaldi", "INI-1", 0.9, "forecasting"), ("Pavel Novotny", "INI-1", 0.6, "MLOps"), ("Pavel Novotny", "INI-3", 0.3, "MLOps"),
    ("Priya Raman", "INI-2", 0.8, "ranking"), ("Lukas Hartmann", "INI-2", 1, "ranking"), ("Sofia Marques", "INI-2", "90%", "natural language processing"),
    ("Emeka Obi", "INI-2", 0.9, "ranking"), ("Hanna Lehtonen", "INI-2", 0.8, "data engineering"),
    ("Marek Kowalczyk", "INI-4", 0.9, "fraud"), ("Nadia Haddad", "INI-4", 0.9, "fraud"), ("Stefan Vogel", "INI-4", 0.8, "streaming"),
    ("Olga Petrova", "INI-4", 0.7, "data engineering"), ("Rafael Souza", "INI-4", "80 %", "fairness"), ("Rafael Souza", "INI-4", 0.2, "privacy engineering"),
    ("Katrin Weber", "INI-3", 0.4, "MLOps"), ("Daniel Osei", "INI-3", 0.7, "MLOps"), ("Yuki Tanaka", "INI-3", 0.9, "recommendations"),
    ("Mira Jovanovic", "INI-3", 0.8, "data engineering"), ("Oliver Grant", "INI-3", 0.5, "Terraform"),
)  # fmt: skip


def risks(edition: Edition) -> Tab:
    """Columns in finance's own order, "Likelihood" for probability, a blank row in the middle."""
    likelihood = "L" if edition.number == COLUMN_RENAMED_IN else "Likelihood"
    rows: list[Row] = [
        [
            "Risk ID", "Status", "Title", "Initiative", likelihood, "Impact", "Owner", "Response", "Contingency plan",
            "Contingency amount", "Residual probability", "Due", "Review", "Trigger",
        ]
    ]  # fmt: skip
    for risk in _RISKS:
        (
            risk_id,
            title,
            initiative,
            chance,
            impact,
            owner,
            response,
            plan,
            amount,
            residual,
            due,
            review,
            status,
            trigger,
        ) = risk
        if risk_id == "R-06" and edition.number >= RISK_CLOSED_IN:
            status = "closed"
        if risk_id == "R-03" and edition.number < RISK_ROSE_IN:
            chance = 0.5
        dates = [edition.day(float(str(due))), edition.day(float(str(review)))]
        rows.append(
            [
                risk_id,
                status,
                title,
                initiative,
                chance,
                impact,
                owner,
                response,
                plan,
                amount,
                residual,
                *dates,
                trigger,
            ]
        )
        if risk_id == "R-07":
            rows.append([])
    return Tab(TABS["risks"], 105, rows)


def decisions(edition: Edition) -> Tab:
    """Assumptions, issues, decisions and actions with owners and dates."""
    rows: list[Row] = [["ID", "Kind", "Text", "Owner", "Due", "Status", "Initiative", "Alternatives", "Recommendation"]]
    for number, kind, text, owner, due, status, initiative in _DECISIONS:
        options, recommendation = _OPTIONS.get(str(number), ("", ""))
        rows.append(
            [number, kind, text, owner, edition.day(float(str(due))), status, initiative, options, recommendation]
        )
    return Tab(TABS["decisions"], 108, rows)


def allocations(edition: Edition) -> Tab:
    """Who works on what, two months back and two ahead. Jonas Brandt is promised to two initiatives, 130 % in all; nobody has privacy engineering."""
    rows: list[Row] = [["Person", "Initiative", "Month", "Share", "Capacity", "Skill"]]
    known = {plan.id for plan in INITIATIVES}
    for offset in range(-2, 3):
        month = edition.calendar.month(offset)
        for person, initiative, share, skill in _ALLOCATIONS:
            capacity = 0.8 if person in {"Olga Petrova", "Hanna Lehtonen"} else 1
            if initiative in known:
                rows.append([person, initiative, month, share, capacity, skill])
    return Tab(TABS["allocations"], 106, rows)


def people(edition: Edition) -> Tab:
    """Who is who; the contractor is missing, a former colleague's row is hidden, some accounts are left to be found."""
    rows: list[Row] = [["Name", "E-mail", "Jira", "GitHub", "MLflow", "Team", "Skills"]]
    staff = edition.staff
    for index, person in enumerate([one for team in staff.teams.values() for one in team] + staff.office):
        jira = person.jira_account_id if index % 3 else None
        mlflow = person.mlflow_user if index % 4 else None
        rows.append(
            [person.name, person.email, jira, person.github_login, mlflow, person.team, staff.skills[person.name]]
        )
    rows.insert(
        9, ["Georg Winter", "georg.winter@lindholm-home.example", None, None, None, "Forecasting", "left last year"]
    )
    return Tab(TABS["people"], 113, rows, hidden_rows=[9])
