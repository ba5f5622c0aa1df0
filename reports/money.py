"""Money: budget, work earned, spending and where they lead, per initiative and month (earned value, ANSI/EIA-748)."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from reports import charts, words
from reports.document import Block, Cell, Chart, Charts, Column, Prose, Table, Tile, Tiles, Value, note
from reports.marts import Marts, Row

EARNED = """
    select
        initiative_id, month_date, bac_amount, pv_amount, ev_amount, ac_amount, cpi, spi_t, eac_amount, vac_amount,
        percent_complete_share, notes
    from marts.earned_value
    order by initiative_id nulls first, month_date
"""
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


def blocks(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """Headline figures, then each initiative's."""
    program = latest(marts, marts.rows(EARNED)).get(None)
    tiles = (_tiles(program, marts.currency),) if program is not None else ()
    return (*tiles, *by_initiative(marts, names))


def by_initiative(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """The table by initiative with what its words mean, and the curves."""
    rows = marts.rows(EARNED)
    last = latest(marts, rows)
    if not last:
        return (note("No budget is known. It comes from the budget tab of the program sheet."),)
    found: list[Block] = []
    month = max(row["month_date"] for row in last.values())
    found.append(_table(last, names, marts.currency, month))
    found.append(_meaning())
    months = {initiative: list(group) for initiative, group in groupby(rows, key=lambda row: row["initiative_id"])}
    measured = [one for one in _order(last, names) if last[one]["ev_amount"] is not None][:MOST_CHARTS]
    if measured:
        drawn = [_curves(months[one], _name(one, names), last[one], marts) for one in measured]
        found.append(Charts(tuple(drawn)))
    return tuple(found)


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
            Tile("Expected in all", words.amount(row["eac_amount"], currency), _variance(row["vac_amount"], currency)),
        )
    )


def _variance(vac: float | None, currency: str) -> str:
    if vac is None:
        return "cannot be computed yet"
    said = words.amount(abs(vac), currency).text
    return f"{said} over budget" if vac < 0 else f"{said} under budget"


def _table(last: dict[str | None, Row], names: dict[str, str], currency: str, month: date) -> Table:
    money = {"BAC": "bac_amount", "EV": "ev_amount", "AC": "ac_amount", "EAC": "eac_amount"}
    titles = {"BAC": "Budget (BAC)", "EV": "Earned (EV)", "AC": "Spent (AC)", "EAC": "Expected in all (EAC)"}
    shown: list[tuple[Cell, ...]] = []
    for initiative in _order(last, names):
        row = last[initiative]
        amounts = {name: words.amount(row[column], currency) for name, column in money.items()}
        vac = words.amount(row["vac_amount"], currency)
        shown.append(
            (
                (Value(_name(initiative, names)), Value(_notes(row), tone="under")),
                amounts["BAC"],
                amounts["EV"],
                amounts["AC"],
                _index(row["cpi"], "" if row["cpi"] is None else words.earned(row["cpi"], currency)),
                _index(
                    row["spi_t"], "" if row["spi_t"] is None else f"moves at {row['spi_t']:.0%} of the planned pace"
                ),
                amounts["EAC"],
                Value(vac.text, vac.full, tone="bad") if (row["vac_amount"] or 0) < 0 else vac,
            )
        )
    return Table(
        f"Money by initiative at the end of {words.month(month).text}",
        (
            Column("Initiative"),
            Column(titles["BAC"], is_number=True, explain="Budget at completion: the approved total"),
            Column(
                titles["EV"],
                is_number=True,
                explain="Earned value: the budget of the work that is done",
                is_page_only=True,
            ),
            Column(titles["AC"], is_number=True, explain="Actual cost: what was spent"),
            Column("Cost (CPI)", is_number=True, explain="Earned divided by spent"),
            Column("Pace (SPI(t))", is_number=True, explain="Months of planned work done per month passed"),
            Column(titles["EAC"], is_number=True, explain="Estimate at completion: budget divided by CPI"),
            Column(
                "Left over (VAC)",
                is_number=True,
                explain="Budget minus expected; below zero is over budget",
                is_page_only=True,
            ),
        ),
        shown,
        empty="",
        is_caption_shown=True,
    )


def _notes(row: Row) -> str:
    notes = row["notes"]
    text = "; ".join(notes) if isinstance(notes, list) else notes or ""
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


def _curves(rows: list[Row], name: str, last: Row, marts: Marts) -> Chart:
    currency = marts.currency
    months = [row["month_date"] for row in rows]
    closed = last["month_date"]
    earned = [row["ev_amount"] if row["month_date"] <= closed else None for row in rows]
    spent = [row["ac_amount"] if row["month_date"] <= closed else None for row in rows]
    planned = [row["pv_amount"] for row in rows]
    picture = charts.over_time(
        months,
        (
            charts.Series("planned", planned, "muted", "dashed"),
            charts.Series("spent", spent, "ink"),
            charts.Series("earned", earned, "accent"),
        ),
        say=lambda value: words.amount(value, currency).text,
        salt=f"earned {name}",
        today=closed,
    )
    title = f"{name}: {_message(last, currency)}"
    return Chart(
        title,
        f"{currency}, running total by month end",
        f"{title}. Planned {words.amount(last['pv_amount'], currency).text}, earned "
        f"{words.amount(last['ev_amount'], currency).text}, spent {words.amount(last['ac_amount'], currency).text} "
        f"by {words.month(closed).text}.",
        picture,
        Table(
            f"Planned, earned and spent: {name}",
            (Column("Month"), *(Column(title, is_number=True) for title in ("Planned", "Earned", "Spent"))),
            [
                (words.month(at), *(_full(value, currency) for value in three))
                for at, *three in zip(months, planned, earned, spent, strict=True)
            ],
            empty="No months.",
            layout="scroll",
            limit=60,
        ),
    )


def _full(value: float | None, currency: str) -> Value:
    said = words.amount(value, currency)
    return said if value is None else Value(said.full)


def _message(row: Row, currency: str) -> str:
    if row["cpi"] is None and row["spi_t"] is None:
        return "earned value is not known"
    parts = []
    if row["cpi"] is not None:
        parts.append(words.earned(row["cpi"], currency))
    if row["spi_t"] is not None:
        pace = row["spi_t"]
        parts.append("the pace is as planned" if abs(pace - 1) < 0.05 else f"the pace is {pace:.0%} of plan")
    return ", ".join(parts)
