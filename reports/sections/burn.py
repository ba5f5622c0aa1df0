"""How fast money is spent: what each initiative spends a month, and until when its budget lasts.

Not here: what was spent on what (spending.py), what it has earned (money.py).
"""

from __future__ import annotations

from datetime import date

from reports import figures, words
from reports.document import Block, Cell, Column, Table, Value
from reports.marts import Marts, Row
from reports.sections import money, spending

BURN = """
    select
        scope_id, initiative_id, run_rate_month_count, run_rate_amount, planned_rate_amount, runway_months,
        runs_out_month_date, planned_until_month_date, notes
    from marts.budget_burn
    order by scope_id
"""


def rates(burns: list[Row], names: dict[str, str], marts: Marts) -> tuple[Block, ...]:
    """What each initiative spends a month, and until when its budget lasts at that rate, beside the ends of its plan and work."""
    order, work_ends = list(names), money.work_ends(marts)
    single = [row for row in burns if row["initiative_id"] is not None]
    single.sort(key=lambda row: order.index(row["initiative_id"]) if row["initiative_id"] in names else len(order))
    table = Table(
        "Spending a month over the last closed months, and how long the budget lasts",
        (
            Column("Initiative"),
            Column("Spent a month", is_number=True, explain="Mean of the last closed months with all their actuals"),
            Column("Planned a month", is_number=True, explain="Mean of the same months"),
            Column("Plan ends", explain="The last month for which money is planned"),
            Column("Work ends", explain="As forecast, with eight chances in ten"),
            Column("Budget lasts into", explain="What is left of the budget, at the rate of these months"),
        ),
        [_rate(row, names, work_ends.get(row["initiative_id"]), marts.currency) for row in single],
        empty=spending.NO_BUDGET,
        limit=40,
    )
    return (table,)


def _rate(row: Row, names: dict[str, str], work_end: date | None, currency: str) -> tuple[Cell, ...]:
    ends, until = row["planned_until_month_date"], row["runs_out_month_date"]
    is_short = until is not None and ends is not None and until < ends
    said = Value("used up") if row["runway_months"] == 0 else words.month(until)
    if is_short and row["runway_months"] != 0:
        said = Value(f"{said.text}, {words.slip(figures.days_between(ends, until)).text}", said.full)
    note = words.sentence(row["notes"] or "")
    return (
        (Value(str(names.get(row["initiative_id"], row["initiative_id"]))), Value(note, tone="under")),
        words.amount(row["run_rate_amount"], currency),
        words.amount(row["planned_rate_amount"], currency),
        words.month(ends),
        words.month(work_end),
        Value(said.text, said.full, tone="bad") if is_short else said,
    )
