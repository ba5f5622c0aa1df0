"""Capacity: for resource managers: who is promised to what, where promises exceed time, and what hangs on one person.

People are listed by name, never ranked.
"""

from __future__ import annotations

from datetime import date

from reports import evidence, figures, words
from reports.document import (
    Block,
    Cell,
    Chart,
    Charts,
    Column,
    Document,
    Item,
    Items,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
    note,
)
from reports.drawing import charts
from reports.marts import Marts, Row
from reports.sections import dimension, increments, register, sources

NAME = "capacity"
TITLE = "Capacity"
DESCRIPTION = "Allocation against capacity by month and initiative, over-allocation, work in progress, concentration on one person, after-hours work of teams, skill gaps, program increments."

MONTHLY = """
    select person_id, month_date, allocated_share, capacity_share, is_over_allocated, initiative_ids, wip_count
    from marts.capacity_monthly
    order by month_date, person_id
"""
ALLOCATIONS = """
    select person_id, initiative_id, month_date, allocated_share
    from marts.allocations
    order by month_date, initiative_id, person_id
"""
PEOPLE = "select person_id, display_name, team from marts.people"
HOURS = """
    select team, month_date, member_count, after_hours_share
    from marts.team_hours_monthly
    where member_count >= 5
    order by team, month_date
"""
SKILLS = """
    select skill, month_date, needed_share, available_share, gap_share
    from marts.skill_gaps
    where gap_share > 0
    order by gap_share desc, skill
"""
CONCENTRATION = "concentration"
NO_PLAN = "No allocation is known. It comes from the allocations tab of the program sheet."


def compose(marts: Marts) -> Document:
    """The whole report."""
    names = marts.initiatives()
    people = {row["person_id"]: row for row in marts.rows(PEOPLE)}
    monthly, promised = marts.rows(MONTHLY), marts.rows(ALLOCATIONS)
    now = _now(monthly, marts)
    present = [row for row in monthly if row["month_date"] == now]
    sections = (
        Section("over", "Promised for more time than they have", (_over(monthly, promised, people, names, marts),)),
        Section("months", "Promised and available", _by_month(monthly, marts)),
        Section("initiatives", "Full-time people by initiative", (_by_initiative(promised, names, marts),)),
        Section(
            "people",
            "Everybody by name",
            (_everybody(present, people, names, now),),
        ),
        Section("one", "What hangs on one person", (_concentration(marts, names),)),
        Section("hours", "Work outside working hours", _hours(marts)),
        Section("skills", "Skills in short supply", _skills(marts, now)),
        Section("increments", "Program increments", increments.blocks(marts)),
    )
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For resource managers",
        verdict=_sentence(present, now, _concentrated(marts, names)),
        light=dimension.light(dimension.colours(marts, "resources")),
        sections=(Section("short", "In short", (_tiles(present),)), *sections) if present else sections,
        numbers=_numbers(present),
    )


def _now(rows: list[Row], marts: Marts) -> date | None:
    """This month, else the last that is planned."""
    months = [row["month_date"] for row in rows if row["month_date"] is not None]
    this = marts.today.replace(day=1) if marts.today else None
    return this if this in months else max(months, default=None)


def _name(person: str | None, people: dict[str, Row]) -> str:
    return (people.get(person or "") or {}).get("display_name") or person or "Nobody"


def _people(share: float) -> str:
    """Shares of full-time people as a number: "17.6"."""
    return words.number(share, 1).text


def _sums(rows: list[Row]) -> tuple[float, float | None, int]:
    """Promised, available, and how many people have no stated capacity."""
    known = [row["capacity_share"] for row in rows if row["capacity_share"] is not None]
    promised = sum(row["allocated_share"] for row in rows if row["allocated_share"] is not None)
    without = figures.count(row for row in rows if row["capacity_share"] is None)
    return promised, sum(known) if known else None, without


def _free(rows: list[Row]) -> tuple[float, float]:
    """What people have left, and by how much others are over-promised: the one is no help to the other."""
    known = [row for row in rows if row["capacity_share"] is not None and row["allocated_share"] is not None]
    over = [row for row in known if row["allocated_share"] > row["capacity_share"]]
    left = [row for row in known if row not in over]
    return _spare(left), -_spare(over)


def _spare(rows: list[Row]) -> float:
    return figures.total(row["capacity_share"] for row in rows) - figures.total(row["allocated_share"] for row in rows)


def _concentrated(marts: Marts, names: dict[str, str]) -> list[str]:
    """The initiatives whose open work one person holds."""
    signals = marts.rows(register.SIGNALS)
    found = [row["initiative_id"] for row in signals if row["rule"] == CONCENTRATION and row["initiative_id"]]
    return [names.get(one, one) for one in dict.fromkeys(found)]


