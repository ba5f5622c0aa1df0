"""Budget: for finance: what was planned, spent and is expected, where it deviates, and what changed in the sheet."""

from __future__ import annotations

from reports import words
from reports.document import Document, Section, Tile, Tiles
from reports.marts import Marts, Row
from reports.sections import burn, dimension, money, register, reserves, sheet_cells, sources, spending, unit_costs

NAME = "budget"
TITLE = "Budget"
DESCRIPTION = "Plan, actual and forecast by initiative, category and month, burn rate, earned value, unit costs, and every cell of the sheet that changed or could not be read."


def compose(marts: Marts) -> Document:
    """The whole report."""
    names = marts.initiatives()
    lines = [row for row in marts.rows(spending.LINES) if row["month_date"] is not None]
    earned = money.latest(marts, marts.rows(money.EARNED))
    burns = marts.rows(burn.BURN)
    changed = marts.rows(sheet_cells.CHANGES)
    sections = (
        Section("initiatives", "By initiative", (spending.by_initiative(lines, earned, names, marts),)),
        Section("months", "By month", spending.by_month(lines, marts)),
        Section("categories", "By category", (spending.by_category(lines, marts),)),
        Section("rate", "How fast it is spent", burn.rates(burns, names, marts)),
        Section("earned", "What the money has earned", money.by_initiative(marts, names)),
        Section(
            "reserves",
            "Reserve against the risks",
            reserves.blocks(marts, names, register.currency_of(marts.rows(register.REGISTER), marts)),
        ),
        Section("units", "What one unit costs", unit_costs.blocks(marts, names)),
        Section("changes", "What changed in the sheet", sheet_cells.changes(marts, changed, lines, names)),
        Section(
            "cells",
            "Cells that could not be read",
            (sheet_cells.unreadable(lines), *((spending.every_line(lines, names, marts),) if lines else ())),
        ),
    )
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For finance",
        verdict=_sentence(lines, earned, marts),
        light=dimension.light(dimension.colours(marts, "budget")),
        sections=(Section("short", "In short", (_tiles(lines, burns, earned, marts),)), *sections)
        if lines
        else sections,
        numbers=_numbers(lines, burns, earned, changed, marts),
    )


def _sentence(lines: list[Row], earned: dict[str | None, Row], marts: Marts) -> str:
    if not lines:
        return spending.NO_BUDGET
    found = spending.total(spending.spent(lines), spending.this_month(marts))
    currency = marts.currency
    said = (
        f"{'At least ' if found.without_actual else ''}{words.amount(found.actual, currency).text} of {words.amount(found.planned, currency).text} is spent, "
        f"{_against_plan(found.variance, currency)}"
    )
    program = earned.get(None)
    if program is None or program["eac_amount"] is None:
        return f"{said}; what it will cost in all cannot be computed yet."
    left = program["vac_amount"]
    over = f", {money.variance(left, currency, program['vac_tolerance_amount'])}" if left is not None else ""
    return f"{said}; at this rate it costs {words.amount(program['eac_amount'], currency).text} in all{over}."


def _against_plan(variance: float, currency: str) -> str:
    """What was spent beyond the plan to date, or below it."""
    return f"{words.amount(abs(variance), currency).text} {'more' if variance < 0 else 'less'} than planned by now"


def _tiles(lines: list[Row], burns: list[Row], earned: dict[str | None, Row], marts: Marts) -> Tiles:
    month, currency = spending.this_month(marts), marts.currency
    found = spending.total(spending.spent(lines), month)
    rate = _rate(burns)
    program = earned.get(None) or {}
    reserve = spending.total([row for row in lines if row["is_reserve"]], month).planned
    tiles = [
        Tile("Budget", words.amount(found.planned, currency), _beside(reserve, currency)),
        Tile("Spent to date", spending.at_least(found.actual, found.without_actual, currency), _against_plan(found.variance, currency)),
        Tile("Forecast in the sheet", spending.at_least(found.forecast, found.without_forecast, currency), spending.against_budget(found, currency)),
        Tile("Expected by earned value", words.amount(program.get("eac_amount"), currency), money.variance(program.get("vac_amount"), currency, program.get("vac_tolerance_amount"))),
        Tile("Spent a month", words.amount(rate.get("run_rate_amount"), currency), _pace(rate, currency)),
    ]  # fmt: skip
    return Tiles(tuple(tiles))


def _rate(burns: list[Row]) -> Row:
    """What the whole program spends a month; empty where no budget has a scope."""
    return next((row for row in burns if row["initiative_id"] is None), {})


def _pace(rate: Row, currency: str) -> str:
    """The plan of the months that the rate is taken from, or why there is no rate."""
    if rate.get("run_rate_amount") is None:
        return words.told(rate.get("notes") or "")
    months = words.count(rate["run_rate_month_count"], "closed month")
    return f"planned: {words.amount(rate['planned_rate_amount'], currency).text}, last {months}"


def _beside(reserve: float, currency: str) -> str:
    return f"and {words.amount(reserve, currency).text} in reserve" if reserve else ""


def _numbers(
    lines: list[Row], burns: list[Row], earned: dict[str | None, Row], changed: list[Row], marts: Marts
) -> dict[str, float]:
    if not lines:
        return {}
    month = spending.this_month(marts)
    found = spending.total(spending.spent(lines), month)
    rate = _rate(burns)
    program = earned.get(None) or {}
    figures: dict[str, float | None] = {
        "planned_amount": found.planned,
        "planned_to_date_amount": found.planned_to_date,
        "spent_to_date_amount": found.actual,
        "variance_amount": found.variance,
        "forecast_amount": found.forecast,
        "spent_a_month_amount": rate.get("run_rate_amount"),
        "eac_amount": program.get("eac_amount"),
        "vac_amount": program.get("vac_amount"),
        "cpi": program.get("cpi"),
        "missing_cells": float(found.missing),
        "unreadable_cells": float(sum(len(row["faults"] or []) for row in lines)),
        "changed_cells": float(len(changed)),
    }
    return {name: float(value) for name, value in figures.items() if value is not None}
