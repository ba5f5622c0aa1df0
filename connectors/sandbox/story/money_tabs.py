"""The spreadsheet's tabs about money: budget, baselines and rates."""

from __future__ import annotations

from datetime import date

from connectors.sandbox.program import Cell, Tab
from connectors.sandbox.story.initiatives import INITIATIVES, Initiative
from connectors.sandbox.story.sheet import TABS, Edition, Row

CATEGORIES = (("People", 0.6), ("Contractors", 0.14), ("Cloud compute", 0.17), ("Data and licences", 0.09))
_HEADER: Row = [
    "Line ID", "Initiative", "Category", "Month", "Planned (EUR)", "Actual (EUR)", "Forecast (EUR)", "Currency", "Reserve", "Cost centre",
]  # fmt: skip
_PLANNED, _ACTUAL, _FORECAST = 4, 5, 6
FORECAST_RAISED_IN = 4  # edition in which INI-2's forecast of the coming months goes up
BAD_AMOUNT_IN = 6  # edition from which one amount of INI-2 that was good is typed as "12k"


def budget(edition: Edition) -> Tab:
    """Title, merged group headers, the header in row 3, one row per line and month, a note at the end."""
    rows: list[Row] = [
        ["Program budget", None, None, None, "EUR unless said otherwise"],
        ["Line", None, None, None, "Plan", "Booked", "Outlook", "Details"],
        list(_HEADER),
    ]
    for plan in INITIATIVES:
        rows += _lines(edition, plan)
    rows += _shared_lines(edition)
    _type_badly(edition, rows)
    rows += [[], ["Actuals are booked by finance in the first days of the next month."]]
    return Tab(TABS["budget"], 101, rows, merges=[(0, 1, 0, 4), (1, 2, 0, 4), (1, 2, 7, 10)])


def _lines(edition: Edition, plan: Initiative) -> list[Row]:
    money = edition.money[plan.id]
    rows: list[Row] = []
    for position, (category, _) in enumerate(CATEGORIES):
        for index, planned in enumerate(money.planned):
            month = edition.month_of(plan, index)
            booked = (
                _parts(money.actual[index])[position]
                if index < len(money.actual) and edition.is_closed(month)
                else None
            )
            amount = _parts(planned)[position]
            rows.append(
                [
                    f"B-{plan.id[-1]}{position + 1}", plan.id, category, month, amount, booked,
                    booked if booked is not None else _outlook(edition, plan, index, amount), "EUR", "no", f"CC-4{plan.id[-1]}0",
                ]
            )  # fmt: skip
    return rows


def _parts(amount: float) -> list[int]:
    """An amount split over the categories in whole euros that add up."""
    whole = round(amount)
    parts = [round(whole * share) for _, share in CATEGORIES[1:]]
    return [whole - sum(parts), *parts]


def _outlook(edition: Edition, plan: Initiative, index: int, planned: int) -> int:
    """The forecast of an open month: the plan, raised for INI-2 when the overrun is admitted."""
    is_raised = plan.id == "INI-2" and edition.number >= FORECAST_RAISED_IN and index >= plan.closed_months
    return round(planned * 1.18) if is_raised else planned


def _shared_lines(edition: Edition) -> list[Row]:
    """Costs no initiative carries: licences in dollars, and a reserve of which one month is not decided."""
    rows: list[Row] = []
    for offset in range(-9, 4):
        month = edition.calendar.month(offset)
        booked: Cell = 9_870 + 35 * offset if edition.is_closed(month) and offset < 0 else None
        rows.append(["B-91", "SHARED", "Data and licences", month, 9_900, booked, 9_900, "USD", "no", "CC-490"])
    for offset in (0, 1, 2):
        amount: Cell = "tbd" if offset == 2 else 15_000
        rows.append(
            ["B-92", "SHARED", "Reserve", edition.calendar.month(offset), amount, None, None, "EUR", "yes", "CC-490"]
        )
    return rows


def _type_badly(edition: Edition, rows: list[Row]) -> None:
    """Amounts as people type them: German text for a number from edition 3 on, and "12k" from BAD_AMOUNT_IN on."""
    ini_2 = [row for row in rows if len(row) > _FORECAST and row[1] == "INI-2"]
    if edition.number >= 3:
        number = ini_2[2][_PLANNED]
        ini_2[2][_PLANNED] = f"{number:,}.00".replace(",", " ").replace(".", ",").replace(" ", ".")
    if edition.number >= BAD_AMOUNT_IN:
        ini_2[16][_ACTUAL] = "12k"
    ini_4 = [row for row in rows if len(row) > _FORECAST and row[1] == "INI-4"]
    ini_4[-1][_FORECAST] = "#N/A"


def baselines(edition: Edition) -> Tab:
    """The approved plan of each initiative by month."""
    rows: list[Row] = [["Initiative", "Version", "Approved date", "Month", "Planned"]]
    for plan in INITIATIVES:
        approved = edition.day_of(plan, -0.4)
        for index, planned in enumerate(edition.money[plan.id].planned):
            rows.append([plan.id, "v1", approved, edition.month_of(plan, index), round(planned)])
    return Tab(TABS["baselines"], 102, rows)


def rates(edition: Edition) -> Tab:
    """Euros for one dollar and one pound by month."""
    random = edition.random("rates")
    rows: list[Row] = [["Currency", "Month", "Rate", "Source"]]
    months: list[date] = [edition.calendar.month(offset) for offset in range(-18, 7)]
    for currency, middle in (("USD", 0.92), ("GBP", 1.17)):
        rows += [[currency, month, round(middle + random.uniform(-0.02, 0.02), 4), "ECB month end"] for month in months]
    return Tab(TABS["rates"], 103, rows)
