"""What waits for another team: open links between projects or initiatives, and the chain that holds each milestone."""

from __future__ import annotations

from reports import words
from reports.document import Block, Cell, Column, Inline, Item, Items, Light, Status, Table, Value
from reports.marts import Marts, Row

LINKS = """
    select
        from_issue_id, to_issue_id, from_issue_key, to_issue_key, from_project, to_project, is_resolved, needed_by_date, needed_by_source,
        p80_date, p80_source, is_late, late_days
    from marts.dependencies
    where is_resolved is not true
    order by is_late desc nulls last, needed_by_date nulls last, from_issue_id
"""
CHAINS = """
    select
        milestone_id, root_issue_id, initiative_id, chain_issue_ids, chain_issue_keys, held_issue_count, target_date, p80_date, is_late
    from marts.dependency_chains
    where chain_rank = 1
    order by is_late desc nulls last, target_date nulls last, milestone_id
"""
KEYS = "select issue_id, issue_key, summary from marts.issues"
MILESTONES = "select milestone_id, name from marts.milestones"


def blocks(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """Open dependencies, late ones first, and what holds each milestone up."""
    links, chains = marts.rows(LINKS), marts.rows(CHAINS)
    issues = {row["issue_id"]: row for row in marts.rows(KEYS)} if links or chains else {}
    table = _links(links, issues, marts)
    return (table, _chains(chains, issues, names, marts)) if chains else (table,)


def _links(rows: list[Row], issues: dict[str, Row], marts: Marts) -> Table:
    """One row per link; what is said of an issue that blocks several stands in the first of them."""
    told: set[str] = set()
    shown: list[tuple[Cell, ...]] = []
    for row in rows:
        blocker = _issue(row["from_issue_id"], row["from_issue_key"], row["from_project"], issues, marts)
        expected, because = words.day(row["p80_date"]), row["p80_source"]
        is_told = row["from_issue_id"] in told
        told.add(row["from_issue_id"])
        shown.append(
            (
                blocker[0] if is_told and isinstance(blocker, tuple) else blocker,
                _issue(row["to_issue_id"], row["to_issue_key"], row["to_project"], issues, marts),
                _because(words.day(row["needed_by_date"]), row["needed_by_source"]),
                _again(expected, because) if is_told else _because(expected, because),
                _state(row),
            )
        )
    return Table(
        "Open dependencies, late ones first",
        (
            Column("Blocks"),
            Column("Is needed for"),
            Column("Needed by", explain="Due date of what waits, else its milestone"),
            Column("Expected", explain="Eight chances in ten"),
            Column("State"),
        ),
        shown,
        empty="No open dependency between teams is known.",
        limit=15,
    )


def _because(day: Value, source: str | None) -> Cell:
    """A date with what it was taken from, or why there is none."""
    return (day, Value(source, tone="under")) if source else day


def _again(day: Value, source: str | None) -> Value:
    """What was said of a blocker in the row above: its day, or that there is none."""
    if day is words.UNKNOWN:
        return Value("as above", source or "", tone="quiet")
    return Value(day.text, source or "")


def _state(row: Row) -> Value:
    if row["is_late"] is None:
        return Value("unknown", tone="quiet")
    if not row["is_late"]:
        return Value("in time")
    days = row["late_days"]
    return Value(f"{words.count(days, 'day')} late" if days and days > 0 else "late", tone="bad")


def _issue(issue_id: str, key: str | None, project: str | None, issues: dict[str, Row], marts: Marts) -> Cell:
    row = issues.get(issue_id)
    if row is None:
        return Value(key or project or issue_id or "")
    shown = row["issue_key"] or key or issue_id
    return (Value(shown, href=marts.issue(issue_id, row["issue_key"])), Value(row["summary"] or "", tone="under"))


def _chains(rows: list[Row], issues: dict[str, Row], names: dict[str, str], marts: Marts) -> Items:
    """Of each milestone the chain that holds it longest; one that holds several is said once."""
    titles = {row["milestone_id"]: row["name"] for row in marts.rows(MILESTONES)}
    held: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        same = (tuple(row["chain_issue_ids"] or [row["root_issue_id"]]), row["initiative_id"], row["is_late"], row["held_issue_count"], row["p80_date"])  # fmt: skip
        held.setdefault(same, []).append(row)
    return Items(
        [_chain(of_it, issues, titles, names, marts) for of_it in held.values()], "No milestone waits for anything."
    )


def _chain(
    milestones: list[Row], issues: dict[str, Row], titles: dict[str, str], names: dict[str, str], marts: Marts
) -> Item:
    row = milestones[0]
    light: Status = "white" if row["is_late"] is None else "red" if row["is_late"] else "green"
    waiting = words.joined(
        [titles.get(one["milestone_id"]) or one["milestone_id"] for one in milestones], most=len(milestones)
    )
    head = f"{waiting} {'waits' if len(milestones) == 1 else 'wait'} for {(row['chain_issue_keys'] or ['?'])[0]}"
    initiative = names.get(row["initiative_id"], row["initiative_id"])
    parts: list[Inline] = []
    for issue_id, key in zip(row["chain_issue_ids"] or (), row["chain_issue_keys"] or (), strict=False):
        summary = (issues.get(issue_id) or {}).get("summary")
        parts += [" holds up " if parts else "", Value(key or issue_id, href=marts.issue(issue_id, key)), f" ({summary})" if summary else ""]  # fmt: skip
    held = words.count(row["held_issue_count"], "issue waits", "issues wait")
    days = list(dict.fromkeys(words.day(one["target_date"]).text for one in milestones if one["target_date"]))
    target = (
        f"{'target' if len(days) == 1 else 'targets'} {words.joined(days, most=len(days))}" if days else "no target"
    )
    expected = f"not before {words.day(row['p80_date']).text} in eight of ten cases" if row["p80_date"] else "nobody can tell when it will be done"  # fmt: skip
    return Item(
        (head, Value(f" · {initiative}" if initiative else "", tone="quiet")),
        ((*parts, "."), (f"{held} for it; {target}, {expected}.",)),
        Light(light),
    )
