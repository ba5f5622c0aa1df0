"""The budget as the sheet has it: plan, actual and forecast added up by initiative, category and month.

Earned value is not here: money.py shows it. A sum names the cells it misses instead of taking them for zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from reports import figures, words
from reports.document import Block, Cell, Chart, Charts, Column, Fold, Table, Value, note
from reports.drawing import charts
from reports.marts import Marts, Row
from reports.sections import money

LINES = """
    select
        budget_line_id, initiative_id, initiative_as_given, category, is_reserve, month_date, planned_amount,
        actual_amount, forecast_amount, planned_cell, actual_cell, forecast_cell, faults
    from marts.budget_lines
    order by initiative_id nulls last, budget_line_id, month_date
"""
NO_BUDGET = "No budget is known. It comes from the budget tab of the program sheet."
WITHOUT_CATEGORY = "Without a category"
RESERVE = "Reserve, not released"


@dataclass(frozen=True)
class Total:
    """Amounts of some lines in all and up to the last closed month, and how many cells that should hold one do not.

    `without_actual` closed months are missing in `actual`, `without_forecast` months in `forecast`: both are at least so much.
    """

    planned: float
    planned_to_date: float
    actual: float
    forecast: float
    missing: int
    compared: float
    without_actual: int
    without_forecast: int

    @property
    def variance(self) -> float:
        """Plan minus actual to date where the actual is known: below zero more was spent than planned.

        A missing actual is no saving: its plan is left out.
        """
        return self.compared - self.actual


def this_month(marts: Marts) -> date:
    """The first day of the month that is not over yet."""
    return marts.today.replace(day=1) if marts.today else date.max


def total(rows: Sequence[Row], month: date) -> Total:
    """What these lines add up to; `month` is the one that is not over."""
    closed = [row for row in rows if row["month_date"] is not None and row["month_date"] < month]
    ahead = [row for row in rows if row not in closed and not row["is_reserve"]]
    missing = sum(
        figures.count(row for row in of_it if row[name] is None)
        for of_it, name in ((rows, "planned_amount"), (closed, "actual_amount"), (ahead, "forecast_amount"))
    )
    return Total(
        _sum(rows, "planned_amount"),
        _sum(closed, "planned_amount"),
        _sum(closed, "actual_amount"),
        sum(_expected(row, month) or 0.0 for row in rows),
        missing,
        _sum([row for row in closed if row["actual_amount"] is not None], "planned_amount"),
        figures.count(row for row in closed if row["actual_amount"] is None),
        figures.count(row for row in rows if not row["is_reserve"] and _expected(row, month) is None),
    )


def at_least(value: float, missing: int, currency: str) -> Value:
    """A sum that misses a cell is a lower bound, and says so."""
    said = words.amount(value, currency)
    if not missing:
        return said
    return Value(f"≥{words.SPACE}{said.text}", f"at least {said.full}: {words.count(missing, 'cell')} missing")


def against_budget(found: Total, currency: str) -> str:
    """The sheet's forecast against the budget, in words; a missing cell can only make it more."""
    said = money.variance(found.planned - found.forecast, currency)
    if not found.without_forecast:
        return said
    least = f"at least {said}" if found.forecast - found.planned >= 0.5 else said
    return f"{least}, {words.count(found.without_forecast, 'cell')} missing"


def _expected(row: Row, month: date) -> float | None:
    """What a line will cost in its month: the actual once it is over, else the forecast."""
    is_closed = row["month_date"] is not None and row["month_date"] < month
    if is_closed and row["actual_amount"] is not None:
        actual: float = row["actual_amount"]
        return actual
    forecast: float | None = row["forecast_amount"]
    return forecast


def _sum(rows: Sequence[Row], name: str) -> float:
    return figures.total(row[name] for row in rows if row[name] is not None)


def spent(rows: Sequence[Row]) -> list[Row]:
    """The lines that are meant to be spent: reserves are not."""
    return [row for row in rows if not row["is_reserve"]]


