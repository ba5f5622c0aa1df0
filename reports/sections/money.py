"""Money: budget, work earned, spending and where they lead, per initiative and month (earned value, ANSI/EIA-748)."""

from __future__ import annotations

import math
from datetime import date
from itertools import groupby
from typing import TypeAlias

from reports import figures, months, words
from reports.document import Block, Cell, Chart, Charts, Column, Prose, Table, Tile, Tiles, Value, note
from reports.drawing import charts
from reports.marts import Marts, Row
from reports.sections import status

EARNED = """
    select
        initiative_id, month_date, bac_amount, pv_amount, ev_amount, ac_amount, cpi, spi_t, eac_amount, vac_amount,
        vac_tolerance_amount, percent_complete_share, notes
    from marts.earned_value
    order by initiative_id nulls first, month_date
"""
ENDS = """
    select scope_id, p80_date
    from marts.delivery_forecasts
    where scope_kind = 'initiative' and scenario = 'base' and p80_date is not null
"""
Way: TypeAlias = tuple[float, date]
"""An amount that is still to be spent, and the month in which it is."""
MOST_CHARTS = 6
PROGRAM = "The program"


def latest(marts: Marts, rows: list[Row]) -> dict[str | None, Row]:
    """The last closed month of each initiative that has any amount; the current month is never read as final."""
    this_month = marts.today.replace(day=1) if marts.today else date.max
    found: dict[str | None, Row] = {}
    for row in rows:
        measured = any(row[name] is not None for name in ("ev_amount", "ac_amount", "bac_amount"))
        if measured and row["month_date"] < this_month:
            found[row["initiative_id"]] = row
    return found


def blocks(marts: Marts, names: dict[str, str], *, is_plain: bool = False) -> tuple[Block, ...]:
    """Headline figures, then each initiative's; plain ones for people who need not know what CPI is."""
    program = latest(marts, marts.rows(EARNED)).get(None)
    tiles = (_tiles(program, marts.currency),) if program is not None else ()
    return (*tiles, *by_initiative(marts, names, is_plain=is_plain))


def by_initiative(marts: Marts, names: dict[str, str], *, is_plain: bool = False) -> tuple[Block, ...]:
    """The table by initiative with what its words mean, and the curves."""
    rows = marts.rows(EARNED)
    last = latest(marts, rows)
    if not last:
        return (note("No budget is known. It comes from the budget tab of the program sheet."),)
    found: list[Block] = []
    month = max(row["month_date"] for row in last.values())
    found.append(_table(last, names, marts.currency, month, is_plain=is_plain))
    found += _not_the_sum(last, marts.currency)
    if not is_plain:
        found.append(_meaning())
    rows_of = {initiative: list(group) for initiative, group in groupby(rows, key=lambda row: row["initiative_id"])}
    measured = [one for one in _order(last, names) if last[one]["ev_amount"] is not None][:MOST_CHARTS]
    if is_plain:
        measured = _gravest(measured, last)
    if measured:
        ends = _ends(marts, last)
        ways = _ways(rows_of, last, ends, marts)
        drawn = [
            _curves(rows_of[one], _name(one, names), last[one], ways[one], ends.get(one), marts=marts)
            for one in measured
        ]
        found.append(Charts(tuple(drawn)))
    return tuple(found)


def _gravest(measured: list[str | None], last: dict[str | None, Row]) -> list[str | None]:
    """The program, and the initiative that is furthest over its budget."""
    single = [one for one in measured if one is not None]
    worst = min(
        single,
        key=lambda one: last[one]["vac_amount"] if last[one]["vac_amount"] is not None else math.inf,
        default=None,
    )
    return [one for one in measured if one in (None, worst)]


def _order(last: dict[str | None, Row], names: dict[str, str]) -> list[str | None]:
    """The program first, then the initiatives in the roadmap's order."""
    order = [None, *names]
    return sorted(last, key=lambda one: order.index(one) if one in order else len(order))


def _name(initiative: str | None, names: dict[str, str]) -> str:
    return PROGRAM if initiative is None else names.get(initiative, initiative)


def _tiles(row: Row, currency: str) -> Tiles:
    return Tiles(
        (
            Tile("Budget in all", words.amount(row["bac_amount"], currency)),
            Tile(
                "Spent",
                words.amount(row["ac_amount"], currency),
                f"to the end of {words.month(row['month_date']).text}",
            ),
            Tile("Work earned", words.amount(row["ev_amount"], currency), "budget of the work that is done"),
            Tile(
                "Expected in all",
                words.amount(row["eac_amount"], currency),
                variance(row["vac_amount"], currency, row["vac_tolerance_amount"]),
            ),
        )
    )


def is_nothing(vac: float, tolerance: float | None) -> bool:
    """Whether a variance is nothing beside its budget, as the mart's tolerance has it; less than a half is never told."""
    return abs(vac) < max(0.5, tolerance or 0.0)


def variance(vac: float | None, currency: str, tolerance: float | None = None) -> str:
    """What would be left of the budget, in words; what is within the tolerance is none."""
    if vac is None:
        return "cannot be computed yet"
    if is_nothing(vac, tolerance):
        return "as the budget has it"
    said = words.amount(abs(vac), currency).text
    return f"{said} over budget" if vac < 0 else f"{said} under budget"


