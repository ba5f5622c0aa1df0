"""The spreadsheet's tabs about money: budget, baselines and rates."""

from __future__ import annotations

from datetime import date

from connectors.sandbox.program import Cell, Tab
from connectors.sandbox.story.initiatives import INITIATIVES, Initiative
from connectors.sandbox.story.sheet import TABS, Edition, Row

CATEGORIES = (("People", 0.6), ("Contractors", 0.14), ("Cloud compute", 0.17), ("Data and licences", 0.09))
_HEADER: Row = [
    "Line ID", "Initiative", "Category", "Month", "Planned", "Actual", "Forecast", "Currency", "Reserve", "Cost centre",
]  # fmt: skip
_PLANNED, _ACTUAL, _FORECAST = 4, 5, 6
DOLLAR_LINE = ("INI-2", "Cloud compute")
MOVED_TO_THE_END = 10_000
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
    rows += _reserve(edition)
    _type_badly(edition, rows)
    rows += [[], ["Actuals are booked by finance in the first days of the next month."]]
    return Tab(TABS["budget"], 101, rows, merges=[(0, 1, 0, 4), (1, 2, 0, 4), (1, 2, 7, 10)])


def _lines(edition: Edition, plan: Initiative) -> list[Row]:
    """An initiative's lines by category and month. INI-2 pays its cloud in dollars, and the sheet has it so."""
    money = edition.money[plan.id]
    rows: list[Row] = []
    for position, (category, _) in enumerate(CATEGORIES):
        currency = "USD" if (plan.id, category) == DOLLAR_LINE else "EUR"
        for index, planned in enumerate(money.planned):
            month = edition.month_of(plan, index)
            rate = dollar_rate(edition, month) if currency == "USD" else 1.0
            booked: Cell = None
            if index < len(money.actual) and edition.is_closed(month):
                booked = round(_parts(money.actual[index])[position] / rate)
            amount = round(_parts(planned)[position] / rate)
            forecast = booked if booked is not None else _outlook(edition, plan, index, amount)
            line = f"B-{plan.id[-1]}{position + 1}"
            rows.append(
                [line, plan.id, category, month, amount, booked, forecast, currency, "no", f"CC-4{plan.id[-1]}0"]
            )
    return rows


def dollar_rate(edition: Edition, month: date) -> float:
    """Euros for a dollar in a month: the same in every edition."""
    return round(0.92 + edition.random(f"USD {month}").uniform(-0.02, 0.02), 4)


def _parts(amount: float) -> list[int]:
    """An amount split over the categories in whole euros that add up."""
    whole = round(amount)
    parts = [round(whole * share) for _, share in CATEGORIES[1:]]
    return [whole - sum(parts), *parts]


def _outlook(edition: Edition, plan: Initiative, index: int, planned: int) -> int:
    """The forecast of an open month: the plan, raised for INI-2 when the overrun is admitted."""
    is_raised = plan.id == "INI-2" and edition.number >= FORECAST_RAISED_IN and index >= plan.closed_months
    return round(planned * 1.18) if is_raised else planned


def _reserve(edition: Edition) -> list[Row]:
    """Management reserve of INI-4, outside its baseline; the forecast of one month is not decided yet."""
    rows: list[Row] = []
    for offset in (1, 2, 3):
        forecast: Cell = "tbd" if offset == 3 else 0
        rows.append(
            ["B-49", "INI-4", "Reserve", edition.calendar.month(offset), 15_000, None, forecast, "EUR", "yes", "CC-440"]
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
    ini_4[-4][_FORECAST] = "#N/A"


def baselines(edition: Edition) -> Tab:
    """The approved plan of each initiative by month. INI-3 was planned anew in its sixth month: the same sum, a later end."""
    rows: list[Row] = [["Initiative", "Version", "Approved date", "Month", "Planned"]]
    for plan in INITIATIVES:
        planned = [round(amount) for amount in edition.money[plan.id].planned]
        versions = {"v1": (edition.day_of(plan, -0.4), planned)}
        if plan.id == "INI-3":
            first = [*planned[:9], planned[9] + MOVED_TO_THE_END, planned[10], planned[11] - MOVED_TO_THE_END]
            versions = {"v1": (edition.day_of(plan, -0.4), first), "v2": (edition.day_of(plan, 5.3), planned)}
        for version, (approved, amounts) in versions.items():
            rows += [
                [plan.id, version, approved, edition.month_of(plan, index), amount]
                for index, amount in enumerate(amounts)
            ]
    return Tab(TABS["baselines"], 102, rows)


def rates(edition: Edition) -> Tab:
    """Euros for one dollar and one pound by month."""
    random = edition.random("GBP")
    rows: list[Row] = [["Currency", "Month", "Rate", "Source"]]
    months: list[date] = [edition.calendar.month(offset) for offset in range(-18, 7)]
    rows += [["USD", month, dollar_rate(edition, month), "ECB month end"] for month in months]
    rows += [["GBP", month, round(1.17 + random.uniform(-0.02, 0.02), 4), "ECB month end"] for month in months]
    return Tab(TABS["rates"], 103, rows)