def by_initiative(rows: list[Row], earned: dict[str | None, Row], names: dict[str, str], marts: Marts) -> Table:
    """Each initiative's plan, actual and forecast beside its cost performance and estimate at completion."""
    month, currency = this_month(marts), marts.currency
    groups = _grouped(spent(rows), lambda row: row["initiative_id"] or row["initiative_as_given"])
    order = list(names)
    shown: list[tuple[Cell, ...]] = []
    for key in sorted(groups, key=lambda key: (order.index(key) if key in names else len(order), str(key))):
        title = names.get(str(key)) or (f"{key} (not on the roadmap)" if key else "Named no initiative")
        shown.append((Value(title), *_amounts(groups[key], month, currency), *_indices(earned.get(key), currency)))
    if shown:
        shown.append(
            (
                Value("All initiatives", tone="strong"),
                *_amounts(spent(rows), month, currency),
                *_indices(earned.get(None), currency),
            )
        )
    reserve = [row for row in rows if row["is_reserve"]]
    if reserve:
        held = words.amount(total(reserve, month).planned, currency)
        shown.append((RESERVE, held, *[""] * 7))
    return Table(
        "Plan, actual and forecast by initiative",
        (
            Column("Initiative"),
            *_columns(),
            Column("Cost (CPI)", is_number=True, explain="Earned divided by spent"),
            Column("Expected in all (EAC)", is_number=True, explain="Estimate at completion: budget divided by CPI"),
        ),
        shown,
        empty=NO_BUDGET,
        limit=40,
    )


def by_category(rows: list[Row], marts: Marts) -> Table:
    """The same by category, the largest plan first."""
    month, currency = this_month(marts), marts.currency
    groups = _grouped(spent(rows), lambda row: row["category"] or WITHOUT_CATEGORY)
    largest = sorted(groups, key=lambda key: (-total(groups[key], month).planned, str(key)))
    return Table(
        "Plan, actual and forecast by category",
        (Column("Category"), *_columns()),
        [(str(key), *_amounts(groups[key], month, currency)) for key in largest],
        empty=NO_BUDGET,
        limit=20,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("Budget", is_number=True, explain="Planned over all months"),
        Column("Planned to date", is_number=True, explain="Up to the last closed month", is_page_only=True),
        Column("Spent to date", is_number=True, explain="Actuals up to the last closed month"),
        Column("Variance", is_number=True, explain="Planned minus spent to date, where the actual is known; below zero is over the plan"),
        Column("Sheet forecast", is_number=True, explain="Actuals of closed months and the sheet's forecast of the others"),
        Column("Missing cells", is_number=True, explain="Amounts that should be there and are not; a sum without them is at least so much", is_page_only=True),
    )  # fmt: skip


def _amounts(rows: Sequence[Row], month: date, currency: str) -> tuple[Cell, ...]:
    found = total(rows, month)
    return (
        words.amount(found.planned, currency),
        words.amount(found.planned_to_date, currency),
        at_least(found.actual, found.without_actual, currency),
        signed(found.variance, currency),
        _beside(
            at_least(found.forecast, found.without_forecast, currency),
            found.forecast - found.planned,
            currency,
            found.without_forecast,
        ),
        Value(words.count(found.missing), tone="bad") if found.missing else "",
    )


def _beside(said: Value, over: float, currency: str, missing: int = 0) -> Cell:
    """An amount above the budget with how much it is above: both rounded may look alike."""
    if over < 0.5:
        return said
    told = f"{'at least ' if missing else ''}{words.amount(over, currency).text} over"
    return (Value(said.text, said.full, tone="bad"), Value(told, tone="under"))


def _indices(row: Row | None, currency: str) -> tuple[Cell, ...]:
    if row is None:
        return (words.UNKNOWN, words.UNKNOWN)
    said = words.number(row["cpi"])
    meaning = "" if row["cpi"] is None else words.earned(row["cpi"], currency)
    expected = words.amount(row["eac_amount"], currency)
    vac = row["vac_amount"]
    over = 0.0 if vac is None or money.is_nothing(vac, row["vac_tolerance_amount"]) else -vac
    return (
        Value(said.text, f"{said.full}: {meaning}") if meaning else said,
        _beside(expected, over, currency),
    )


def signed(value: float | None, currency: str) -> Value:
    """A variance; what is below zero stands out."""
    said = words.amount(value, currency)
    return Value(said.text, said.full, tone="bad") if value is not None and value < -0.5 else said


