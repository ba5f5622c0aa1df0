"""Parts of the data trust report: work that belongs to nothing, people nobody knows, and what to fix first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reports import figures, words
from reports.document import Block, Column, Fold, Inline, Item, Items, Light, Table, Value, note, rank_of
from reports.marts import Marts, Row
from reports.sections import sources

CELLS = "select tab, cell, message from marts.bad_cells order by seen_at desc, tab, cell, message"
UNLINKED = """
    select issue_id, issue_key, project_key, summary, created_at
    from marts.issues
    where initiative_id is null and is_work_item and done_at is null and deleted_at is null
    order by created_at desc nulls last, issue_key
"""
MERGED = """
    select pull_request_id, repository, number, title, merged_at
    from marts.pull_requests
    where merged_at > ? and is_bot is not true
    order by merged_at desc
"""
LINKED = "select pull_request_id from marts.pull_request_issues"
VERSIONS = "select model_version_id, model_id from marts.model_versions"
LED = """
    select model_version_id, initiative_id
    from marts.evidence_chain
    where model_version_id is not null and initiative_id is not null and broken_at is distinct from 'initiative'
    order by chain_id
"""
"""Versions whose issue leads to an initiative."""
MODELS = "select model_id, name from marts.registered_models where initiative_id is null order by name"
ACCOUNTS = """
    select source, instance, account, person_id, method
    from marts.identities
    where method is distinct from 'bot'
    order by source, instance, account
"""
LISTED = "select person_id from marts.people where is_listed"
SUGGESTIONS = """
    select source, account, person_id, evidence, score
    from marts.identity_suggestions
    order by score desc nulls last, source, account
