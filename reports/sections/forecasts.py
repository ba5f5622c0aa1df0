"""Forecasts as parts of reports: when it will be done, what would change it, and how well such forecasts have held."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from reports import figures, words
from reports.document import Block, Chart, Charts, Column, Heading, Table, Value, note
from reports.drawing import shapes
from reports.marts import Marts, Row
from reports.sections import flow, sources

SCOPES = ("milestone", "initiative", "epic")
LEFT = "Open items, and those that will have come by then if the scope goes on growing as it did"
"""What is left to do, in the words of a forecast."""

EPICS = "select issue_id, summary from marts.issues where is_epic"
FORECASTS = """
    select
        scope_kind, scope_id, scenario, open_count, remaining_count, p50_date, p80_date, p95_date, target_date, on_time_share, reason,
        backtest_count, backtest_p80_hit_share
    from marts.delivery_forecasts
    where remaining_count > 0 or remaining_count is null
    order by target_date nulls last, p80_date nulls last, scope_id, scenario
"""
OPEN = """
    select scope_id, day_date, stage, issue_count
    from marts.flow_daily_by_scope
    where scope_kind = 'initiative' and stage <> 'done' and day_date >= ?
    order by scope_id, day_date, stage
"""


def forecasts(marts: Marts) -> tuple[Block, ...]:
    """Each initiative's fan, all forecasts in a table, and what the back-test says of them."""
    found = marts.rows(FORECASTS)
    table = _table(marts, [row for row in found if row["scenario"] == "base"])
    fans = _fans(marts, [row for row in found if row["scope_kind"] == "initiative"])
    explained = note(
        "Open items until today, then the fan of ten thousand simulated futures at the team's own pace: the ring is the day of even "
        "odds, the dot that of eight chances in ten, the dashed line the target, red if it comes before that."
    )
    cases = _scenarios(marts, [row for row in found if row["scope_kind"] == "initiative"])
    left = note(
        "Left to do are the open items and those that will have come by then if the scope goes on growing as it did; "
        "with the scope frozen, the open ones alone."
    )
    drawn = (explained, Charts(tuple(fans)), Heading("What would change it"), cases, left) if fans else ()
    title = (Heading("All forecasts, of milestones, initiatives and epics"),) if fans else ()
    return (*drawn, *title, table, *_held(marts)) if table.rows else (table,)


def _held(marts: Marts) -> tuple[Block, ...]:
    """How often forecasts made at past month ends were met."""
    for row in marts.rows(sources.CALIBRATION):
        return (
            note(
                f"Back-test: of {words.count(row['backtest_count'], 'such forecast')} made at past month ends, "
                f"{words.share(row['p80_hit_share']).text} were met by the date with eight chances in ten (80% were to be expected), "
                f"{words.share(row['p50_hit_share']).text} by that of even odds and {words.share(row['p95_hit_share']).text} by that of "
                "95 in 100."
            ),
        )
    return ()