TITLES = (
    ("Initiative", "Initiative", ""),
    ("Budget (BAC)", "Budget", "Budget at completion: the approved total"),
    ("Earned (EV)", "Work earned", "Earned value: the budget of the work that is done"),
    ("Spent (AC)", "Spent", "Actual cost: what was spent"),
    (
        "Cost (CPI)",
        "Earned per {one} spent",
        "Earned divided by spent; below 1 each unit of money earns less than planned",
    ),
    ("Pace (SPI(t))", "Pace", "Months of planned work done per month passed; 1 is as planned"),
    ("Expected in all (EAC)", "Expected in all", "Estimate at completion: budget divided by cost efficiency"),
    ("Left over (VAC)", "Left over", "Budget minus expected; below zero is over budget"),
)
"""Each column's name for those who know earned value and for those who do not, and what it means."""

WIDE = (2, 7)
"""Columns that have no room in Markdown."""


def _table(last: dict[str | None, Row], names: dict[str, str], currency: str, month: date, *, is_plain: bool) -> Table:
    shown: list[tuple[Cell, ...]] = []
    for initiative in _order(last, names):
        row = last[initiative]
        bac, ev, ac, eac = (words.amount(row[f"{name}_amount"], currency) for name in ("bac", "ev", "ac", "eac"))
        cpi = _index(row["cpi"], "" if row["cpi"] is None else words.earned(row["cpi"], currency))
        pace = _index(row["spi_t"], "" if row["spi_t"] is None else f"moves at {row['spi_t']:.2f} of the planned pace")
        if is_plain:
            pace = words.number(row["spi_t"])
        over = _left(row, currency)
        name = (Value(_name(initiative, names)), Value(_notes(row, names), tone="under"))
        shown.append((name, bac, ev, ac, cpi, pace, eac, over))
    unit = words.COINS.get(currency, (currency,))[0]
    return Table(
        f"Money by initiative at the end of {words.month(month).text}",
        tuple(
            Column(
                (plain if is_plain else short).format(one=unit),
                is_number=index > 0,
                explain=explain,
                is_page_only=index in WIDE,
            )
            for index, (short, plain, explain) in enumerate(TITLES)
        ),
        shown,
        empty="",
        is_caption_shown=True,
    )


def _left(row: Row, currency: str) -> Value:
    """What would be left of the budget; to the cent on hover where it is nothing beside it."""
    vac = row["vac_amount"]
    said = words.amount(vac, currency)
    if vac is None:
        return said
    if is_nothing(vac, row["vac_tolerance_amount"]):
        return Value(figures.said(vac, "none"), said.full)
    return Value(said.text, said.full, tone="bad" if vac < 0 else "")


def _not_the_sum(last: dict[str | None, Row], currency: str) -> list[Block]:
    """Why the program's own row is not what its initiatives' rows add up to, where a reader would see that it is not."""
    each = [row["vac_amount"] for initiative, row in last.items() if initiative is not None]
    own = last[None]["vac_amount"] if None in last else None
    if own is None or not each or any(one is None for one in each):
        return []
    added = figures.total(each)
    if is_nothing(figures.bare(added) - figures.bare(own), last[None]["vac_tolerance_amount"]):
        return []
    said = variance(added, currency, last[None]["vac_tolerance_amount"])
    return [
        note(
            "The program's row is reckoned with the rate of all its work together; the rows of its initiatives, "
            f"each with a rate of its own, add up to {said}."
        )
    ]


def _notes(row: Row, names: dict[str, str]) -> str:
    """What is missing and what to do about it, with initiatives by their names."""
    text = status.named(row["notes"] or "", names)
    return words.sentence(text) if text else ""


def _index(value: float | None, meaning: str) -> Value:
    said = words.number(value)
    if value is None:
        return said
    return Value(said.text, f"{said.full}: {meaning}")


def _meaning() -> Prose:
    return note(
        "CPI below 1: each unit of money earns less planned work than it should. SPI(t) below 1: the work moves "
        "slower than planned. EAC: what it will cost in all if that goes on. VAC: what would be left of the budget."
    )


def work_ends(marts: Marts) -> dict[str | None, date]:
    """By when the work of each initiative is forecast to be done, eight chances in ten."""
    return {row["scope_id"]: row["p80_date"] for row in marts.rows(ENDS)}


def _ends(marts: Marts, last: dict[str | None, Row]) -> dict[str | None, date]:
    """By when the work of each initiative is forecast to be done, and the program's with the last of them."""
    found = work_ends(marts)
    each = [one for one in last if one is not None]
    if each and all(one in found for one in each):
        found[None] = max(found[one] for one in each)
    return found


def _end(forecast: date | None, planned: date, marts: Marts) -> date:
    """The month in which the cost is complete: as forecast, else as planned; never one that has passed."""
    found = forecast or planned
    return max(found, marts.today or found).replace(day=1)