"""
RECENT_DAYS = 90
MOST_WARNED = 5
MOST_CELLS = 3


@dataclass(frozen=True)
class Found:
    """All that makes figures doubtful: streams by age, checks that found something, bad cells, loose ends."""

    streams: list[Row]
    checks: list[Row]
    cells: list[Row]
    issues: list[Row]
    pulls: list[Row]
    accounts: list[Row]


def gather(marts: Marts) -> Found:
    """What the marts know of their own faults."""
    return Found(
        streams=marts.rows(sources.FRESHNESS),
        checks=sorted(marts.rows(sources.QUALITY), key=lambda row: sources.severity_rank(row["severity"])),
        cells=marts.rows(CELLS),
        issues=marts.rows(UNLINKED),
        pulls=unlinked_pulls(marts),
        accounts=strangers(marts),
    )


def unlinked_pulls(marts: Marts) -> list[Row]:
    """Pull requests of people, merged in the last 90 days, that name no issue."""
    if marts.as_of is None:
        return []
    linked = {row["pull_request_id"] for row in marts.rows(LINKED)}
    merged = marts.rows(MERGED, marts.as_of - timedelta(days=RECENT_DAYS))
    return [row for row in merged if row["pull_request_id"] not in linked]


def strangers(marts: Marts) -> list[Row]:
    """Accounts that belong to nobody whom the people tab lists; none where no such tab was read."""
    listed = {row["person_id"] for row in marts.rows(LISTED)}
    return [row for row in marts.rows(ACCOUNTS) if row["person_id"] not in listed] if listed else []


def work(marts: Marts, issues: list[Row], pulls: list[Row]) -> tuple[Block, ...]:
    """Open issues of no initiative, pull requests that name no issue, models of no initiative."""
    projects: dict[str, list[Row]] = {}
    for row in issues:
        projects.setdefault(row["project_key"] or "?", []).append(row)
    most = sorted(projects.items(), key=lambda pair: -len(pair[1]))
    found: list[Block] = []
    if most:
        counts = words.joined([f"{figures.count(of_it)} in {project}" for project, of_it in most])
        found.append(note(f"{words.count(figures.count(issues), 'open issue belongs', 'open issues belong')} to no initiative: {counts}. Map its epic, component, label or project in the roadmap tab."))  # fmt: skip
    found.append(
        Table(
            "Open issues without an initiative, the newest first",
            (Column("Issue"), Column("Created")),
            [
                (
                    (
                        Value(row["issue_key"] or row["issue_id"], href=marts.issue(row["issue_id"], row["issue_key"])),
                        f" {row['summary'] or ''}",
                    ),
                    marts.day(row["created_at"]),
                )
                for row in issues
            ],
            empty="Every open issue belongs to an initiative, or no tracker has been read.",
            limit=10,
            is_caption_shown=True,
        )
    )
    found.append(
        Table(
            f"Pull requests merged in the last {figures.fixed(RECENT_DAYS)} days that name no issue",
            (Column("Pull request"), Column("Merged")),
            [
                (
                    (
                        Value(
                            f"{row['repository']}#{row['number']}",
                            href=marts.pull(row["pull_request_id"], row["repository"], row["number"]),
                        ),
                        f" {row['title'] or ''}",
                    ),
                    marts.day(row["merged_at"]),
                )
                for row in pulls
            ],
            empty=f"Every pull request of the last {figures.fixed(RECENT_DAYS)} days names its issue, or none was merged.",
            limit=10,
            is_caption_shown=True,
        )
    )
    if parts := _models(marts):
        found.append(
            note("Models that name no initiative: ", *parts, ". Set the tag hub.initiative or the models tab.")
        )
    return tuple(found)


def _models(marts: Marts) -> list[Inline]:
    """Models that name no initiative, with the one that the issue of a version of theirs leads to."""
    of_version = {row["model_version_id"]: row["model_id"] for row in marts.rows(VERSIONS)}
    led = {of_version.get(row["model_version_id"]): row["initiative_id"] for row in marts.rows(LED)}
    initiatives = marts.initiatives()
    parts: list[Inline] = []
    for row in marts.rows(MODELS):
        parts += [", "] if parts else []
        parts.append(Value(row["name"] or row["model_id"], href=marts.model(row["model_id"], row["name"])))
        if row["model_id"] in led:
            initiative = led[row["model_id"]]
            parts.append(f" (by its issue: {initiatives.get(initiative, initiative)})")
    return parts


def people(marts: Marts, unknown: list[Row]) -> tuple[Block, ...]:
    """Accounts nobody claims, and whose they may be."""
    names = marts.names()
    proposals: dict[tuple[str, str], list[str]] = {}
    for row in marts.rows(SUGGESTIONS):
        who = names.get(row["person_id"]) or row["person_id"] or "somebody"
        proposals.setdefault((row["source"], row["account"]), []).append(f"{who}: {row['evidence'] or 'similar'}")
    table = Table(
        "Accounts that nobody in the people tab claims",
        (Column("Account"), Column("Source"), Column("May be")),
        [
            (
                row["account"] or "",
                sources.called(row["source"], row["instance"]),
                "; ".join(proposals.get((row["source"], row["account"]), [])) or Value("no proposal", tone="quiet"),
            )
            for row in unknown
        ],
        empty="Every account belongs to somebody in the people tab, or no such tab was read.",
        limit=15,
    )
    return (note("Add the login to the person's row in the people tab; a proposal is never applied by itself."), table) if unknown else (table,)  # fmt: skip


def first(found: Found) -> Items:
    """What to fix first: sources that fail, failed checks, bad cells, then what most figures suffer from."""
    entries: list[Item] = []
    for row in found.streams:
        if row["is_stale"] or row["last_error"]:
            what = f"{sources.called(row['source'], row['instance'])}: {words.label(row['stream'] or '')} {'is stale' if row['is_stale'] else 'failed at the last attempt'}"
            entries.append(Item((what,), ((words.sentence(row["last_error"] or "No error was recorded; run hub sync"),),), Light("red" if row["is_stale"] else "amber")))  # fmt: skip
    entries += [_check(row) for row in _failed(found)]
    if found.cells:
        head = f"{words.count(figures.count(found.cells), 'cell')} of the sheets cannot be read"
        left = len(found.cells) - MOST_CELLS
        remedy = f"Correct {'it' if len(found.cells) == 1 else 'them'} in the sheet."
        rest = f"… and {figures.more(left)} more. {remedy}" if left > 0 else remedy
        lines = [*(words.sentence(words.told(row["message"])) for row in found.cells[:MOST_CELLS]), rest]
        entries.append(Item((head,), tuple((line,) for line in lines), Light("amber")))
    entries += [_check(row) for row in _warned(found)]
    if found.accounts:
        head = f"{words.count(figures.count(found.accounts), 'account is', 'accounts are')} claimed by nobody"
        entries.append(Item((head,), (("Add their logins to the people tab.",),), Light("amber")))
    return Items(entries, "Nothing: every source answers and no check found anything." if found.streams else "Nothing has been read yet: run hub check, then hub sync.", limit=10)  # fmt: skip


def _failed(found: Found) -> list[Row]:
    return [row for row in found.checks if row["severity"] == "error"]


def _warned(found: Found) -> list[Row]:
    """The warnings that concern most of what they look at."""
    warned = [row for row in found.checks if row["severity"] in ("warn", "warning")]
    return sorted(warned, key=lambda row: -(row["affected_share"] or 0))[:MOST_WARNED]


def left_out(found: Found) -> list[Row]:
    """The findings that are not among what to fix first."""
    told = {row["check_name"] for row in (*_failed(found), *_warned(found))}
    told |= {check for check, rows in (("bad_cell", found.cells), ("account_of_nobody", found.accounts)) if rows}
    return [row for row in found.checks if row["check_name"] not in told]


def light(found: Found) -> Light | None:
    """The worst of what to fix first: red where a stream is stale or a check failed; None before anything was read."""
    if not found.streams:
        return None
    lights = [one.light for one in first(found).items if one.light is not None]
    return min(lights, key=lambda one: rank_of(one.status), default=Light("green"))


def streams(marts: Marts, rows: list[Row]) -> tuple[Block, ...]:
    """The streams that need attention; the fresh ones fold behind a sentence."""
    fresh = [row for row in rows if row["is_stale"] is False and not row["last_error"]]
    others = sorted((row for row in rows if row not in fresh), key=lambda row: row["is_stale"] is not True)
    empty = "No stream is stale, and none failed at the last attempt." if rows else "No source has been read yet."
    shown = _streams("Streams that are stale or failed", others, marts, empty)
    if not fresh:
        return (shown,)
    summary = f"{words.count(figures.count(fresh), 'stream is', 'streams are')} fresh"
    return (shown, Fold(summary, (_streams("Streams that are fresh", fresh, marts, ""),), is_in_markdown=False))


def _streams(caption: str, rows: list[Row], marts: Marts, empty: str) -> Table:
    return Table(
        caption,
        (Column("Stream"), Column("State"), Column("Age"), Column("Last success"), Column("Last attempt", is_page_only=True), Column("Last error")),
        [
            (
                (Value(words.label(row["stream"] or "")), Value(sources.called(row["source"], row["instance"]), tone="under")),
                Value("stale", tone="bad") if row["is_stale"] else "fresh" if row["is_stale"] is False else words.UNKNOWN,
                words.ago(row["age_hours"]),
                words.moment(row["last_success_at"], marts.timezone),
                words.moment(row["last_attempt_at"], marts.timezone),
                row["last_error"] or "",
            )
            for row in rows
        ],
        empty=empty,
        limit=60,
    )  # fmt: skip


def _check(row: Row) -> Item:
    lines: list[tuple[Inline, ...]] = [(words.sentence(row["remedy"] or "No remedy is known"),)]
    if row["example"]:
        lines.append((f"For example {sources.example(row)}",))
    share = f", {words.share(row['affected_share']).text}" if row["affected_share"] else ""
    head = words.sentence(words.label(row["check_name"] or "A check")).rstrip(".")
    affected = Value(f" · {words.count(row['affected_count'])} affected{share}", tone="quiet")
    return Item((head, affected), tuple(lines), Light("red" if row["severity"] == "error" else "amber"))


def cells(found: list[Row]) -> Table:
    """Bad cells of all tabs by their addresses."""
    return Table(
        "Cells of the sheets that cannot be read",
        (Column("Cell"), Column("What is wrong"), Column("Tab")),
        [(row["cell"], words.sentence(_said(row)), words.label(row["tab"])) for row in found],
        empty="Every cell that is read holds what its column asks for.",
        limit=20,
    )


def _said(row: Row) -> str:
    """What is wrong with a cell, its address left out."""
    return str(row["message"]).removeprefix(f"{row['cell']}: ")
