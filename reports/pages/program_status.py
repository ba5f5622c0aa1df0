"""Program status: what an executive needs in five minutes, the most urgent first."""

from __future__ import annotations

from datetime import date

from reports import evidence, figures, words
from reports.document import (
    Block,
    Document,
    Heading,
    Item,
    Items,
    Section,
    Spark,
    Tile,
    Tiles,
    Value,
    status_of,
)
from reports.marts import Marts, Row
from reports.sections import (
    chain,
    decisions,
    milestones,
    money,
    plain_models,
    register,
    sources,
    status,
    status_history,
)

NAME = "program_status"
TITLE = "Program status"
DESCRIPTION = "The overall colour and why, what must be decided, initiatives, milestones, money, risks, models, and how far to trust it."


def compose(marts: Marts) -> Document:
    """The whole report."""
    names, people = marts.initiatives(), marts.names()
    colours = marts.rows(status.STATUS)
    dates = marts.rows(milestones.MILESTONES)
    log = marts.rows(decisions.LOG)
    titles = {row["milestone_id"]: row["name"] for row in dates if row["name"]}
    known = evidence.known(marts, {**people, **names, **titles})
    ages = sources.ages(marts)
    light, why = status.verdict(colours, names)
    stale = sources.stale_sentence(ages)
    earned = money.latest(marts, marts.rows(money.EARNED)).get(None)
    sections = (
        Section("short", "In short", (_tiles(marts, colours, dates, log, earned),)),
        Section("decide", "What must be decided", _decide(log, names, people, decisions.scenarios(marts))),
        status_history.week(marts, colours, names),
        Section(
            "initiatives",
            "Initiatives at a glance",
            (status.matrix(colours, names), *status_history.strip(marts, colours, names)),
        ),
        Section(
            "why",
            "Why, and what would turn it green",
            (*status.reasons(colours, names, known), *chain.behind(marts, colours, names, known)),
        ),
        Section("milestones", "Milestones", milestones.blocks(marts, dates, names)),
        Section("money", "Money", money.blocks(marts, names, is_plain=True)),
        Section("risks", "Risks", _risks(marts, names, people, known)),
        Section("models", "Models in trouble", plain_models.blocks(marts, people)),
    )
    return Document(
        name=NAME,
        title=TITLE,
        audience="For the steering committee and the program manager",
        as_of=words.moment(marts.as_of, marts.timezone) if marts.as_of else Value("an unknown time"),
        sources=ages,
        verdict=(*why, stale),
        light=light,
        sections=(*(sections if colours else sections[1:]), sources.plain_trust(marts)),
        numbers=_numbers(marts, colours, dates, log),
    )


PAST = """
    select week_date, status
    from marts.program_status_weekly
    where dimension = 'overall' and initiative_id is not null
    order by week_date
"""


def _tiles(marts: Marts, colours: list[Row], dates: list[Row], log: list[Row], earned: Row | None) -> Tiles:
    """The program in five figures; each leads to what is behind it."""
    overall = [row for row in colours if row["initiative_id"] is not None and row["dimension"] == "overall"]
    red = figures.count(row for row in overall if row["status"] == "red")
    ahead = [row for row in dates if row["done_date"] is None]
    late = figures.count(row for row in ahead if milestones.is_late(row, marts.today))
    behind = figures.count(row for row in ahead if milestones.is_behind(row))
    baseline = "" if behind == late else f"; {behind or 'none'} behind the baseline"
    asked = decisions.waiting(log, "decision")
    overdue = figures.count(row for row in asked if row["is_overdue"] is True)
    eac, vac = (earned or {}).get("eac_amount"), (earned or {}).get("vac_amount")
    models = marts.rows(plain_models.MODELS)
    return Tiles(
        (
            Tile(
                "Red initiatives",
                Value(words.count(red), href="#initiatives"),
                f"of {figures.count(overall)}",
                _past(marts, red),
            ),
            Tile(
                "Late milestones",
                Value(words.count(late), href="#milestones"),
                f"of {figures.count(ahead)} open{baseline}",
            ),
            Tile(
                "Expected cost",
                _to(words.amount(eac, marts.currency), "#money"),
                money.variance(vac, marts.currency, (earned or {}).get("vac_tolerance_amount")),
            ),
            Tile(
                "Decisions needed",
                Value(words.count(figures.count(asked)), href="#decide"),
                f"{overdue or 'none'} overdue",
            ),
            Tile(
                "Models in trouble",
                Value(words.count(figures.count(models)), href="#models"),
                plain_models.colours(models),
            ),
        )
    )


