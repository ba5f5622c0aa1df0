"""What one unit of work costs: a finished story point, a shipped model version, an hour of experiments."""

from __future__ import annotations

from datetime import date
from statistics import median

from reports import words
from reports.document import Block, Cell, Chart, Charts, Column, Table, Value, note
from reports.drawing import charts
from reports.marts import Marts, Row
from reports.sections import spending

COSTS = """
    select initiative_id, unit, month_date, amount, unit_count, amount_per_unit, amount_per_unit_to_date, known_month_count, notes
    from marts.unit_costs
    order by initiative_id, unit, month_date
"""
UNITS = {
    "story_point": "per finished story point",
    "model_version": "per model version shipped",
    "experiment_hour": "computing per experiment hour",
}
STEADY = 0.1
"""A last month that differs by less from the median before is called steady."""
WHOLE_BELOW = 10_000
"""Of the cost of a point: two months that differ would look alike in thousands."""
NOTHING = "No unit cost is known: it takes actuals in the budget and finished points, champions or training runs."


def blocks(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """Unit costs by initiative with those to date, the last months of the story point, and why figures are missing."""
    rows = marts.rows(COSTS)
    if not rows:
        return (note(NOTHING),)
    last = max(row["month_date"] for row in rows)
    return (_table(rows, names, marts), *_drawn(rows, marts), note(f"Actual cost of months that are over, reserves left out. A shipped version is one that became champion; before the registry was first read that is unknown. The last month is {words.month(last).text}."))  # fmt: skip


def _table(rows: list[Row], names: dict[str, str], marts: Marts) -> Table:
    """Each initiative and unit: to date, and in its last month with the number of units."""
    latest = {(row["initiative_id"], row["unit"]): row for row in rows}
    order = {one: place for place, one in enumerate(names)}
    groups: dict[tuple[object, ...], list[Row]] = {}
    for (initiative, unit), row in sorted(latest.items(), key=lambda pair: (list(UNITS).index(pair[0][1]) if pair[0][1] in UNITS else 9, order.get(pair[0][0], 999), pair[0][0])):  # fmt: skip
        # Initiatives of which nothing is known, for one reason, are one row.
        is_unknown = row["amount_per_unit_to_date"] is None and row["unit_count"] is None and row["notes"] is not None
        alike = (row["notes"], row["known_month_count"]) if is_unknown else (initiative,)
        groups.setdefault((unit, *alike), []).append(row)
    shown: list[tuple[Cell, ...]] = []
    for of_it in groups.values():
        row, called = of_it[0], [names.get(one["initiative_id"]) or one["initiative_id"] for one in of_it]
        shown.append(
            (
                (
                    Value(words.joined(called, most=len(called))),
                    Value(UNITS.get(row["unit"], words.label(row["unit"])), tone="under"),
                ),
                words.amount(row["amount_per_unit_to_date"], marts.currency),
                words.amount(row["amount_per_unit"], marts.currency),
                Value(words.plain(row["unit_count"])),
                words.count(row["known_month_count"]),
                Value(words.sentence(row["notes"]), tone="quiet") if row["notes"] else "",
            )
        )
    return Table(
        "What one unit costs",
        (
            Column("Initiative and unit"),
            Column("To date", is_number=True, explain="Cost of the known months over their units"),
            Column("Last month", is_number=True),
            Column("Units", is_number=True, explain="In the last month"),
            Column(
                "Months", is_number=True, explain="Months of which cost and units are both known", is_page_only=True
            ),
            Column("Note", is_page_only=True),
        ),
        shown,
        empty=NOTHING,
        limit=40,
    )


def _drawn(rows: list[Row], marts: Marts) -> tuple[Block, ...]:
    """The program's cost of a finished point by month, where every initiative with points knows its cost."""
    months: dict[date, list[Row]] = {}
    for row in rows:
        if row["unit"] == "story_point":
            months.setdefault(row["month_date"], []).append(row)
    days, values = sorted(months), []
    for day in days:
        known = all(row["amount"] is not None and row["unit_count"] is not None for row in months[day])
        points = sum(row["unit_count"] or 0 for row in months[day])
        values.append(sum(row["amount"] for row in months[day]) / points if known and points else None)
    drawn = [value for value in values if value is not None]
    if len(drawn) < 2:
        return ()
    now, before = drawn[-1], median(drawn[:-1])
    told, former = (words.amount(one, marts.currency, whole_below=WHOLE_BELOW).text for one in (now, before))
    said = f"{told}, was {former}" if abs(now - before) >= STEADY * before else f"a steady {told}"
    title = f"A finished story point costs {said}"
    table = Table(
        "Cost of a finished story point by month, all initiatives",
        (Column("Month"), Column("Cost", is_number=True)),
        [(words.month(day), spending.exact(value, marts.currency)) for day, value in zip(days, values, strict=True)],
        empty=NOTHING,
        layout="scroll",
    )
    picture = charts.over_time(
        days,
        (charts.Series("", values, "accent", "line"),),
        say=lambda value: words.amount(value, marts.currency).text,
        salt="unit costs",
        today=marts.today.replace(day=1) if marts.today else None,
    )
    return (
        Charts(
            (
                Chart(
                    title,
                    "cost of a point by month; the last one against the median of those before",
                    f"{title}.",
                    picture,
                    table,
                    marts.currency,
                ),
            )
        ),
    )
