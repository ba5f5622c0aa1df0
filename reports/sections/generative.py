"""Answers of generative applications, as part of a report: how many, how fast, how many failed, how they were graded."""

from __future__ import annotations

from reports import figures, words
from reports.document import Block, Cell, Chart, Charts, Column, Spark, Table, Value, note
from reports.drawing import charts
from reports.marts import Marts, Row

DAYS = 28

DAILY = """
    select subject, subject_name, day_date, assessment, trace_count, error_share, latency_p50_ms, latency_p95_ms,
        assessment_count, assessment_mean
    from marts.genai_daily
    order by subject, day_date, assessment
"""


def blocks(marts: Marts) -> tuple[Block, ...]:
    """One row per application with its newest day, a chart of failures for each, and its grades."""
    groups: dict[str, dict[object, list[Row]]] = {}
    for row in marts.rows(DAILY):
        groups.setdefault(row["subject"], {}).setdefault(row["day_date"], []).append(row)
    if not groups:
        return (note("No server has traces of a generative application."),)
    days = {subject: [rows[0] for rows in by_day.values()][-DAYS:] for subject, by_day in groups.items()}
    drawn = [
        _chart(rows)
        for rows in days.values()
        if figures.count(row for row in rows if row["error_share"] is not None) > 1
    ]
    return (
        _newest(days),
        *((Charts(tuple(drawn)),) if drawn else ()),
        _grades(groups),
    )


def _name(row: Row) -> str:
    return str(row["subject_name"] or row["subject"])


def _newest(days: dict[str, list[Row]]) -> Table:
    shown: list[tuple[Cell, ...]] = []
    for rows in days.values():
        last = rows[-1]
        shown.append(
            (
                _name(last),
                words.day(last["day_date"]),
                words.count(last["trace_count"]),
                words.share(last["error_share"]),
                _seconds(last["latency_p50_ms"]),
                _seconds(last["latency_p95_ms"]),
                Spark(
                    tuple(row["latency_p95_ms"] for row in rows),
                    f"95 in 100 within, {words.count(figures.count(rows), 'day')}",
                ),
            )
        )
    return Table(
        "Answers on the newest day",
        (
            Column("Application"),
            Column("Day"),
            Column("Answers", is_number=True),
            Column("Failed", is_number=True),
            Column("Half within", is_number=True),
            Column("95 in 100 within", is_number=True),
            Column("Trend of that", is_page_only=True),
        ),
        shown,
        empty="No answer is known.",
    )


def _chart(rows: list[Row]) -> Chart:
    worst = max((row for row in rows if row["error_share"] is not None), key=lambda row: row["error_share"])
    title = f"{_name(rows[0])}: {words.share(rows[-1]['error_share']).text} of the answers failed on the newest day, at worst {words.share(worst['error_share']).text} on {words.short_day(worst['day_date'])}"
    return Chart(
        title,
        "share of answers that failed, by day",
        title,
        charts.over_time(
            [row["day_date"] for row in rows],
            (charts.Series("failed", [row["error_share"] for row in rows], "accent", "bars"),),
            say=lambda value: f"{value:.0%}",
            salt=f"answers {rows[0]['subject']}",
        ),
        Table(
            f"Answers of {_name(rows[0])} by day",
            (Column("Day"), Column("Answers", is_number=True), Column("Failed", is_number=True), Column("Half within", is_number=True), Column("95 in 100 within", is_number=True)),
            [
                (words.day(row["day_date"]), words.count(row["trace_count"]), words.share(row["error_share"]), _seconds(row["latency_p50_ms"]), _seconds(row["latency_p95_ms"]))
                for row in rows
            ],
            empty="No days.",
            layout="scroll",
            limit=DAYS,
        ),
    )  # fmt: skip


def _grades(groups: dict[str, dict[object, list[Row]]]) -> Table:
    """The mean of each assessment on the newest day that has it, with its days."""
    curves: dict[tuple[str, str], list[Row]] = {}
    for by_day in groups.values():
        for row in (one for rows in by_day.values() for one in rows):
            if row["assessment"] is not None:
                curves.setdefault((_name(row), row["assessment"]), []).append(row)
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(name), Value(assessment, tone="under")),
            words.day(rows[-1]["day_date"]),
            words.count(rows[-1]["assessment_count"]),
            words.number(rows[-1]["assessment_mean"]),
            Spark(tuple(row["assessment_mean"] for row in rows[-DAYS:]), "Mean by day"),
        )
        for (name, assessment), rows in sorted(curves.items())
    ]
    return Table(
        "How answers were graded, by people, models or code",
        (
            Column("Grade"),
            Column("Newest day"),
            Column("Grades", is_number=True),
            Column("Mean", is_number=True, explain="Yes and true count 1, no and false 0"),
            Column("By day"),
        ),
        shown,
        empty="No answer was graded.",
    )


def _seconds(milliseconds: float | None) -> Value:
    return (
        words.UNKNOWN
        if milliseconds is None
        else Value(f"{milliseconds / 1000:.1f}{words.SPACE}s", f"{milliseconds:,.0f} ms")
    )
