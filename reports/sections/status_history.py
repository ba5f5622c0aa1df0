"""How colours came to be what they are: each week's colour of every initiative, what turned, and what else was changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from reports import figures, words
from reports.document import Block, Cell, Column, Item, Items, Light, Section, Table, Value, note, rank_of, status_of
from reports.marts import Marts, Row
from reports.sections.status import DIMENSIONS, title

THIN = "\u200a"
"""A hair of space between the weeks of a strip."""

ALIASES = {
    "champion": "champion, the version in use",
    "production": "champion, the version in use",
    "challenger": "challenger, the version on trial",
}
"""What it means that a version of a model bears the alias."""

WEEKLY = """
    select week_date, initiative_id, dimension, status, reason, basis, is_computed
    from marts.program_status_weekly
    where week_date <= ?
    order by week_date desc
"""
STRIP = """
    select week_date, initiative_id, status, reason, basis
    from marts.program_status_weekly
    where dimension = 'overall'
    order by week_date
"""
MOVED = """
    select subject_kind, subject_id, subject_name, initiative_id, what, old_value, new_value, seen_at
    from marts.changes
    where seen_at > ? and subject_kind not in ('status', 'issue', 'budget_line', 'key_result')
    order by seen_at desc, subject_kind, subject_id, what
    limit 200
"""
SCOPE = """
    select initiative_id, what, seen_at
    from marts.changes
    where seen_at > ? and subject_kind = 'issue' and what in ('scope_in', 'scope_out')
    order by seen_at desc
"""
SIZES = "select initiative_id, scope_count from marts.initiatives"
MONEY = """
    select subject_id, initiative_id, what, old_value, new_value, seen_at
    from marts.changes
    where seen_at > ? and subject_kind = 'budget_line'
    order by seen_at desc, subject_id, what
"""


def strip(marts: Marts, rows: list[Row], names: dict[str, str]) -> tuple[Block, ...]:
    """The overall colour of the program and of each initiative, week by week up to now, the worst first."""
    weeks: dict[str | None, list[Row]] = {}
    for row in marts.rows(STRIP):
        weeks.setdefault(row["initiative_id"], []).append(row)
    if not weeks:
        return ()
    now = {row["initiative_id"]: row for row in rows if row["dimension"] == "overall"}
    order = list(names)
    shown = sorted(
        now,
        key=lambda one: (
            one is not None, rank_of(now[one]["status"]), order.index(one) if one in names else len(order), one or "",
        ),
    )  # fmt: skip
    first = min(row["week_date"] for found in weeks.values() for row in found)
    table = Table(
        "Overall colour week by week, the last one is now: G green, A amber, R red, ? unknown",
        (Column("Initiative"), Column(f"{words.short_day(first)} to now"), Column("In words")),
        [
            (
                Value(title(one, names)),
                tuple(part for row in [*weeks.get(one, []), now[one]] for part in (_light(row), THIN)),
                _lasting([*weeks.get(one, []), now[one]]),
            )
            for one in shown
        ],
        empty="",
        is_caption_shown=True,
    )  # fmt: skip
    blocks: list[Block] = [table]
    if any(row["basis"] == "reconstructed" for found in weeks.values() for row in found):
        blocks.append(note("Weeks before the first sync are told by what Jira and MLflow keep of their own past."))
    return tuple(blocks)


def _light(row: Row) -> Light:
    """A week's colour; its reason, with the week, on hover."""
    when = f"Week of {words.day(row['week_date']).text}: " if row.get("week_date") else "Now: "
    return Light(
        status_of(row["status"]), is_narrow=True, full=when + words.sentence(row["reason"] or "no reason was recorded")
    )


