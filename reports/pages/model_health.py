"""Model health: for ML leads: which models are healthy, which are not, why, and what to do about it."""

from __future__ import annotations

from reports import figures, words
from reports.document import (
    WORST_FIRST,
    Bar,
    Block,
    Cell,
    Column,
    Document,
    Inline,
    Item,
    Items,
    Light,
    Matrix,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
    note,
    rank_of,
    status_of,
)
from reports.marts import Marts, Row
from reports.sections import experiments, generative, lineage, registry, sources

NAME = "model_health"
TITLE = "Model health"
DESCRIPTION = "Which models are healthy and which are not, why, who owns them, and what to do."

HEALTH = """
    select
        model_id, status, reasons, turns_green_when, staleness_days, staleness_limit_days, regression_count, drift_share,
        run_failure_share_30d, reproducible_share, has_owner, has_linked_issue, open_gate_count, last_trained_at,
        last_promoted_at
    from marts.model_health
"""
CHECKS = """
    select model_id, rule, status, reason
    from marts.model_checks
    order by rule_rank, model_id
"""
REMEDIES = """
    select model_id, remedies
    from marts.release_readiness
    where role = 'champion'
"""


def compose(marts: Marts) -> Document:
    """The whole report."""
    people, initiatives = marts.names(), marts.initiatives()
    models = {row["model_id"]: row for row in marts.rows(registry.MODELS)}
    health = sorted(
        marts.rows(HEALTH), key=lambda row: (rank_of(row["status"]), registry.name(models, row["model_id"]))
    )
    versions = marts.rows(registry.VERSIONS)
    names = {model_id: registry.name(models, model_id) for model_id in models}
    used = registry.used(models, versions)
    ages = sources.ages(marts)
    return Document(
        name=NAME,
        title=TITLE,
        audience="For machine-learning leads",
        as_of=words.moment(marts.as_of, marts.timezone) if marts.as_of else Value("an unknown time"),
        sources=ages,
        verdict=(_sentence(health, models), sources.stale_sentence(ages)),
        light=Light(status_of(health[0]["status"])) if health else None,
        sections=(
            Section("do", "What to do", (_todo(marts, health, models, people),)),
            Section(
                "models",
                "All models",
                (
                    _tiles(health),
                    portfolio(marts, health, models, people, initiatives),
                    _rules(marts, health, models),
                ),
            ),
            Section("staleness", "How old the champions are", (_staleness(health, models, marts), *_key(health))),
            Section("trends", "Progress towards each model's target", experiments.trends(marts, names)),
            Section(
                "metrics",
                "Champion against challenger",
                (*registry.metrics(marts, models, versions), lineage.data_sets(marts, names)),
            ),
            Section("runs", "Experiments", (experiments.table(marts), *experiments.to_production(marts, names))),
            Section("answers", "Generative applications", generative.blocks(marts)),
            Section("lineage", "Where versions come from", (lineage.broken(marts, names, used),)),
            Section(
                "versions",
                "Versions and the registry",
                (registry.newest(marts, models, versions), lineage.history(marts, names, people)),
            ),
            sources.trust(marts, NAME),
        ),
        numbers=_numbers(health, versions),
    )


def _sentence(health: list[Row], models: dict[str, Row]) -> str:
    if not health:
        return "No registered model is known yet: no MLflow server has been read, or it has no model registry entries."
    parts = []
    for status in ("red", "amber", "white"):
        rows = [row for row in health if status_of(row["status"]) == status]
        found = [registry.name(models, row["model_id"]) for row in rows]
        word = "unknown" if status == "white" else status
        if found:
            parts.append(f"{figures.count(rows)} {'is' if len(found) == 1 else 'are'} {word} ({words.joined(found)})")
    count = words.count(figures.count(health), "registered model")
    return f"Of {count}, {words.joined(parts)}." if parts else f"All {count} are healthy."


def _todo(marts: Marts, health: list[Row], models: dict[str, Row], people: dict[str, str]) -> Items:
    """One entry for each model that is not green: what is wrong or unknown, and what turns it green."""
    remedies = {row["model_id"]: row["remedies"] or [] for row in marts.rows(REMEDIES)}
    entries = []
    for row in health:
        if row["status"] == "green":
            continue
        owner = (models.get(row["model_id"]) or {}).get("owner_person_id")
        reasons, greens = row["reasons"] or [], row["turns_green_when"] or []
        lines: list[tuple[Inline, ...]] = []
        for place, reason in enumerate(reasons):
            said: tuple[Inline, ...] = (words.sentence(reason),)
            if place < len(greens):
                said += (Value(f" {words.sentence(f'green when {greens[place]}')}", tone="quiet"),)
            lines.append(said)
        lines += [
            (Value("Gate: ", tone="strong"), words.sentence(remedy)) for remedy in remedies.get(row["model_id"], [])
        ]
        who = people.get(owner, owner) if owner else None
        head = (registry.name(models, row["model_id"]), Value(f" · {who}" if who else " · no owner", tone="quiet"))
        entries.append(Item(head, tuple(lines), Light(status_of(row["status"]))))
    return Items(entries, "Nothing: every model is green." if health else "Nothing yet: no registered model is known.")