def _fans(marts: Marts, rows: list[Row]) -> list[Chart]:
    """A fan per initiative that has a forecast and a past to show, week by week until today."""
    if marts.today is None:
        return []
    past: dict[str | None, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in marts.rows(OPEN, marts.today - timedelta(weeks=flow.WEEKS)):
        if (marts.today - row["day_date"]).days % 7 == 0:
            past[row["scope_id"]][row["day_date"]] += row["issue_count"] or 0
    names = marts.initiatives()
    return [
        _fan(names.get(row["scope_id"]) or row["scope_id"], row, sorted(past[row["scope_id"]].items()))
        for row in rows
        if row["scenario"] == "base" and row["p95_date"] and past[row["scope_id"]]
    ]


def _fan(name: str, base: Row, past: list[tuple[date, int]]) -> Chart:
    title = f"{name}: done by {words.day(base['p80_date']).text} with eight chances in ten{_against(base)}"
    ends = {
        "p50_date": "even odds that none is left",
        "p80_date": "eight in ten that none is left",
        "p95_date": "95 in 100 that none is left",
    }
    return Chart(
        title,
        f"{words.count(base['open_count'], 'open item')} today, and how many may be left",
        title,
        shapes.fan(
            [(day, float(count)) for day, count in past],
            [base[end] for end in ends],
            target=base["target_date"],
            salt=f"fan {base['scope_id']}",
        ),
        Table(
            f"Open items of {name}",
            (Column("Day"), Column("Open", is_number=True), Column("How sure")),
            [
                *((words.day(base[end]), figures.fixed(0), said) for end, said in ends.items()),
                *((words.day(day), words.count(count), "as it was") for day, count in reversed(past)),
            ],
            empty="There is no forecast.",
            layout="scroll",
            limit=flow.WEEKS,
        ),
    )  # fmt: skip


def _scenarios(marts: Marts, rows: list[Row]) -> Table:
    """Each initiative as it goes, with less throughput, with nothing added."""
    names = marts.initiatives()
    order = list(names)
    rows = sorted(
        (row for row in rows if row["p80_date"]),
        key=lambda row: (order.index(row["scope_id"]) if row["scope_id"] in names else len(order), row["scenario"] != "base", row["scenario"] or ""),
    )  # fmt: skip
    return Table(
        "What would change the forecasts",
        (
            Column("If"),
            Column("Left to do", is_number=True, explain=LEFT),
            Column("Even odds by"),
            Column("Eight in ten by"),
            Column("On time", is_number=True),
        ),
        [
            (
                (
                    Value("nothing changes" if row["scenario"] == "base" else words.told(row["scenario"] or "")),
                    Value(names.get(row["scope_id"]) or row["scope_id"] or "", tone="under"),
                ),
                words.count(row["remaining_count"]),
                words.day(row["p50_date"]),
                words.day(row["p80_date"]),
                words.share(row["on_time_share"]),
            )
            for row in rows
        ],
        empty="There is no forecast.",
    )


def _against(base: Row) -> str:
    """How that day stands to the target, if there is one."""
    if base["target_date"] is None:
        return ""
    late = figures.days_between(base["target_date"], base["p80_date"])
    return f", {words.slip(late).text}" if late > 0 else f", in time for {words.day(base['target_date']).text}"


def _table(marts: Marts, rows: list[Row]) -> Table:
    """One row per scope, and why there is no forecast where there is none."""
    rows = sorted(rows, key=lambda row: SCOPES.index(row["scope_kind"]) if row["scope_kind"] in SCOPES else len(SCOPES))
    milestones = marts.rows("select milestone_id, name from marts.milestones")
    titles = {
        **{row["issue_id"]: row["summary"] for row in marts.rows(EPICS)},
        **{row["milestone_id"]: row["name"] for row in milestones},
        **marts.initiatives(),
    }
    return Table(
        "Forecasts from each team's own pace of the last twelve weeks",
        (
            Column("What"),
            Column("Left to do", is_number=True, explain=LEFT),
            Column("Even odds by"),
            Column("Eight in ten by"),
            Column("Target"),
            Column("On time", is_number=True),
            Column("Held so far", is_number=True, explain="Share of the back-tests of its projects that were met by the date with eight chances in ten"),
        ),
        [
            (
                (Value(titles.get(row["scope_id"]) or row["scope_id"] or ""), Value(row["scope_kind"] or "", tone="under")),
                words.count(row["remaining_count"]),
                words.day(row["p50_date"]) if row["p50_date"] else (Value(words.sentence(row["reason"] or ""), tone="quiet")),
                words.day(row["p80_date"]),
                words.day(row["target_date"]),
                words.share(row["on_time_share"]),
                _calibrated(row),
            )
            for row in rows
        ],
        empty="There is no forecast yet: it needs at least six full weeks of finished work.",
        limit=15,
    )  # fmt: skip


def _calibrated(row: Row) -> Value:
    held = words.share(row["backtest_p80_hit_share"])
    return held if held is words.UNKNOWN else Value(held.text, f"of {words.count(row['backtest_count'], 'back-test')}")