def _plan_ends(rows: list[Row]) -> date:
    """The last month for which money is planned: the months of an initiative run on to the end of the program."""
    planned = [figures.bare(row["pv_amount"] or 0.0) for row in rows]
    grew = [row for row, before, now in zip(rows, [0.0, *planned], planned, strict=False) if now != before]
    last: date = (grew or rows)[-1]["month_date"]
    return last


def _ways(
    rows_of: dict[str | None, list[Row]], last: dict[str | None, Row], ends: dict[str | None, date], marts: Marts
) -> dict[str | None, list[Way]]:
    """What each scope has still to spend, and until when; the program as its initiatives do, where all are known."""
    found: dict[str | None, list[Way]] = {}
    for one, row in last.items():
        end = _end(ends.get(one), _plan_ends(rows_of[one]), marts)
        if row["ac_amount"] is not None and row["eac_amount"] is not None:
            found[one] = [(max(0.0, figures.bare(row["eac_amount"]) - figures.bare(row["ac_amount"])), end)]
        else:
            found[one] = []
    parts = [way for one, of_it in found.items() if one is not None for way in of_it]
    if None in found and len(parts) == len(found) - 1 and any(still for still, _ in parts):
        found[None] = parts
    return found


def _expected(axis: list[date], last: Row, ways: list[Way], end: date) -> list[float | None]:
    """From what was spent to what is expected in all, each part evenly until its own end."""
    spent, in_all = last["ac_amount"], last["eac_amount"]
    closed = last["month_date"]
    whole = sum(still for still, _ in ways) or 1.0

    def share(month: date) -> float:
        if month == end:
            return 1.0
        spans = ((still, max(1, months.between(closed, min(until, end)))) for still, until in ways)
        return sum(still * min(1.0, months.between(closed, month) / span) for still, span in spans) / whole

    return [spent + (in_all - spent) * share(month) if closed <= month <= end else None for month in axis]


def _curves(rows: list[Row], name: str, last: Row, ways: list[Way], forecast: date | None, *, marts: Marts) -> Chart:
    """Planned, spent and earned by month, and the way from there to the estimate at completion where there is one."""
    currency = marts.currency
    axis = [row["month_date"] for row in rows]
    closed = last["month_date"]
    planned_until = _plan_ends(rows)
    end = _end(forecast, planned_until, marts)
    unit = "running total by month end"
    expected: list[float | None] = []
    if last["ac_amount"] is not None and last["eac_amount"] is not None and end > closed:
        axis = months.through(axis[0], max(axis[-1], end))
        expected = _expected(axis, last, ways, end)
        unit += f"; expected: to its {'forecast end' if forecast else 'end as planned'}, {words.month(end).text}"
    by_month = {row["month_date"]: row for row in rows}
    planned, spent, earned = (
        [by_month.get(month, {}).get(column) if column == "pv_amount" or month <= closed else None for month in axis]
        for column in ("pv_amount", "ac_amount", "ev_amount")
    )
    lines = {"Planned": planned, "Earned": earned, "Spent": spent, **({"Expected": expected} if expected else {})}
    picture = charts.over_time(
        axis,
        (
            charts.Series("planned", planned, "muted", "dashed"),
            charts.Series("spent", spent, "ink"),
            charts.Series("earned", earned, "accent"),
            *([charts.Series("expected", expected, "ink", "dashed")] if expected else []),
        ),
        say=lambda value: words.amount(value, currency).text,
        salt=f"earned {name}",
        today=closed,
    )
    title = f"{name}: {_message(last, currency)}"
    if expected and forecast and end > planned_until:
        title += f"; its plan ends in {words.month(planned_until).text}, its work in {words.month(forecast).text}"
    return Chart(
        title,
        unit,
        f"{title}. Planned {words.amount(last['pv_amount'], currency).text}, earned "
        f"{words.amount(last['ev_amount'], currency).text}, spent {words.amount(last['ac_amount'], currency).text} "
        f"by {words.month(closed).text}{f'; {words.earned(cpi, currency)}' if (cpi := last['cpi']) is not None else ''}.",
        picture,
        Table(
            f"Planned, earned and spent: {name}",
            (Column("Month"), *(Column(one, is_number=True) for one in lines)),
            [
                (words.month(at), *(_full(value, currency) for value in each))
                for at, *each in zip(axis, *lines.values(), strict=True)
            ],
            empty="No months.",
            layout="scroll",
            limit=60,
        ),
        currency,
    )


def _full(value: float | None, currency: str) -> Value:
    said = words.amount(value, currency)
    return said if value is None else Value(said.full)


def _message(row: Row, currency: str) -> str:
    """What it will cost in all where that is known, else what the money has earned; and the pace."""
    parts = []
    if row["eac_amount"] is not None:
        over = variance(row["vac_amount"], currency, row["vac_tolerance_amount"])
        parts.append(f"{words.amount(row['eac_amount'], currency).text} expected in all, {over}")
    elif row["cpi"] is not None:
        parts.append(words.earned(row["cpi"], currency))
    if row["spi_t"] is not None:
        pace = row["spi_t"]
        parts.append(f"the pace is {pace:.2f} of plan")
    return "; ".join(parts) or "earned value is not known"
