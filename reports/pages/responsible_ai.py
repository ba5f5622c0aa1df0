"""Responsible AI: for compliance: which gates each model version in use or on trial has passed, with evidence, waivers and reviews due."""

from __future__ import annotations

from datetime import date

from reports import figures, words
from reports.document import (
    Cell,
    Column,
    Document,
    Fold,
    Light,
    Matrix,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
)
from reports.marts import Marts, Row
from reports.sections import dimension, registry, release, sources

NAME = "responsible_ai"
TITLE = "Responsible AI"
DESCRIPTION = "Release gates of the model versions in use or on trial with evidence and framework reference, waivers and their end, reviews due, and the model inventory."

GATES = """
    select model_version_id, gate, title, framework_reference, eu_ai_act, nist_ai_rmf, sr_11_7, is_required, evidence, status,
        waiver_reason, waiver_until_date, remedy, plain_remedy
    from marts.release_gates
    order by model_version_id, gate
"""
READINESS = """
    select model_version_id, role, risk_tier, status, is_ready, required_count, passed_count, waived_count, failed_gates,
        unknown_gates, waived_gates, next_waiver_end_date, overdue_obligation_gates, next_obligation_date
    from marts.release_readiness
    order by model_version_id
"""
SLICES = """
    select model_version_id, gate, metric, slice, value, minimum, maximum, bounds_source, status, finding
    from marts.release_gate_metrics
    order by model_version_id, status, metric
"""
INVENTORY = """
    select model_id, version, purpose, owner_person_id, risk_tier, training_data, validation_status, last_review_date,
        next_review_date
    from marts.model_inventory
    order by model_id
"""
DUE_DAYS = 30
MOST_DATA = 2


def compose(marts: Marts) -> Document:
    """The whole report."""
    people = marts.names()
    models = {row["model_id"]: row for row in marts.rows(registry.MODELS)}
    versions = {row["model_version_id"]: row for row in marts.rows(registry.VERSIONS)}
    gates = marts.rows(GATES)
    used = used_versions(models, versions)
    judged = [row for row in gates if row["model_version_id"] in used]
    inventory = marts.rows(INVENTORY)
    open_gates = release.open_gates(
        judged, used, marts, evidence=lambda row: release.said_plainly(row, people), what_to_do=release.plain_remedy
    )
    sections = (
        Section(
            "ready",
            "May they be released?",
            (
                release.readiness(
                    marts.rows(READINESS), used, release.titles_of(gates), release.ended_waivers(judged, marts)
                ),
                grid(release.required(judged), used, people),
            ),
        ),
        Section("open", "What is open, and what would close it", (open_gates,)),
        Section("slices", "Fairness, slice by slice", release.slices(marts.rows(SLICES), used)),
        Section("waivers", "Waivers", (_waivers(gates, versions, models, marts),)),
        Section("reviews", "Reviews due", (_reviews(inventory, models, people, marts),)),
        Section("inventory", "The model inventory", (_inventory(inventory, models, people, marts),)),
        Section("evidence", "All evidence", (_evidence(gates, versions, models, people, marts),)),
    )
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For compliance and risk",
        verdict=_sentence(judged, used, versions),
        light=dimension.light(dimension.colours(marts, "compliance")),
        sections=(Section("short", "In short", (_tiles(judged, inventory, marts),)), *sections) if judged else sections,
        numbers=_numbers(judged, used, inventory, marts),
    )


def used_versions(models: dict[str, Row], versions: dict[str, Row]) -> dict[str, str]:
    """The versions that are champion or challenger, else a model's latest, each by what to call it."""
    found: dict[str, str] = {}
    for version_id, version in versions.items():
        model = models.get(version["model_id"])
        if model is None:
            continue
        roles = [
            role for role in ("champion", "challenger") if str(model[f"{role}_version"]) == str(version["version"])
        ]
        if not roles and model["champion_version"] is None and str(model["latest_version"]) == str(version["version"]):
            roles = ["latest"]
        if roles:
            found[version_id] = f"{model['name'] or model['model_id']} v{version['version']} ({roles[0]})"
    return dict(sorted(found.items(), key=lambda pair: figures.plain(pair[1])))


def _sentence(judged: list[Row], used: dict[str, str], versions: dict[str, Row]) -> str:
    if not judged:
        return release.NO_GATES
    parts = []
    for state, one_does, they_do in (
        ("failed", "fails a required gate", "fail a required gate"),
        ("unknown", "lacks evidence", "lack evidence"),
    ):
        found = [one for one in used if _worst(judged, one) == state]
        if found:
            number = figures.count(versions[one] for one in found)
            parts.append(
                f"{number} {one_does if number == 1 else they_do}: {words.joined([used[one] for one in found])}"
            )
    count = words.count(figures.count(versions[one] for one in used), "model version") + " in use or on trial"
    return f"Of {count}, {'; '.join(parts)}." if parts else f"All {count} passed every required gate, or hold a waiver."


