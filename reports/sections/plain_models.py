"""Models in trouble in plain words, for people who need not know what drift is. Model health has the whole story."""

from __future__ import annotations

from reports import figures, words
from reports.document import Block, Inline, Item, Items, Light, Value, note, rank_of, status_of
from reports.marts import Marts, Row

MODELS = """
    select model_id, status, reasons
    from marts.model_health
    where status in ('red', 'amber')
    order by model_id
"""
NAMES = "select model_id, name, owner_person_id from marts.registered_models"
CHECKS = """
    select model_id, rule, status
    from marts.model_checks
    where status <> 'green'
    order by rule_rank, model_id
"""
WRONG = {
    "staleness": "it was trained too long ago",
    "champion_regression": "it does worse than the version it replaced",
    "regression": "one of its versions does worse than the one before",
    "drift": "what it is fed is no longer what it was trained on",
    "run_failures": "many of its trainings fail",
    "reproducibility": "its training could not be repeated",
    "owner": "nobody owns it",
    "champion_run": "the record of its training was deleted",
    "gates": "it has not passed every check that a release needs",
}
"""What a rule that is red or amber says of a model."""
OPEN = {
    "staleness": "when it was trained",
    "champion_regression": "whether it does worse than the version it replaced",
    "regression": "whether it does better or worse than before",
    "owner": "who owns it",
    "gates": "whether it passes every check that a release needs",
}
"""What a rule that is unknown leaves open."""


def blocks(marts: Marts, people: dict[str, str]) -> tuple[Block, ...]:
    """Each red or amber model: what is wrong with it, what is not known, and whose it is."""
    models = {row["model_id"]: row for row in marts.rows(NAMES)}
    rows = sorted(marts.rows(MODELS), key=lambda row: rank_of(row["status"]))
    checks: dict[str, list[Row]] = {}
    for check in marts.rows(CHECKS):
        checks.setdefault(check["model_id"], []).append(check)
    shown = Items(
        [_item(row, models.get(row["model_id"]) or {}, checks.get(row["model_id"], []), marts, people) for row in rows],
        "No model is red or amber." if models else "No registered model is known.",
    )
    return (shown, note("The report Model health says what to do about each.")) if rows else (shown,)


def colours(rows: list[Row]) -> str:
    """How many models are of each colour: "1 red and 3 amber"."""
    counts = {colour: figures.count(row for row in rows if row["status"] == colour) for colour in ("red", "amber")}
    return words.joined([f"{count} {colour}" for colour, count in counts.items() if count]) or "none is red or amber"


def _item(row: Row, model: Row, checks: list[Row], marts: Marts, people: dict[str, str]) -> Item:
    name, owner = model.get("name"), model.get("owner_person_id")
    who = people.get(owner, owner) if owner else None
    return Item(
        (
            Value(name or row["model_id"], href=marts.model(row["model_id"], name)),
            Value(f" · {who}" if who else " · no owner", tone="quiet"),
        ),
        _lines(row, checks),
        Light(status_of(row["status"])),
    )


def _lines(row: Row, checks: list[Row]) -> tuple[tuple[Inline, ...], ...]:
    """What is wrong, then what is not known; the model's own reasons where no rule says why."""
    wrong = [WRONG.get(one["rule"]) or f"{words.label(one['rule'])} is {one['status']}" for one in checks if status_of(one["status"]) != "white"]  # fmt: skip
    unknown = [OPEN.get(one["rule"]) or words.label(one["rule"]) for one in checks if status_of(one["status"]) == "white"]  # fmt: skip
    if not wrong:
        reasons = row["reasons"] or ["No reason was recorded"]
        return ((" ".join(words.sentence(reason) for reason in reasons),),)
    lines: list[tuple[Inline, ...]] = [(words.sentence(words.joined(wrong, most=len(wrong))),)]
    if unknown:
        lines.append((f"Not known: {words.joined(unknown, most=len(unknown))}.",))
    return tuple(lines)