def _grouped(rows: Sequence[Row], key: Callable[[Row], str | None]) -> dict[str | None, list[Row]]:
    groups: dict[str | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def by_month(rows: list[Row], marts: Marts) -> tuple[Block, ...]:
    """Each month's plan, actual and forecast: drawn, and in full beneath."""
    month, currency = this_month(marts), marts.currency
    groups: dict[date, list[Row]] = {}
    for row in spent(rows):
        groups.setdefault(row["month_date"], []).append(row)
    if not groups:
        return (note(NO_BUDGET),)
    days = sorted(groups)
    planned = [_sum(groups[at], "planned_amount") for at in days]
    actual = [_known(groups[at], "actual_amount") if at < month else None for at in days]
    forecast = [_known(groups[at], "forecast_amount") if at >= month else None for at in days]
    table = Table(
        "Plan, actual and forecast by month",
        (
            Column("Month"),
            *(Column(title, is_number=True) for title in ("Planned", "Spent", "Forecast", "Variance")),
            Column("Variance to date", is_number=True, is_page_only=True),
        ),
        _months(days, planned, actual, forecast, marts),
        empty=NO_BUDGET,
        layout="scroll",
        limit=60,
    )
    title = _message(days, planned, actual, currency)
    picture = charts.over_time(
        days,
        (
            charts.Series("", actual, "soft", "bars"),
            charts.Series("planned", planned, "muted", "dashed"),
            charts.Series("forecast", forecast, "accent"),
        ),
        say=lambda value: words.amount(value, currency).text,
        salt="budget months",
        today=month,
    )
    alternative = f"{title}. Bars are what was spent, the dashed line what was planned, the line what is forecast."
    chart = Chart(title, "by month; bars: spent", alternative, picture, table, currency)
    return (Charts((chart,)),)


def _known(rows: Sequence[Row], name: str) -> float | None:
    """The sum of what is known; None where nothing is."""
    return _sum(rows, name) if any(row[name] is not None for row in rows) else None


def _months(
    days: list[date],
    planned: list[float],
    actual: list[float | None],
    forecast: list[float | None],
    marts: Marts,
) -> list[tuple[Cell, ...]]:
    """A row per month; what a month that is not over cannot have yet, or one that is over has no more, stays blank."""
    month, currency = this_month(marts), marts.currency
    shown: list[tuple[Cell, ...]] = []
    running = 0.0
    for at, plan, done, expected in zip(days, planned, actual, forecast, strict=True):
        running += 0.0 if done is None else plan - done
        shown.append(
            (
                words.month(at),
                exact(plan, currency),
                "" if at >= month else exact(done, currency),
                "" if at < month else exact(expected, currency),
                *_variances(done, plan, running, currency, is_over=at < month),
            )
        )
    return shown


def _variances(done: float | None, plan: float, running: float, currency: str, *, is_over: bool) -> tuple[Cell, Cell]:
    """Of the month and to date."""
    if done is None:
        return (words.UNKNOWN, words.UNKNOWN) if is_over else ("", "")
    return exact(plan - done, currency), exact(running, currency)


def exact(value: float | None, currency: str) -> Value:
    """An amount to the cent, for tables that are reconciled."""
    said = words.amount(value, currency)
    return said if value is None else Value(said.full, tone="bad" if value < -0.5 else "")


def _message(days: list[date], planned: list[float], actual: list[float | None], currency: str) -> str:
    """What the months say: the last closed one against its plan."""
    known = [index for index, value in enumerate(actual) if value is not None]
    if not known:
        return "No month has an actual yet"
    done, plan = actual[known[-1]] or 0.0, planned[known[-1]]
    said = words.amount(done, currency).text
    if plan <= 0:
        return f"{words.month(days[known[-1]]).text} cost {said}, nothing was planned"
    if abs(done / plan - 1) < 0.02:
        return f"{words.month(days[known[-1]]).text} cost {said}, as planned"
    return f"{words.month(days[known[-1]]).text} cost {said}, {abs(done / plan - 1):.0%} {'more' if done > plan else 'less'} than planned"


def every_line(rows: list[Row], names: dict[str, str], marts: Marts) -> Fold:
    """Each line and month with the addresses of its cells."""
    table = Table(
        "Every line and month, with the cells it comes from",
        (
            Column("Line"),
            Column("Initiative"),
            Column("Month"),
            *(Column(title, is_number=True) for title in ("Planned", "Spent", "Forecast")),
            Column("Cells"),
        ),
        [
            (
                f"{line(row['budget_line_id'])} {row['category'] or ''}",
                names.get(row["initiative_id"]) or row["initiative_as_given"] or "",
                words.month(row["month_date"]),
                *(exact(row[name], marts.currency) for name in ("planned_amount", "actual_amount", "forecast_amount")),
                " ".join(row[name] for name in ("planned_cell", "actual_cell", "forecast_cell") if row[name]),
            )
            for row in rows
        ],
        empty=NO_BUDGET,
        layout="scroll",
        limit=60,
    )
    return Fold("Every line and month, with the cells it comes from", (table,), is_in_markdown=False)


def line(budget_line_id: str | None) -> str:
    """A budget line as the sheet names it: without the instance."""
    return (budget_line_id or "").partition(":")[2] or budget_line_id or ""
