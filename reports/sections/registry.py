"""The model registry as parts of reports: models, their versions, metrics against their baseline."""

from __future__ import annotations

from reports import figures, words
from reports.document import Block, Cell, Column, Fold, Table, Value
from reports.marts import Marts, Row

MODELS = """
    select model_id, name, owner_person_id, initiative_id, champion_version, challenger_version, latest_version
    from marts.registered_models
    order by name, model_id
"""
VERSIONS = """
    select model_version_id, model_id, version, created_at, registry_stage, aliases, status, mlflow_run_id, is_run_deleted, git_commit
    from marts.model_versions
    order by model_id, created_at desc
"""
METRICS = """
    select model_version_id, metric, value, baseline_value, target_value, delta, direction, is_better, is_regression
    from marts.model_metrics
    order by metric
"""
WAYS = {1: "higher is better", -1: "lower is better"}


def name(models: dict[str, Row], model_id: str) -> str:
    """What to call a model."""
    found = models.get(model_id)
    return str(found["name"] or model_id) if found else model_id


def used(models: dict[str, Row], versions: list[Row]) -> dict[str, str]:
    """The versions that are champion or challenger, and which of the two."""
    return {
        row["model_version_id"]: role
        for row in versions
        if (model := models.get(row["model_id"])) is not None and (role := _role(model, row))
    }


def metrics(marts: Marts, models: dict[str, Row], versions: list[Row]) -> tuple[Block, ...]:
    """The metrics of the versions in use or about to be, regressions first; what cannot be judged folds away."""
    known = {row["model_version_id"]: row for row in versions}
    judged: list[tuple[bool, tuple[Cell, ...]]] = []
    unjudged: list[tuple[Row, tuple[Cell, ...]]] = []
    for row in marts.rows(METRICS):
        version = known.get(row["model_version_id"])
        model = models.get(version["model_id"]) if version else None
        role = _role(model, version) if model and version else ""
        if not model or not version or not role:
            continue
        cells = _metric(row, model["name"] or "", version["version"], role)
        if row["is_regression"] is None and row["is_better"] is None:
            unjudged.append((row, cells))
        else:
            judged.append((row["is_regression"] is not True, cells))
    shown = [cells for _, cells in sorted(judged, key=lambda one: one[0])]
    empty = "No metric of a champion or challenger has both a baseline and a direction that says which way is better."
    blocks: list[Block] = [_compared("Metrics of champions and challengers against their baseline", shown, empty)]
    if unjudged:
        summary = (
            f"{words.count(figures.count(row for row, _ in unjudged), 'metric')} without a baseline or a direction"
        )
        table = _compared("Metrics that cannot be judged", [cells for _, cells in unjudged], "")
        blocks.append(Fold(summary, (table,), is_in_markdown=False))
    return tuple(blocks)


def _role(model: Row, version: Row) -> str:
    """What a version is used as; empty if it is not."""
    for role, column in (("champion", "champion_version"), ("challenger", "challenger_version")):
        if model[column] is not None and str(model[column]) == str(version["version"]):
            return role
    return ""


def _compared(caption: str, rows: list[tuple[Cell, ...]], empty: str) -> Table:
    return Table(
        caption,
        (
            Column("Model"),
            Column("Metric"),
            Column("Value", is_number=True),
            Column("Baseline", is_number=True),
            Column("Change", is_number=True, is_page_only=True),
            Column("Target", is_number=True, is_page_only=True),
            Column("Verdict"),
        ),
        rows,
        empty=empty,
        limit=15,
        is_caption_shown=True,
    )


def _metric(row: Row, name: str, number: str, role: str) -> tuple[Cell, ...]:
    way = WAYS.get(row["direction"])
    if row["is_regression"]:
        verdict: Cell = Value("worse than allowed", tone="bad")
    elif row["is_better"] is None:
        missing = "direction" if way is None else "baseline" if row["baseline_value"] is None else "value"
        verdict = Value(f"{missing} not provided", tone="quiet")
    else:
        verdict = "better" if row["is_better"] else "within tolerance"
    return (
        (Value(name), Value(f"v{number}, {role}", tone="under")),
        (Value(row["metric"] or ""), *((Value(way, tone="under"),) if way else ())),
        words.number(row["value"], 3),
        words.number(row["baseline_value"], 3),
        words.number(row["delta"], 3),
        words.number(row["target_value"], 3),
        verdict,
    )


def _used_as(model: Row | None, version: Row) -> Value | str:
    """What a version is used as, else what the registry calls it; all its aliases on hover."""
    aliases = ", ".join(version["aliases"] or [])
    role = _role(model, version) if model else ""
    said = role or aliases or version["registry_stage"]
    return Value(said, aliases if aliases != said else "") if said else ""


def _run_behind(row: Row) -> Value:
    """Whether a version has the run that made it."""
    if not row["mlflow_run_id"]:
        return Value("no run", tone="quiet")
    return Value("deleted", tone="bad") if row["is_run_deleted"] else Value("yes")


def newest(marts: Marts, models: dict[str, Row], versions: list[Row]) -> Table:
    """The newest three versions of each model."""
    counts: dict[str, int] = {}
    shown: list[tuple[Cell, ...]] = []
    for row in versions:
        counts[row["model_id"]] = counts.get(row["model_id"], 0) + 1
        if counts[row["model_id"]] > 3:
            continue
        shown.append(
            (
                (Value(name(models, row["model_id"])), Value(f" v{row['version']}", tone="quiet")),
                marts.day(row["created_at"]),
                _used_as(models.get(row["model_id"]), row),
                Value(row["git_commit"][:8], row["git_commit"])
                if row["git_commit"]
                else Value("no commit recorded", tone="quiet"),
                _run_behind(row),
            )
        )
    return Table(
        "The newest versions of each model",
        (Column("Version"), Column("Registered"), Column("Used as"), Column("Commit"), Column("Has a run")),
        shown,
        empty="No version is registered.",
        limit=18,
        is_caption_shown=True,
    )