def _sentence(rows: list[Row], now: date | None, concentrated: list[str]) -> str:
    if not rows or now is None:
        return NO_PLAN
    promised, available, _ = _sums(rows)
    over = figures.count(row for row in rows if row["is_over_allocated"] is True)
    of = f" of {_people(available)}" if available is not None else ""
    said = f"In {words.month(now).text}, {_people(promised)}{of} full-time people are promised to initiatives"
    said += f"; {words.count(over, 'person is', 'people are')} promised for more time than they have."
    if concentrated:
        said += f" Most of the open work of {words.joined(concentrated)} hangs on one person{' each' if len(concentrated) > 1 else ''}."
    return said


def _tiles(rows: list[Row]) -> Tiles:
    promised, available, unknown = _sums(rows)
    wip = [row["wip_count"] for row in rows if row["wip_count"] is not None]
    free, over = _free(rows)
    beside = f"and {_people(over)} over-promised" if over >= 0.05 else "available and not promised"
    return Tiles(
        (
            Tile("People", Value(words.count(figures.count(rows))), "with an allocation"),
            Tile("Promised", Value(_people(promised)), "full-time people"),
            Tile("Available", Value(_people(available)) if available is not None else words.UNKNOWN, f"{unknown} without a stated capacity" if unknown else "full-time people"),
            Tile("Free", words.UNKNOWN if available is None or unknown else Value(_people(free)), beside),
            Tile("Work in progress", Value(words.count(sum(wip))) if wip else words.UNKNOWN, "issues in progress held by them"),
        )
    )  # fmt: skip


def _over(
    monthly: list[Row], promised: list[Row], people: dict[str, Row], names: dict[str, str], marts: Marts
) -> Items:
    """Each person with a month that is over-promised, by name; this month and later ones."""
    this = marts.today.replace(day=1) if marts.today else date.min
    by_person: dict[str, list[Row]] = {}
    for row in monthly:
        if row["is_over_allocated"] and row["month_date"] >= this:
            by_person.setdefault(row["person_id"], []).append(row)
    entries = []
    for person in sorted(by_person, key=lambda one: _name(one, people)):
        months = by_person[person]
        first = months[0]
        parts = [
            f"{names.get(row['initiative_id']) or row['initiative_id']} {words.share(row['allocated_share']).text}"
            for row in promised
            if (row["person_id"], row["month_date"]) == (person, first["month_date"])
        ]
        limit = words.share(first["capacity_share"]).text
        when = words.month(first["month_date"]).text
        until = f" to {words.month(months[-1]['month_date']).text}" if len(months) > 1 else ""
        line = f"{when}{until}: {words.share(first['allocated_share']).text} promised, {limit} available"
        entries.append(
            Item((_name(person, people),), ((f"{line}.",), (f"{words.joined(parts)}.",) if parts else ("",)))
        )
    return Items(entries, "Nobody is promised for more time than they have." if monthly else NO_PLAN)


def _by_month(monthly: list[Row], marts: Marts) -> tuple[Block, ...]:
    groups: dict[date, list[Row]] = {}
    for row in monthly:
        if row["month_date"] is not None:
            groups.setdefault(row["month_date"], []).append(row)
    if not groups:
        return (note(NO_PLAN),)
    days = sorted(groups)
    sums = [_sums(groups[day]) for day in days]
    ahead = [index for index, day in enumerate(days) if marts.today is None or day >= marts.today.replace(day=1)]
    tightest = max(ahead or range(len(days)), key=lambda index: sums[index][0] - (sums[index][1] or 0.0))
    promised, available, _ = sums[tightest]
    free = {round(figures.bare(one[0] - (one[1] or 0.0)), 1) for one in (sums[index] for index in ahead)}
    is_even = len(ahead) > 1 and len(free) == 1
    title = (
        "No month is tighter than another" if is_even else f"{words.month(days[tightest]).text} is the tightest month"
    )
    title += f": {_people(promised)} promised"
    title += f", {_people(available)} available" if available is not None else ""
    table = Table(
        "Full-time people promised and available by month",
        (Column("Month"), *(Column(head, is_number=True) for head in ("Promised", "Available", "People", "Over-promised"))),
        [
            (
                words.month(day),
                words.number(sums[index][0], 1),
                words.number(sums[index][1], 1),
                words.count(figures.count(groups[day])),
                words.count(figures.count(row for row in groups[day] if row["is_over_allocated"])),
            )
            for index, day in enumerate(days)
        ],
        empty=NO_PLAN,
        layout="scroll",
    )  # fmt: skip
    picture = charts.over_time(
        days,
        (
            charts.Series("", [one[0] for one in sums], "soft", "bars"),
            charts.Series("available", [one[1] for one in sums], "ink"),
        ),
        say=words.plain,
        salt="capacity months",
        today=marts.today.replace(day=1) if marts.today else None,
    )
    return (Charts((Chart(title, "full-time people; bars: promised", f"{title}.", picture, table),)),)


