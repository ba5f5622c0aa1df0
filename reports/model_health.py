"""Model health: for ML leads: which models are healthy, which are not, why, and what to do about it."""

from __future__ import annotations

from reports import sources, words
from reports.document import (
    Bar,
    Block,
    Cell,
    Column,
    Document,
    Inline,
    Item,
    Items,
    Light,
    Section,
    Spark,
    Table,
    Tile,
    Tiles,
    Value,
    note,
    rank_of,
    status_of,
)
from reports.marts import Marts, Row

NAME = "model_health"
TITLE = "Model health"
DESCRIPTION = "Which models are healthy and which are not, why, who owns them, and what to do."

HEALTH = """
    select
        model_id, status, reasons, staleness_days, staleness_limit_days, regression_count, drift_share,
        run_failure_share_30d, reproducible_share, has_owner, has_linked_issue, open_gate_count, last_trained_at,
        last_promoted_at
    from marts.model_health
"""
MODELS = """
    select model_id, name, owner_person_id, initiative_id, champion_version, challenger_version, latest_version
    from marts.registered_models
    order by name, model_id
"""
VERSIONS = """
    select model_version_id, model_id, version, created_at, registry_stage, aliases, status, mlflow_run_id, git_commit
    from marts.model_versions
    order by model_id, created_at desc
"""
METRICS = """
    select model_version_id, metric, value, baseline_value, target_value, delta, is_better, is_regression
    from marts.model_metrics
    order by metric
"""
WEEKLY = """
    select experiment_id, week_date, run_count, failed_share, objective_metric, best_value, compute_hours
    from marts.experiments_weekly
    order by experiment_id, week_date
"""


def compose(marts: Marts) -> Document:
    """The whole report."""
    people, initiatives = marts.names(), marts.initiatives()
    models = {row["model_id"]: row for row in marts.rows(MODELS)}
    health = sorted(marts.rows(HEALTH), key=lambda row: (rank_of(row["status"]), _name(models, row["model_id"])))
    versions = marts.rows(VERSIONS)
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
            Section("do", "What to do", (_todo(health, models, people),)),
            Section("models", "All models", (_tiles(health), _portfolio(marts, health, models, people, initiatives))),
            Section("staleness", "How old the champions are", (_staleness(health, models, marts), *_key(health))),
            Section("metrics", "Champion against challenger", (_metrics(marts, models, versions),)),
            Section("runs", "Experiments", (_experiments(marts),)),
            Section("versions", "Versions", (_versions(marts, models, versions),)),
            sources.trust(marts),
        ),
        numbers=_numbers(health, versions),
    )


def _name(models: dict[str, Row], model_id: str) -> str:
    found = models.get(model_id)
    return str(found["name"] or model_id) if found else model_id


def _sentence(health: list[Row], models: dict[str, Row]) -> str:
    if not health:
        return "No registered model is known yet: no MLflow server has been read, or it has no model registry entries."
    parts = []
    for status in ("red", "amber", "white"):
        found = [_name(models, row["model_id"]) for row in health if status_of(row["status"]) == status]
        word = "unknown" if status == "white" else status
        if found:
            parts.append(f"{len(found)} {'is' if len(found) == 1 else 'are'} {word} ({words.joined(found)})")
    count = words.count(len(health), "registered model")
    return f"Of {count}, {words.joined(parts)}." if parts else f"All {count} are healthy."


def _todo(health: list[Row], models: dict[str, Row], people: dict[str, str]) -> Items:
    """One entry for each unhealthy model: what is wrong, and the step that answers it."""
    entries = []
    for row in health:
        if row["status"] not in ("red", "amber"):
            continue
        owner = (models.get(row["model_id"]) or {}).get("owner_person_id")
        lines: list[tuple[Inline, ...]] = [(words.sentence(reason),) for reason in row["reasons"] or []]
        lines += [(Value("To do: ", tone="strong"), step) for step in _steps(row)]
        who = people.get(owner, owner) if owner else None
        head = (_name(models, row["model_id"]), Value(f" · {who}" if who else " · no owner", tone="quiet"))
        entries.append(Item(head, tuple(lines), Light(status_of(row["status"]))))
    return Items(
        entries, "Nothing: no model is red or amber." if health else "Nothing yet: no registered model is known."
    )


def _steps(row: Row) -> list[str]:
    """The remedies of what is known to be wrong; each follows from one column."""
    steps = []
    if (
        row["staleness_days"] is not None
        and row["staleness_limit_days"] is not None
        and row["staleness_days"] > row["staleness_limit_days"]
    ):
        steps.append("retrain the champion, or raise its limit in the models tab if its age is acceptable.")
    if row["regression_count"]:
        steps.append(
            f"compare the {words.count(row['regression_count'], 'worse metric')} with the baseline before promoting."
        )
    if row["open_gate_count"]:
        steps.append(f"close {words.count(row['open_gate_count'], 'open release gate')}.")
    if row["has_owner"] is False:
        steps.append("name an owner in the registry or in the models tab.")
    if row["has_linked_issue"] is False:
        steps.append("link the model to the issue it was built for.")
    return steps


def _tiles(health: list[Row]) -> Tiles:
    names = {"red": "Red", "amber": "Amber", "green": "Green", "white": "Unknown"}
    return Tiles(
        tuple(
            Tile(label, Value(words.count(float(sum(status_of(row["status"]) == colour for row in health)))), "models")
            for colour, label in names.items()
        )
    )


