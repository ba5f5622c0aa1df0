"""The budget sheet cell by cell: what changed between two syncs, and what could not be read."""

from __future__ import annotations

from reports import figures, words
from reports.document import Block, Cell, Column, Table, Value, note
from reports.marts import Marts, Row
from reports.sections import spending

CHANGES = """
    select budget_line_id, month_date, field, old_amount, new_amount, seen_at
    from marts.budget_changes
    order by seen_at desc, abs(coalesce(new_amount, 0) - coalesce(old_amount, 0)) desc, budget_line_id, month_date
"""
ADDRESSES = {"planned": "planned_cell", "actual": "actual_cell", "forecast": "forecast_cell"}


def changes(marts: Marts, rows: list[Row], lines: list[Row], names: dict[str, str]) -> tuple[Block, ...]:
    """Every changed cell with its address, the newest sync first and in it the greatest difference."""
    where = {(row["budget_line_id"], row["month_date"]): row for row in lines}
    table = Table(
        "Cells of the budget that changed",
        (
            Column("Cell"),
            Column("Month"),
            Column("Was", is_number=True),
            Column("Is", is_number=True),
            Column("Difference", is_number=True),
            Column("Seen"),
        ),
        [_change(row, where.get((row["budget_line_id"], row["month_date"])), names, marts) for row in rows],
        empty="No cell has changed since the sheet was first read.",
        limit=15,
    )
    if not rows:
        return (table,)
    return (note(_sum(rows, marts)), table)


def _sum(rows: list[Row], marts: Marts) -> str:
    """What the newest sync with changes brought, by field."""
    newest = [row for row in rows if row["seen_at"] == rows[0]["seen_at"]]
    parts = []
    for field, title in (("planned", "plan"), ("actual", "actuals"), ("forecast", "forecast")):
        cells = [row for row in newest if row["field"] == field]
        moved = sum((row["new_amount"] or 0.0) - (row["old_amount"] or 0.0) for row in cells)
        if cells:
            sign = "+" if moved > 0 else ""
            parts.append(
                f"{title} {sign}{words.amount(moved, marts.currency).text} in {words.count(figures.count(cells), 'cell')}"
            )
    what = words.joined(parts) or words.count(figures.count(newest), "cell")
    return f"The newest changes were seen on {marts.day(newest[0]['seen_at']).text}: {what}."


def _change(row: Row, line: Row | None, names: dict[str, str], marts: Marts) -> tuple[Cell, ...]:
    address = line[ADDRESSES[row["field"]]] if line and row["field"] in ADDRESSES else None
    initiative = (names.get(line["initiative_id"]) or line["initiative_as_given"] or "") if line else ""
    about = " · ".join(
        part
        for part in (spending.line(row["budget_line_id"]), (line or {}).get("category"), row["field"], initiative)
        if part
    )
    is_both = row["old_amount"] is not None and row["new_amount"] is not None
    return (
        (Value(address or "no longer in the sheet", tone="" if address else "quiet"), Value(about, tone="under")),
        words.month(row["month_date"]),
        _amount(row["old_amount"], marts.currency),
        _amount(row["new_amount"], marts.currency),
        _difference(row["new_amount"] - row["old_amount"], marts.currency) if is_both else Value("new" if row["old_amount"] is None else "gone", tone="quiet"),
        marts.day(row["seen_at"]),
    )  # fmt: skip


def _amount(value: float | None, currency: str) -> Value:
    return Value("blank", tone="quiet") if value is None else Value(words.amount(value, currency).full)


def _difference(value: float, currency: str) -> Value:
    return Value(f"{'+' if value > 0 else ''}{words.amount(value, currency).full}")


def unreadable(lines: list[Row]) -> Table:
    """Each cell of the budget that held no amount, with what it held; the last good version stays in force."""
    shown: list[tuple[Cell, ...]] = []
    for row in lines:
        for fault in row["faults"] or []:
            address, _, said = str(fault).partition(": ")
            shown.append(
                (
                    Value(address if said else "The sheet"),
                    words.sentence(said or str(fault)),
                    f"{spending.line(row['budget_line_id'])} {words.month(row['month_date']).text}",
                    Value(_stands(row, address)),
                )
            )
    return Table(
        "Cells of the budget that could not be read",
        (Column("Cell"), Column("What is wrong"), Column("Line"), Column("What counts instead")),
        shown,
        empty="Every cell of the budget could be read.",
        limit=25,
    )


def _stands(row: Row, address: str) -> str:
    """What the figures use in the place of a bad cell."""
    for field, column in ADDRESSES.items():
        if row[column] == address:
            return "its last good value" if row[f"{field}_amount"] is not None else "nothing: it never held an amount"
    return "its last good version, if there is one"
