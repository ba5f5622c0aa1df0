"""Steering pack: monthly, for a committee: in the order in which it decides."""

from __future__ import annotations

from datetime import date

from reports import words
from reports.document import (
    Column,
    Document,
    Heading,
    Inline,
    Item,
    Items,
    Light,
    Section,
    Table,
    Value,
    rank_of,
    status_of,
)
from reports.marts import Marts, Row
from reports.pages import model_health, responsible_ai, risks
from reports.sections import (
    decisions,
    dependencies,
    increments,
    milestones,
    money,
    objectives,
    register,
    registry,
    release,
    reserves,
    risk_matrix,
    sources,
    status,
    status_history,
)

NAME = "steering_pack"
TITLE = "Steering pack"
DESCRIPTION = "For the committee's meeting: decisions needed, changes since the last pack, money and its forecast, roadmap, objectives, risks, dependencies, models, gates, actions."

MONTH_DAYS = 28


def compose(marts: Marts) -> Document:
    """The whole pack."""
    names, people = marts.initiatives(), marts.names()
    colours, dates, log = marts.rows(status.STATUS), marts.rows(milestones.MILESTONES), marts.rows(decisions.LOG)
    light, why = status.verdict(colours, names)
    sections = (
        Section("decide", "Decisions needed", (_decisions(log, colours, names, people, decisions.scenarios(marts)),)),
        Section("changes", "Changes since the last pack", status_history.changed(marts, colours, names, days=MONTH_DAYS, said="four weeks")),
        Section("status", "Where the program stands", (status.matrix(colours, names), *status.overrides(colours, names))),
        Section("money", "Budget and forecast at completion", money.blocks(marts, names)),
        Section("roadmap", "Roadmap: baseline against forecast", milestones.blocks(marts, dates, names)),
        Section(
            "objectives",
            "Objectives and increments",
            (objectives.table(marts), Heading("Program increments"), *increments.blocks(marts)),
        ),
        _risks(marts, names, people),
        Section("dependencies", "Dependencies between teams", dependencies.blocks(marts, names)),
        _models(marts, names, people),
        _gates(marts, people),
        Section("actions", "Actions from last time", (_actions(log, people),)),
    )  # fmt: skip
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For the steering committee's monthly meeting",
        verdict="".join(part for part in why if isinstance(part, str)),
        light=light,
        sections=sections,
        numbers=_numbers(log, colours, dates, marts.today),
        is_plain=True,
    )


def _decisions(
    log: list[Row],
    colours: list[Row],
    names: dict[str, str],
    people: dict[str, str],
    cases: dict[str | None, list[Row]],
) -> Items:
    """Open decisions as the log words them, with the forecasts and the state of what they are about."""
    overall = {row["initiative_id"]: row for row in colours if row["dimension"] == "overall"}
    entries = []
    for row in decisions.waiting(log, "decision"):
        about = row["initiative_id"]
        lines: list[tuple[Inline, ...]] = [
            decisions.who(row, people),
            *decisions.choices(row, names),
            *decisions.forecast(row, cases),
        ]
        if about is not None and about in overall:
            lines.append((f"About {status.title(about, names)}, now ", Light(status_of(overall[about]["status"])), "."))
            lines += _at_stake(overall[about], colours)
        entries.append(
            Item(
                (decisions.asked(row, names), Value(f" · {row['decision_id']}", tone="quiet")),
                tuple(lines),
            )
        )
    return Items(entries, "No decision is waiting in the log.")


def _at_stake(overall: Row, colours: list[Row]) -> list[tuple[Inline, ...]]:
    """Why an initiative in trouble has its colour, and what would end it."""
    cause = status.main_cause(overall, colours) if overall["status"] in ("red", "amber") else None
    if cause is None:
        return []
    lines: list[tuple[Inline, ...]] = [(words.sentence(cause["reason"] or "No reason was recorded"),)]
    if cause["turns_green_when"]:
        wanted = cause["turns_green_when"].removeprefix("when ")
        lines.append((words.sentence(f"It turns green when {wanted}"),))
    return lines


def _risks(marts: Marts, names: dict[str, str], people: dict[str, str]) -> Section:
    rows = marts.rows(risks.RISKS)
    moved = risks.movement(marts)
    currency = register.currency_of(rows, marts)
    matrix = risk_matrix.blocks(rows, moved, currency)
    against = (Heading("Against contingency and reserves"), *reserves.blocks(marts, names, currency)) if rows else ()
    return Section("risks", "Risks", (*matrix, register.table(marts, names, people), *against))


def _models(marts: Marts, names: dict[str, str], people: dict[str, str]) -> Section:
    models = {row["model_id"]: row for row in marts.rows(registry.MODELS)}
    health = sorted(
        marts.rows(model_health.HEALTH),
        key=lambda row: (rank_of(row["status"]), registry.name(models, row["model_id"])),
    )
    return Section("models", "Model portfolio", (model_health.portfolio(marts, health, models, people, names),))


def _gates(marts: Marts, people: dict[str, str]) -> Section:
    models = {row["model_id"]: row for row in marts.rows(registry.MODELS)}
    versions = {row["model_version_id"]: row for row in marts.rows(registry.VERSIONS)}
    used = responsible_ai.used_versions(models, versions)
    judged = [row for row in marts.rows(responsible_ai.GATES) if row["model_version_id"] in used]
    grid = responsible_ai.grid(release.required(judged), used, people)
    gates = release.open_gates(
        judged, used, marts, evidence=lambda row: release.said_plainly(row, people), what_to_do=release.plain_remedy
    )
    return Section("gates", "Release gates", (grid, Heading("Open gates"), gates))


def _actions(log: list[Row], people: dict[str, str]) -> Table:
    """Actions of the log, open ones first."""
    return Table(
        "Actions from the log, open ones first",
        (Column("Action"), Column("Owner"), Column("Due"), Column("State")),
        [
            (
                Value(row["text"] or row["decision_id"]),
                people.get(row["owner_person_id"], row["owner_person_id"]) or Value("nobody", tone="bad"),
                words.day(row["due_date"]),
                Value("overdue", tone="bad") if row["is_overdue"] else row["status"] or words.UNKNOWN,
            )
            for row in log
            if row["kind"] == "action"
        ],
        empty="No action is in the log.",
        limit=15,
    )


def _numbers(log: list[Row], colours: list[Row], dates: list[Row], today: date | None) -> dict[str, float]:
    overall = [row for row in colours if row["initiative_id"] is not None and row["dimension"] == "overall"]
    return {
        "decisions_needed": float(len(decisions.waiting(log, "decision"))),
        "actions_overdue": float(sum(row["kind"] == "action" and row["is_overdue"] is True for row in log)),
        "red_initiatives": float(sum(row["status"] == "red" for row in overall)),
        "milestones_late": float(sum(row["done_date"] is None and milestones.is_late(row, today) for row in dates)),
    }