def _rules(marts: Marts, health: list[Row], models: dict[str, Row]) -> Matrix:
    """Models by rule: which one makes a model red, amber or unknown."""
    rows = marts.rows(CHECKS)
    rules = list(dict.fromkeys(row["rule"] for row in rows))
    checks = {(row["model_id"], row["rule"]): row for row in rows}
    shown = []
    for row in health:
        overall = Light(status_of(row["status"]), is_narrow=True, full="The worst rule")
        shown.append(
            (
                registry.name(models, row["model_id"]),
                (overall, *(_light(checks.get((row["model_id"], rule))) for rule in rules)),
            )
        )
    return Matrix(
        "Each rule of each model: G green, A amber, R red, ? unknown, – not needed",
        "Model",
        ("All", *(words.label(rule).capitalize() for rule in rules)),
        shown if rules else [],
        empty="No rule was applied.",
    )


def _light(check: Row | None) -> Light | None:
    if check is None or check["status"] is None:
        return None
    return Light(status_of(check["status"]), is_narrow=True, full=check["reason"] or "")


def _tiles(health: list[Row]) -> Tiles:
    counts = {
        status: figures.count(row for row in health if status_of(row["status"]) == status) for status in WORST_FIRST
    }
    return Tiles(tuple(Tile("", Value(words.count(count)), light=Light(status)) for status, count in counts.items()))


def portfolio(
    marts: Marts, health: list[Row], models: dict[str, Row], people: dict[str, str], initiatives: dict[str, str]
) -> Table:
    """Every model with its colour, owner, versions and shares, the worst first."""
    shown: list[tuple[Cell, ...]] = []
    for row in health:
        model = models.get(row["model_id"]) or {}
        name = registry.name(models, row["model_id"])
        owner = model.get("owner_person_id")
        initiative = model.get("initiative_id") or ""
        shown.append(
            (
                (
                    Value(name, href=marts.model(row["model_id"], name)),
                    Value(initiatives.get(initiative) or initiative, tone="under"),
                ),
                Light(status_of(row["status"])),
                (people.get(owner, owner) if owner else None) or Value("nobody", tone="bad"),
                _version(model.get("champion_version")),
                _version(model.get("challenger_version")),
                words.share(row["run_failure_share_30d"]),
                words.share(row["reproducible_share"]),
                words.share(row["drift_share"]),
                words.count(row["open_gate_count"]),
            )
        )
    return Table(
        "Registered models, the worst first",
        (
            Column("Model"),
            Column("Status"),
            Column("Owner"),
            Column("Champion", is_number=True, explain="The version in use"),
            Column("Challenger", is_number=True, explain="The version that may replace it", is_page_only=True),
            Column("Failed runs", is_number=True, explain="Share of the runs of the last 30 days that failed"),
            Column(
                "Reproducible",
                is_number=True,
                explain="Last 20 runs with commit, data, parameters and environment",
                is_page_only=True,
            ),
            Column("Drift", is_number=True, explain="Share of monitored features that moved", is_page_only=True),
            Column(
                "Champion's open gates",
                is_number=True,
                explain="Release checks of the champion, else of the latest version, that have not passed",
            ),
        ),
        shown,
        empty="No registered model is known.",
    )


def _version(version: object) -> Value:
    return Value("none", tone="quiet") if version is None else Value(f"v{version}")


def _staleness(health: list[Row], models: dict[str, Row], marts: Marts) -> Table:
    """Age of each champion against its own limit; bars share one scale of two limits."""
    shown: list[tuple[Cell, ...]] = []
    for row in sorted(health, key=lambda row: -_ratio(row)):
        age, limit = row["staleness_days"], row["staleness_limit_days"]
        name = registry.name(models, row["model_id"])
        if age is None or not limit:
            shown.append(
                (
                    name,
                    Value("no champion whose training is known", tone="quiet"),
                    words.count(limit, "day") if limit else words.UNKNOWN,
                    marts.day(row["last_trained_at"]),
                )
            )
            continue
        over = age > limit
        text = f"{words.days_old(age)}{', over the limit' if over else ''}"
        shown.append(
            (
                name,
                Bar(age / limit / 2, text, 0.5, is_over=over),
                words.count(limit, "day"),
                marts.day(row["last_trained_at"]),
            )
        )
    return Table(
        "Days since the champion was trained, against its limit",
        (Column("Model"), Column("Age"), Column("Limit", is_number=True), Column("Trained")),
        shown,
        empty="No registered model is known.",
    )


def _ratio(row: Row) -> float:
    age, limit = row["staleness_days"], row["staleness_limit_days"]
    return age / limit if age is not None and limit else -1.0


def _key(health: list[Row]) -> tuple[Block, ...]:
    return (note("The upright line is the model's own limit; a full bar is twice that."),) if health else ()


def _numbers(health: list[Row], versions: list[Row]) -> dict[str, float]:
    found = {
        f"{name}_models": float(sum(status_of(row["status"]) == name for row in health))
        for name in ("red", "amber", "green", "white")
    }
    found["stale_models"] = float(sum(_ratio(row) > 1 for row in health))
    found["regressions"] = float(sum(row["regression_count"] or 0 for row in health))
    found["open_gates"] = float(sum(row["open_gate_count"] or 0 for row in health))
    found["models_without_owner"] = float(sum(row["has_owner"] is False for row in health))
    found["versions"] = float(len(versions))
    return found