def _to(value: Value, href: str) -> Value:
    return Value(value.text, value.full, href)


def _past(marts: Marts, now: int) -> Spark | None:
    """How many initiatives were red at the end of each past week, and are now."""
    weeks: dict[date, list[Row]] = {}
    for row in marts.rows(PAST):
        weeks.setdefault(row["week_date"], []).append(row)
    if len(weeks) < 2:
        return None
    counts = [*(figures.count(row for row in of_it if row["status"] == "red") for of_it in weeks.values()), now]
    said = ", ".join(f"{count}" for count in counts)
    return Spark(tuple(float(one) for one in counts), f"Red initiatives by week: {said}")


def _decide(
    log: list[Row], names: dict[str, str], people: dict[str, str], cases: dict[str | None, list[Row]]
) -> tuple[Block, ...]:
    asked = [_decision(row, names, people, cases) for row in decisions.waiting(log, "decision")]
    issues = [_decision(row, names, people, {}) for row in decisions.waiting(log, "issue")]
    blocks: list[Block] = [Items(asked, "No decision is waiting in the log.")]
    if issues:
        blocks += [Heading("Open issues"), Items(issues, "", limit=6)]
    return tuple(blocks)


def _decision(row: Row, names: dict[str, str], people: dict[str, str], cases: dict[str | None, list[Row]]) -> Item:
    asked, about = decisions.asked(row, names), names.get(row["initiative_id"], "")
    head = (asked, Value(f" · {about}", tone="quiet")) if about and about not in asked.text else (asked,)
    lines = (decisions.who(row, people), *decisions.choices(row, names), *decisions.forecast(row, cases))
    return Item(head, lines)


def _risks(marts: Marts, names: dict[str, str], people: dict[str, str], known: evidence.Known) -> tuple[Block, ...]:
    return (
        register.table(marts, names, people),
        Heading("Warnings from the data itself"),
        register.signals(marts, names, known, most=3),
    )


def _numbers(marts: Marts, colours: list[Row], dates: list[Row], log: list[Row]) -> dict[str, float]:
    """Figures worth a curve over months; what is unknown is left out rather than drawn as zero."""
    overall = [row for row in colours if row["initiative_id"] is not None and row["dimension"] == "overall"]
    found: dict[str, float | None] = {
        f"{colour}_initiatives": float(sum(status_of(row["status"]) == colour for row in overall))
        for colour in ("green", "amber", "red", "white")
    }
    open_dates = [row for row in dates if row["done_date"] is None]
    found["milestones_open"] = float(len(open_dates))
    found["milestones_late"] = float(sum(milestones.is_late(row, marts.today) for row in open_dates))
    found["worst_slip_days"] = max(
        (float(row["slip_days"]) for row in open_dates if row["slip_days"] is not None), default=None
    )
    found["decisions_open"] = float(len(decisions.waiting(log, "decision")))
    found["models_red_or_amber"] = float(len(marts.rows(plain_models.MODELS)))
    program = money.latest(marts, marts.rows(money.EARNED)).get(None)
    if program is not None:
        for name in ("bac_amount", "ev_amount", "ac_amount", "eac_amount", "vac_amount", "cpi", "spi_t"):
            found[name] = program[name]
    found["stale_sources"] = float(sum(source.is_stale for source in sources.ages(marts)))
    return {name: float(value) for name, value in found.items() if value is not None}