def _by_initiative(promised: list[Row], names: dict[str, str], marts: Marts) -> Table:
    """Full-time people by initiative and month, from this month on where it is planned."""
    this = marts.today.replace(day=1) if marts.today else date.min
    months = sorted({row["month_date"] for row in promised if row["month_date"] is not None})
    months = [month for month in months if month >= this][:6] or months[-6:]
    cells: dict[str, dict[date, float]] = {}
    for row in promised:
        if row["month_date"] in months and row["allocated_share"] is not None:
            of_it = cells.setdefault(row["initiative_id"] or "", {})
            of_it[row["month_date"]] = of_it.get(row["month_date"], 0.0) + row["allocated_share"]
    order = [*(one for one in names if one in cells), *sorted(one for one in cells if one not in names)]
    return Table(
        "Full-time people promised to each initiative",
        (Column("Initiative"), *(Column(words.month(month).text, is_number=True) for month in months)),
        [
            (
                names.get(one) or one or "Named no initiative",
                *(words.number(cells[one].get(month), 1) if month in cells[one] else "" for month in months),
            )
            for one in order
        ],
        empty=NO_PLAN,
        limit=40,
        is_caption_shown=True,
    )


def _everybody(rows: list[Row], people: dict[str, Row], names: dict[str, str], now: date | None) -> Table:
    shown: list[tuple[Cell, ...]] = []
    for row in sorted(rows, key=lambda row: _name(row["person_id"], people)):
        team = (people.get(row["person_id"]) or {}).get("team") or ""
        on = [names.get(one) or one for one in row["initiative_ids"] or []]
        share = words.share(row["allocated_share"])
        shown.append(
            (
                (Value(_name(row["person_id"], people)), Value(team, tone="under")),
                words.joined(on, most=3),
                Value(f"{share.text}, over", share.full, tone="bad") if row["is_over_allocated"] else share,
                words.share(row["capacity_share"]),
                words.UNKNOWN if row["wip_count"] is None else words.count(row["wip_count"]),
            )
        )
    when = f" in {words.month(now).text}" if now else ""
    return Table(
        f"Allocation, capacity and work in progress{when}, by name",
        (
            Column("Person"),
            Column("Initiatives"),
            Column("Promised", is_number=True),
            Column("Available", is_number=True),
            Column("In progress", is_number=True, explain="Issues they hold that are being worked on"),
        ),
        shown,
        empty=NO_PLAN,
        limit=60,
        is_caption_shown=True,
    )


def _concentration(marts: Marts, names: dict[str, str]) -> Items:
    """The data's own warnings of initiatives whose open work one person holds."""
    known = evidence.known(marts, {**names, **marts.names()})
    rows = [row for row in marts.rows(register.SIGNALS) if row["rule"] == CONCENTRATION]
    return register.warnings(rows, names, known, marts, "No initiative has most of its open work with one person.")


def _hours(marts: Marts) -> tuple[Block, ...]:
    """The share of each team's work outside working hours; teams of fewer than five are not shown."""
    rows = marts.rows(HOURS)
    last: dict[str, list[Row]] = {}
    for row in rows:
        last.setdefault(row["team"] or "Without a name", []).append(row)
    table = Table(
        "Commits, reviews and changes outside working hours by team, last known month",
        (Column("Team"), Column("Month"), Column("Members", is_number=True), Column("Activity outside hours", is_number=True, explain="Share of the team's commits, reviews and changes"), Column("Month before", is_number=True)),
        [
            (
                team,
                words.month(months[-1]["month_date"]),
                words.count(months[-1]["member_count"]),
                words.share(months[-1]["after_hours_share"]),
                words.share(months[-2]["after_hours_share"]) if len(months) > 1 else words.UNKNOWN,
            )
            for team, months in last.items()
        ],
        empty="Not known for any team of five or more.",
        limit=30,
    )  # fmt: skip
    return (table, note("Only teams of five or more are shown, and never a person.")) if rows else (table,)


def _skills(marts: Marts, now: date | None) -> tuple[Block, ...]:
    rows = [row for row in marts.rows(SKILLS) if row["month_date"] == now]
    return (
        Table(
            "Skills of which more is promised than the people who have them can give",
            (
                Column("Skill"),
                *(Column(head, is_number=True) for head in ("People needed", "People available", "People short")),
            ),
            [
                (
                    row["skill"] or "",
                    words.number(row["needed_share"], 1),
                    words.number(row["available_share"], 1),
                    Value(words.number(row["gap_share"], 1).text, tone="bad"),
                )
                for row in rows
            ],
            empty="No skill is known to be in short supply this month.",
            limit=20,
        ),
    )


def _numbers(rows: list[Row]) -> dict[str, float]:
    if not rows:
        return {}
    promised, available, _ = _sums(rows)
    found = {
        "people": float(len(rows)),
        "promised": promised,
        "over_promised_people": float(sum(row["is_over_allocated"] is True for row in rows)),
        "work_in_progress": float(sum(row["wip_count"] or 0 for row in rows)),
    }
    return {**found, **({"available": available} if available is not None else {})}