def _lasting(rows: Sequence[Row]) -> str:
    """For how long the present colour has lasted, and what it was before: "Red for 8 weeks and now, unknown before"."""
    spells = [(colour, list(of_it)) for colour, of_it in groupby(rows, key=lambda row: status_of(row["status"]))]
    colour, lasting = spells[-1]
    said = {"white": "unknown"}.get(colour, colour).capitalize()
    weeks = figures.count(lasting[:-1])  # the last one is the week under way
    lasted = f"{said} for {words.count(weeks, 'week')} and now" if weeks else f"{said} since this week"
    if len(spells) == 1:
        return lasted if not weeks else f"{said} all {words.count(weeks, 'week')} and now"
    before = {"white": "unknown"}.get(spells[-2][0], spells[-2][0])
    return f"{lasted}, {before} before"


def week(marts: Marts, rows: list[Row], names: dict[str, str]) -> Section:
    """What changed since last week."""
    return Section("week", "What changed since last week", changed(marts, rows, names, days=7, said="seven days"))


def changed(marts: Marts, rows: list[Row], names: dict[str, str], *, days: int, said: str) -> tuple[Block, ...]:
    """Colours that turned in so many days, then what else moved: dates, registers, champions, money and scope."""
    blocks: list[Block] = [_turned(marts, rows, names, days)]
    since = marts.as_of - timedelta(days=days) if marts.as_of else None
    if since is None:
        return tuple(blocks)
    moved = [(row["seen_at"], _moved(marts, row, names)) for row in marts.rows(MOVED, since)]
    moved += _scope(marts, marts.rows(SCOPE, since), names)
    moved += _money(marts, marts.rows(MONEY, since), names)
    if moved:
        moved.sort(key=lambda one: one[0], reverse=True)
        columns = (Column("What"), Column("Was"), Column("Is"), Column("Seen"))
        rows_of_it = [(*cells, marts.day(seen_at)) for seen_at, cells in moved]
        blocks.append(
            Table(f"What else moved in {said}", columns, rows_of_it, empty="", limit=12, is_caption_shown=True)
        )
    return tuple(blocks)


def _turned(marts: Marts, rows: list[Row], names: dict[str, str], days: int) -> Block:
    """The colours that are not what they were; what was not computed, or not known, then did not turn green."""
    past = marts.rows(WEEKLY, marts.today - timedelta(days=days - 2)) if marts.today else []
    if not past:
        return note("No earlier week is known yet, so nothing can be compared.")
    week_date = past[0]["week_date"]
    before = {
        (row["initiative_id"], row["dimension"]): row["status"]
        for row in past
        if row["week_date"] == week_date and row["is_computed"] is not False
    }
    # A dimension of the program is told by the initiative that brought it.
    told = {
        row["dimension"]
        for row in rows
        if row["initiative_id"] is not None
        and row["dimension"] != "overall"
        and before.get((row["initiative_id"], row["dimension"]), row["status"]) != row["status"]
    }
    turned = []
    for row in sorted(rows, key=lambda row: (rank_of(row["status"]), row["initiative_id"] or "")):
        old = before.get((row["initiative_id"], row["dimension"]))
        if old is None or old == row["status"] or (old, row["status"]) == ("white", "green"):
            continue
        if row["initiative_id"] is None and row["dimension"] in told:
            continue
        head = (
            Value(title(row["initiative_id"], names)),
            f" · {DIMENSIONS.get(row['dimension'], row['dimension'])}: ",
            Light(status_of(old)),
            " → ",
            Light(status_of(row["status"])),
        )
        turned.append(Item(head, ((words.sentence(row["reason"] or "No reason was recorded"),),)))
    return Items(turned, f"No colour turned since the week of {words.day(week_date).text}.")


def _moved(marts: Marts, row: Row, names: dict[str, str]) -> tuple[Cell, ...]:
    """A cell or an alias: what it is, what it was and is. A row that came or went has no cells."""
    of = f" · {names[row['initiative_id']]}" if row["initiative_id"] in names else ""
    is_row = row["what"] == "row"
    what = _what(row["subject_kind"] if is_row else row["what"])
    name = row["subject_name"] or names.get(row["subject_id"]) or row["subject_id"] or ""
    old, new = (_said(row["what"] or "", row[name], marts.currency) for name in ("old_value", "new_value"))
    if is_row:
        old, new = (Value("new"), Value("entered")) if row["new_value"] else (Value("there"), Value("taken out"))
    return ((Value(name), Value(f"{what}{of}", tone="under")), old, new)