def _worst(rows: list[Row], version_id: str) -> str:
    """The worst state of a version's required gates; unknown where it has none."""
    states = {release.state(row) for row in release.required(rows) if row["model_version_id"] == version_id}
    return next((state for state in release.WORST if state in states), "unknown")


def _tiles(judged: list[Row], inventory: list[Row], marts: Marts) -> Tiles:
    required = release.required(judged)
    counts = {state: figures.count(row for row in required if release.state(row) == state) for state in release.WORST}
    return Tiles(
        (
            Tile("Passed", Value(words.count(counts["passed"])), f"of {figures.count(required)} required gates"),
            Tile("Failed", Value(words.count(counts["failed"]))),
            Tile("Without evidence", Value(words.count(counts["unknown"]))),
            Tile("Waived", Value(words.count(counts["waived"])), "for a time, with a reason"),
            Tile(
                "Reviews due",
                Value(words.count(figures.count(_due(inventory, marts)))),
                f"overdue or within {figures.fixed(DUE_DAYS)} days",
            ),
        )
    )


def grid(judged: list[Row], used: dict[str, str], people: dict[str, str]) -> Matrix:
    """Versions by required gate."""
    titles = release.titles_of(judged)
    gates = sorted({row["gate"] or "" for row in judged}, key=lambda gate: titles.get(gate, gate))
    cells = {(row["model_version_id"], row["gate"] or ""): row for row in judged}
    rows = []
    for version_id, title in used.items():
        of_it = [cells.get((version_id, gate)) for gate in gates]
        if any(of_it):
            overall = Light(
                release.LIGHTS.get(_worst(judged, version_id), "white"), is_narrow=True, full="The worst required gate"
            )
            rows.append((title, (overall, *(_light(row, people) for row in of_it))))
    return Matrix(
        "Required gates of each version in use or on trial: G passed, A waived, R failed, ? no evidence",
        "Model version",
        ("All", *(titles.get(gate, gate) for gate in gates)),
        rows,
        empty=release.NO_GATES,
    )


def _light(row: Row | None, people: dict[str, str]) -> Light | None:
    if row is None:
        return None
    return Light(
        release.LIGHTS.get(release.state(row), "white"),
        is_narrow=True,
        full=release.said_plainly(row, people).text or words.told(row["waiver_reason"] or "No evidence was found"),
    )


def _waivers(gates: list[Row], versions: dict[str, Row], models: dict[str, Row], marts: Marts) -> Table:
    """Each waiver once, the soonest to end first; a waiver holds for all versions of its model."""
    found: dict[tuple[str, str], Row] = {}
    for row in gates:
        version = versions.get(row["model_version_id"])
        if row["waiver_reason"] and version:
            found[version["model_id"], row["gate"] or ""] = row
    rows = sorted(found.items(), key=lambda pair: (pair[1]["waiver_until_date"] or date.max, *pair[0]))
    return Table(
        "Waivers, the soonest to end first",
        (Column("Gate"), Column("Reason"), Column("Until"), Column("State")),
        [
            (
                (Value(release.title_of(row)), Value(registry.name(models, model_id), tone="under")),
                words.sentence(row["waiver_reason"]),
                words.day(row["waiver_until_date"]),
                _left(row, marts),
            )
            for (model_id, _), row in rows
        ],
        empty="No waiver is in the sheet.",
    )


def _left(row: Row, marts: Marts) -> Cell:
    until = row["waiver_until_date"]
    if until is None or marts.today is None:
        return Value("no end date", tone="bad")
    days = figures.days_between(marts.today, until)
    if days < 0:
        return Value("expired", tone="bad")
    said = f"{words.count(days, 'day')} left"
    return Value(said, tone="bad") if days <= DUE_DAYS else said


def _due(inventory: list[Row], marts: Marts) -> list[Row]:
    """Models whose next review is past or near."""
    if marts.today is None:
        return []
    rows = [row for row in inventory if row["next_review_date"] is not None]
    return sorted(
        (row for row in rows if (row["next_review_date"] - marts.today).days <= DUE_DAYS),
        key=lambda row: row["next_review_date"],
    )


