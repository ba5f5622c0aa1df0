"""Milestones: what was planned, what is now expected, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeAlias

from reports import figures, words
from reports.document import WORST_FIRST, Block, Cell, Column, Fold, Light, Table, Track, Value, note, status_of
from reports.marts import Marts, Row

MILESTONES = """
    select
        milestone_id, initiative_id, name, baseline_date, target_date, forecast_p50_date, forecast_p80_date, done_date,
        slip_days, on_time_share, status, forecast_reason
    from marts.milestones
    order by done_date is not null, coalesce(target_date, baseline_date) nulls last, name
"""
GATES = """
    select evidence
    from marts.risk_signals
    where rule = 'gate_before_milestone'
    order by signal_id
"""
CHAINS = """
    select milestone_id, root_issue_id, chain_issue_keys
    from marts.dependency_chains
    where chain_rank = 1 and is_late is not false
"""
"""What of an open milestone is not told by its own dates: gates that are not passed, and issues that are late or that nobody can date."""
OPEN = "Open milestones: baseline, target, forecast and slip"
DONE = "Milestones that are done"
Axis: TypeAlias = tuple[date, int]
"""The first day of a time axis and its length in days."""

DATES = ("baseline_date", "target_date", "forecast_p50_date", "forecast_p80_date", "done_date")


def blocks(marts: Marts, rows: list[Row], names: dict[str, str]) -> tuple[Block, ...]:
    """Open milestones on one shared time axis; those that are done fold away."""
    still = [row for row in rows if row["done_date"] is None]
    done = [row for row in rows if row["done_date"] is not None]
    axis = _axis(still or rows, marts.today)
    empty = (
        "Every milestone is done."
        if done
        else "No milestones are known. They come from the roadmap tab of the program sheet."
    )
    found: list[Block] = [
        _table(
            OPEN,
            still,
            names,
            axis,
            today=marts.today,
            empty=empty,
            message=_message(still, marts.today),
            held=_held(marts, still),
        )
    ]
    if still:
        found.append(
            note(
                "On the axis: hollow circle = baseline, upright line = target, band = forecast from even odds to eight in "
                "ten, dotted line = today.",
                is_page_only=True,
            )
        )
    if done:
        late = figures.count(row for row in done if is_late(row, marts.today))
        summary = f"{words.count(figures.count(done), 'milestone is', 'milestones are')} done, {late or 'none'} of them after the target"
        table = _table(DONE, done, names, _axis(done, None), today=None, empty="")
        found.append(Fold(summary, (table,), is_in_markdown=False))
    return tuple(found)


def is_behind(row: Row) -> bool:
    """Whether a milestone came, or is expected, after the day first approved."""
    return (row["slip_days"] or 0) > 0


def is_late(row: Row, today: date | None) -> bool:
    """Whether a milestone came, or is expected with eight chances in ten, after the day promised now, or that has passed."""
    target, done = row["target_date"], row["done_date"]
    if target is None:
        return False
    if done is not None:
        return bool(done > target)
    return any(day is not None and day > target for day in (row["forecast_p80_date"], today))


def _message(still: list[Row], today: date | None) -> str:
    """How many open milestones are behind their baseline, and how many miss the target that was set since."""
    behind = figures.count(row for row in still if is_behind(row))
    late = figures.count(row for row in still if is_late(row, today))
    said = f"{behind} of {figures.count(still)} open milestones are expected after their baseline"
    return said if late == behind else f"{said}, {late or 'none'} after {'its' if late == 1 else 'their'} target"


def _held(marts: Marts, still: list[Row]) -> dict[str, str]:
    """What stands before each milestone: "2 open gates and PLT-204 stand before it, not in the forecast"."""
    signals = marts.rows(GATES)
    roots: dict[str, list[str]] = {}
    for row in marts.rows(CHAINS):
        key = (row["chain_issue_keys"] or [row["root_issue_id"]])[0]
        roots.setdefault(row["milestone_id"], []).append(key)
    found: dict[str, str] = {}
    for row in still:
        gates = [one for one in signals if row["milestone_id"] in (one["evidence"] or [])]
        parts = [words.count(figures.count(gates), "open gate")] if gates else []
        parts += roots.get(row["milestone_id"], [])
        if parts:
            verb = "stands" if len(parts) == 1 and len(gates) < 2 else "stand"
            found[row["milestone_id"]] = f"{words.joined(parts)} {verb} before it, not in the forecast"
    return found


def _table(
    caption: str,
    rows: list[Row],
    names: dict[str, str],
    axis: Axis | None,
    *,
    today: date | None,
    empty: str,
    message: str = "",
    held: dict[str, str] | None = None,
) -> Table:
    return Table(
        caption,
        (
            Column("Milestone"),
            Column(_span(axis)),
            Column("Baseline", explain="The date first approved", is_page_only=True),
            Column("Target", explain="The date promised now"),
            Column("Forecast", explain="Even odds to eight chances in ten, from the team's own pace"),
            Column(
                "Against baseline",
                explain="From the baseline to the safe end of the forecast, or to the day it was done",
            ),
            Column(
                "On time",
                is_number=True,
                explain="Chance of meeting the target of now at the team's own pace",
                is_page_only=True,
            ),
            Column("Status"),
        ),
        [_row(row, names, axis, today, (held or {}).get(row["milestone_id"], "")) for row in rows],
        empty=empty,
        message=message,
    )


def forecast(row: Row) -> Value:
    """The forecast as a range: "12 Jan to 2 Feb 2027"."""
    likely, safe = row["forecast_p50_date"], row["forecast_p80_date"]
    if row["done_date"] is not None:
        return Value(f"done {words.day(row['done_date']).text}", words.day(row["done_date"]).full)
    if likely is None and safe is None and row["forecast_reason"]:
        return Value(words.UNKNOWN.text, words.sentence(row["forecast_reason"]), tone="quiet")
    if likely is None or safe is None or likely == safe:
        return words.day(likely or safe)
    first = words.short_day(likely) if likely.year == safe.year else words.day(likely).text
    return Value(
        f"{first} to {words.day(safe).text}",
        f"even odds by {words.day(likely).full}, eight in ten by {words.day(safe).full}",
    )


def _span(axis: Axis | None) -> str:
    """The heading of the time axis: its first and last month."""
    if axis is None:
        return "Time"
    return f"{words.month(axis[0]).text} to {words.month(axis[0] + timedelta(days=axis[1])).text}"


def _row(row: Row, names: dict[str, str], axis: Axis | None, today: date | None, held: str) -> tuple[Cell, ...]:
    initiative = names.get(row["initiative_id"], row["initiative_id"] or "")
    known = row["status"] in WORST_FIRST or row["status"] is None
    return (
        (
            Value(row["name"] or row["milestone_id"]),
            Value(initiative, tone="under"),
            *([Value(held, tone="under")] if held else []),
        ),
        _track(row, axis, today),
        words.day(row["baseline_date"]),
        words.day(row["target_date"]),
        forecast(row),
        _against_baseline(row),
        words.share(row["on_time_share"]) if row["done_date"] is None else "",
        Light(status_of(row["status"])) if known else words.label(row["status"]),
    )


def _against_baseline(row: Row) -> Value:
    """How far from its baseline; that is bad only while its status, which is held against the target, says so too."""
    said = words.apart(row["slip_days"])
    is_bad = is_behind(row) and row["done_date"] is None and row["status"] != "green"
    return Value(said.text, said.full, tone="bad") if is_bad else said


def _axis(rows: Sequence[Row], today: date | None) -> Axis | None:
    """First day and length in days of the axis that holds every known date."""
    days = [row[name] for row in rows for name in DATES if row[name] is not None]
    if not days:
        return None
    days += [today] if today else []
    return min(days), max(1, (max(days) - min(days)).days)


def _track(row: Row, axis: Axis | None, today: date | None) -> Cell:
    if axis is None or all(row[name] is None for name in DATES):
        return words.UNKNOWN

    def at(day: date | None) -> float | None:
        return None if day is None else 0.02 + 0.96 * (day - axis[0]).days / axis[1]

    is_open = row["done_date"] is None
    return Track(
        text=f"Target {words.day(row['target_date']).text}, forecast {forecast(row).text}",
        today=at(today),
        baseline=at(row["baseline_date"]),
        target=at(row["target_date"]),
        likely=at(row["forecast_p50_date"]) if is_open else None,
        safe=at(row["forecast_p80_date"]) if is_open else None,
        done=at(row["done_date"]),
        is_late=is_late(row, today),
        dates=(row["baseline_date"], row["forecast_p50_date"], row["forecast_p80_date"])
        if is_open
        else (None, None, None),
        target_date=row["target_date"],
        today_date=today,
    )