def _portfolio(
    marts: Marts, health: list[Row], models: dict[str, Row], people: dict[str, str], initiatives: dict[str, str]
) -> Table:
    shown: list[tuple[Cell, ...]] = []
    for row in health:
        model = models.get(row["model_id"]) or {}
        name = _name(models, row["model_id"])
        owner = model.get("owner_person_id")
        initiative = model.get("initiative_id") or ""
        shown.append(
            (
                (
                    Value(name, href=marts.link("mlflow", row["model_id"], f"#/models/{name}")),
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
            Column("Open gates", is_number=True, explain="Release checks that have not passed"),
        ),
        shown,
        empty="No registered model is known.",
    )


def _version(version: object) -> Value:
    return words.UNKNOWN if version is None else Value(f"v{version}")


def _staleness(health: list[Row], models: dict[str, Row], marts: Marts) -> Table:
    """Age of each champion against its own limit; bars share one scale of two limits."""
    shown: list[tuple[Cell, ...]] = []
    for row in sorted(health, key=lambda row: -_ratio(row)):
        age, limit = row["staleness_days"], row["staleness_limit_days"]
        name = _name(models, row["model_id"])
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
        text = f"{words.count(age, 'day')}{', over the limit' if over else ''}"
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


def _metrics(marts: Marts, models: dict[str, Row], versions: list[Row]) -> Table:
    """The metrics of the versions in use or about to be, against their baseline."""
    known = {row["model_version_id"]: row for row in versions}
    shown: list[tuple[int, tuple[Cell, ...]]] = []
    for row in marts.rows(METRICS):
        version = known.get(row["model_version_id"])
        model = models.get(version["model_id"]) if version else None
        if version is None or model is None:
            continue
        number = str(version["version"])
        roles = [
            role
            for role, name in (("champion", "champion_version"), ("challenger", "challenger_version"))
            if model[name] is not None and str(model[name]) == number
        ]
        if roles:
            shown.append((0 if row["is_regression"] else 1, _metric(row, model["name"] or "", number, roles[0])))
    return Table(
        "Metrics of champions and challengers against their baseline",
        (
            Column("Model"),
            Column("Metric"),
            Column("Value", is_number=True),
            Column("Baseline", is_number=True),
            Column("Change", is_number=True),
            Column("Target", is_number=True),
            Column("Verdict"),
        ),
        [cells for _, cells in sorted(shown, key=lambda one: one[0])],
        empty="No metric of a champion or challenger is known, or no direction says which way is better.",
        limit=15,
    )


def _metric(row: Row, name: str, number: str, role: str) -> tuple[Cell, ...]:
    if row["is_regression"]:
        verdict: Cell = Value("worse than it may be", tone="bad")
    elif row["is_better"] is None:
        verdict = Value("direction not provided", tone="quiet")
    else:
        verdict = "better" if row["is_better"] else "within tolerance"
    return (
        (Value(name), Value(f"v{number}, {role}", tone="under")),
        row["metric"] or "",
        words.number(row["value"], 3),
        words.number(row["baseline_value"], 3),
        words.number(row["delta"], 3),
        words.number(row["target_value"], 3),
        verdict,
    )


def _experiments(marts: Marts) -> Table:
    """The last half year of each experiment."""
    groups: dict[str, list[Row]] = {}
    for row in marts.rows(WEEKLY):
        groups.setdefault(row["experiment_id"], []).append(row)
    names = {
        row["experiment_id"]: row["experiment_name"]
        for row in marts.rows("select distinct experiment_id, experiment_name from marts.mlflow_runs")
    }
    shown: list[tuple[Cell, ...]] = []
    for experiment, rows in groups.items():
        last, recent = rows[-1], rows[-26:]
        shown.append(
            (
                names.get(experiment) or experiment,
                words.day(last["week_date"]),
                words.count(last["run_count"]),
                words.share(last["failed_share"]),
                (last["objective_metric"] or words.UNKNOWN),
                words.number(last["best_value"], 3),
                Spark(
                    tuple(row["best_value"] for row in recent),
                    f"Best value by week, {words.count(len(recent), 'week')}",
                ),
            )
        )
    return Table(
        "Experiments in their last active week",
        (
            Column("Experiment"),
            Column("Week of"),
            Column("Runs", is_number=True),
            Column("Failed", is_number=True),
            Column("Metric"),
            Column("Best", is_number=True),
            Column("Half a year"),
        ),
        shown,
        empty="No run is known.",
        limit=20,
    )


def _versions(marts: Marts, models: dict[str, Row], versions: list[Row]) -> Table:
    """The newest three versions of each model."""
    counts: dict[str, int] = {}
    shown: list[tuple[Cell, ...]] = []
    for row in versions:
        counts[row["model_id"]] = counts.get(row["model_id"], 0) + 1
        if counts[row["model_id"]] > 3:
            continue
        shown.append(
            (
                (Value(_name(models, row["model_id"])), Value(f" v{row['version']}", tone="quiet")),
                marts.day(row["created_at"]),
                ", ".join(row["aliases"] or []) or row["registry_stage"] or "",
                Value(row["git_commit"][:8], row["git_commit"])
                if row["git_commit"]
                else Value("no commit recorded", tone="quiet"),
                "yes" if row["mlflow_run_id"] else Value("no run", tone="quiet"),
            )
        )
    return Table(
        "The newest versions of each model",
        (Column("Version"), Column("Registered"), Column("Used as"), Column("Commit"), Column("Has a run")),
        shown,
        empty="No version is registered.",
        limit=18,
    )


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