def _what(what: str | None) -> str:
    """What moved, in words: an alias by what it makes of a version."""
    kind, _, alias = (what or "").partition(" ")
    if kind == "alias":
        return ALIASES.get(alias) or f"version called {alias}"
    return words.moved(what)


def _scope(marts: Marts, rows: list[Row], names: dict[str, str]) -> list[tuple[datetime, tuple[Cell, ...]]]:
    """How many items each initiative had and has, and how many of them came and left."""
    sizes = {row["initiative_id"]: row["scope_count"] for row in marts.rows(SIZES)} if rows else {}
    groups: dict[str | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["initiative_id"], []).append(row)
    found: list[tuple[datetime, tuple[Cell, ...]]] = []
    for initiative, moved in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0] or "")):
        came, left = (figures.count(row for row in moved if row["what"] == f"scope_{word}") for word in ("in", "out"))
        parts = [f"{count} {word}" for count, word in ((came, "came in"), (left, "left")) if count]
        name = (Value(title(initiative, names)), Value(f"scope: {', '.join(parts)}", tone="under"))
        size = sizes.get(initiative)
        was = words.UNKNOWN if size is None else Value(words.count(size - came + left, "item"))
        found.append(
            (moved[0]["seen_at"], (name, was, words.UNKNOWN if size is None else Value(words.count(size, "item"))))
        )
    return found


def _money(marts: Marts, rows: list[Row], names: dict[str, str]) -> list[tuple[datetime, tuple[Cell, ...]]]:
    """What the plans, actuals and forecasts of each initiative were and are, in the cells that changed."""
    last: dict[tuple[str | None, str | None], Row] = {}
    first: dict[tuple[str | None, str | None], Row] = {}
    for row in rows:  # the newest first: a cell that changed twice was what it was before, and is what it is now
        last.setdefault((row["subject_id"], row["what"]), row)
        first[row["subject_id"], row["what"]] = row
    groups: dict[tuple[str, str], list[Row]] = {}
    for cell, row in last.items():
        whole = {**row, "old_value": first[cell]["old_value"]}
        if whole["old_value"] != whole["new_value"]:
            groups.setdefault((row["initiative_id"] or "", (row["what"] or "").split(" ")[0]), []).append(whole)
    found: list[tuple[datetime, tuple[Cell, ...]]] = []
    for (initiative, field), cells in sorted(groups.items()):
        name = (
            Value(title(initiative, names) if initiative else "Cost of no initiative"),
            Value(f"{field}, {words.count(figures.count(cells), 'cell')} of the budget", tone="under"),
        )
        was, now = (_added(cells, column, marts.currency) for column in ("old_value", "new_value"))
        found.append((cells[0]["seen_at"], (name, was, now)))
    return found


def _added(cells: list[Row], column: str, currency: str) -> Value:
    """What changed cells add up to; "none" where all of them were empty."""
    values = [_number(row[column]) for row in cells if row[column]]
    return words.amount(figures.total(values), currency) if values else Value("none", tone="quiet")


def _number(text: str | None) -> float:
    """The number that a change's old or new value spells; nothing and what is none count as nothing."""
    try:
        return figures.same(float(text or 0), text)
    except ValueError:
        return 0.0


def _said(what: str, value: str | None, currency: str) -> Value:
    """An old or new value as people write it: dates, shares and amounts in words, versions by their v, texts as they are."""
    if not value:
        return Value("none", tone="quiet")
    if what.endswith("_share"):
        return words.share(_number(value))
    if what.endswith("_amount"):
        return words.amount(_number(value), currency)
    if what.startswith("alias "):
        return Value(f"v{value}")
    try:
        return words.day(figures.same(date.fromisoformat(value), value))
    except ValueError:
        return Value(value)