def _reviews(inventory: list[Row], models: dict[str, Row], people: dict[str, str], marts: Marts) -> Table:
    undated = figures.count(row for row in inventory if row["next_review_date"] is None)
    empty = f"No review is overdue or due within {figures.fixed(DUE_DAYS)} days"
    empty += f"; {words.count(undated, 'model has', 'models have')} no date for one." if undated else "."
    return Table(
        "Reviews that are overdue or due soon",
        (Column("Model"), Column("Next review"), Column("Last review"), Column("Owner")),
        [
            (
                registry.name(models, row["model_id"]),
                _when(row, marts),
                words.day(row["last_review_date"]),
                people.get(row["owner_person_id"], row["owner_person_id"]) or Value("nobody", tone="bad"),
            )
            for row in _due(inventory, marts)
        ],
        empty=empty if inventory else "No model is registered, or the inventory was not built.",
    )


def _when(row: Row, marts: Marts) -> Value:
    said = words.day(row["next_review_date"])
    is_over = row["next_review_date"] is not None and marts.today is not None and row["next_review_date"] < marts.today
    return Value(f"{said.text}, overdue", said.full, tone="bad") if is_over else said


def _inventory(inventory: list[Row], models: dict[str, Row], people: dict[str, str], marts: Marts) -> Table:
    return Table(
        "Every registered model, as auditors ask for it",
        (
            Column("Model"),
            Column("Version", is_page_only=True, beneath=""),
            Column("Purpose"),
            Column("Owner"),
            Column("Risk tier"),
            Column("Training data", is_page_only=True, is_wide=True),
            Column("Validation"),
            Column("Last review", is_page_only=True, beneath="last review "),
            Column("Next review"),
        ),
        [
            (
                Value(registry.name(models, row["model_id"]), href=marts.model(row["model_id"], registry.name(models, row["model_id"]))),
                f"v{row['version']}" if row["version"] else words.UNKNOWN,
                row["purpose"] or Value("not described", tone="bad"),
                people.get(row["owner_person_id"], row["owner_person_id"]) or Value("nobody", tone="bad"),
                row["risk_tier"] or words.UNKNOWN,
                _data(row["training_data"]),
                row["validation_status"] or words.UNKNOWN,
                words.day(row["last_review_date"]),
                _when(row, marts),
            )
            for row in inventory
        ],
        empty="No model is registered, or the inventory was not built.",
        limit=60,
    )  # fmt: skip


def _data(data: object) -> Cell:
    """Data sets with their digests, a line each, however many."""
    listed = [str(one) for one in data] if isinstance(data, list) else [str(data)] if data else []
    if not listed:
        return words.UNKNOWN
    left = listed[MOST_DATA:]
    rest = (Value(f"and {figures.more(len(left))} more", ", ".join(left), tone="under"),) if left else ()
    return (*(Value(one, tone="under") for one in listed[:MOST_DATA]), *rest)


def _evidence(
    gates: list[Row], versions: dict[str, Row], models: dict[str, Row], people: dict[str, str], marts: Marts
) -> Fold:
    shown: list[tuple[Cell, ...]] = []
    for row in gates:
        version = versions.get(row["model_version_id"])
        name = registry.name(models, version["model_id"]) if version else row["model_version_id"]
        number = version["version"] if version else ""
        shown.append(
            (
                Value(f"{name} v{number}" if number else name, href=marts.model(version["model_id"], name, number) if version else ""),
                release.title_of(row),
                release.state(row) if row["is_required"] else f"{release.state(row)}, not required",
                release.said(row, people) or Value("none", tone="quiet"),
                row["eu_ai_act"] or "",
                row["nist_ai_rmf"] or "",
                row["sr_11_7"] or "",
            )
        )  # fmt: skip
    table = Table(
        "Every gate of every version with its evidence",
        (
            Column("Version"),
            Column("Gate"),
            Column("State"),
            Column("Evidence"),
            Column("EU AI Act"),
            Column("NIST AI RMF"),
            Column("SR 11-7"),
        ),
        shown,
        empty="No gate is known.",
        limit=40,
    )
    return Fold(
        f"{words.count(figures.count(gates), 'gate')} of all versions with their evidence",
        (table,),
        is_in_markdown=False,
    )


def _numbers(judged: list[Row], used: dict[str, str], inventory: list[Row], marts: Marts) -> dict[str, float]:
    required = release.required(judged)
    return {
        "versions_in_use": float(len(used)),
        **{f"{state}_gates": float(sum(release.state(row) == state for row in required)) for state in release.WORST},
        "models_in_inventory": float(len(inventory)),
        "reviews_due": float(len(_due(inventory, marts))),
    }
