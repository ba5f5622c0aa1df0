"""Data trust: for the engineer: how old everything is, which checks found something, and what to fix first."""

from __future__ import annotations

from reports import figures, words
from reports.document import Column, Document, Section, Table, Tile, Tiles, Value
from reports.marts import Marts, Row
from reports.sections import chain, sources, trust

NAME = "data_trust"
TITLE = "Data trust"
DESCRIPTION = "Age and last error of every stream, failed checks with remedies, bad cells by address, unlinked work, the way from the money to each model, unmatched people, and what to fix first."


def compose(marts: Marts) -> Document:
    """The whole report."""
    found = trust.gather(marts)
    sections = (
        Section("first", "What to fix first", (trust.first(found),)),
        Section("short", "In short", (_tiles(found),)),
        Section("fresh", "Age of everything that is read", (_streams(marts, found.streams),)),
        Section("cells", "Bad cells", (trust.cells(found.cells),)),
        Section("work", "Work that belongs to nothing", trust.work(marts, found.issues, found.pulls)),
        Section("chain", "From the money to the model", chain.blocks(marts, marts.initiatives())),
        Section("people", "Accounts nobody claims", trust.people(marts, found.accounts)),
    )
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For the engineer who runs the hub",
        verdict=_sentence(found.streams, found.checks),
        light=None,
        sections=sections,
        numbers=_numbers(found),
        are_streams_shown=True,
    )


def _sentence(fresh: list[Row], checks: list[Row]) -> str:
    if not fresh:
        return "No source has been read yet: run hub check, then hub sync."
    stale = figures.count(row for row in fresh if row["is_stale"] is True)
    failed = figures.count(row for row in fresh if row["last_error"])
    count = words.count(figures.count(fresh), "stream")
    said = f"All {count} are fresh" if not stale else f"{stale} of {count} {'is' if stale == 1 else 'are'} stale"
    said += f", {failed} failed at the last attempt" if failed else ""
    errors = figures.count(row for row in checks if row["severity"] == "error")
    found = f"{words.count(figures.count(checks), 'check')} found something" if checks else "no check found anything"
    return f"{said}; {found}{f', {errors} of them an error' if errors else ''}."


def _tiles(found: trust.Found) -> Tiles:
    stale = figures.count(row for row in found.streams if row["is_stale"] is True)
    hours = [row["age_hours"] for row in found.streams if row["age_hours"] is not None]
    return Tiles(
        (
            Tile("Stale streams", Value(words.count(stale)), f"of {figures.count(found.streams)}"),
            Tile("Oldest read", words.duration(max(hours, default=None)), "since it last succeeded"),
            Tile("Checks that found something", Value(words.count(figures.count(found.checks)))),
            Tile("Issues of no initiative", Value(words.count(figures.count(found.issues))), "open ones"),
            Tile(
                "Pull requests without issue",
                Value(words.count(figures.count(found.pulls))),
                f"merged in {figures.fixed(trust.RECENT_DAYS)} days",
            ),
            Tile("Accounts of nobody", Value(words.count(figures.count(found.accounts)))),
        )
    )


def _streams(marts: Marts, rows: list[Row]) -> Table:
    """Every stream, those that need attention first."""
    ordered = sorted(rows, key=lambda row: (row["is_stale"] is not True, not row["last_error"]))
    return Table(
        "Every stream of every source",
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
            for row in ordered
        ],
        empty="No source has been read yet.",
        limit=60,
    )  # fmt: skip


def _numbers(found: trust.Found) -> dict[str, float]:
    oldest = max((row["age_hours"] for row in found.streams if row["age_hours"] is not None), default=None)
    return {
        "streams": float(len(found.streams)),
        "stale_streams": float(sum(row["is_stale"] is True for row in found.streams)),
        "failed_streams": float(sum(bool(row["last_error"]) for row in found.streams)),
        **({"oldest_read_hours": float(oldest)} if oldest is not None else {}),
        "checks_that_found_something": float(len(found.checks)),
        "failed_checks": float(sum(row["severity"] == "error" for row in found.checks)),
        "bad_cells": float(len(found.cells)),
        "issues_of_no_initiative": float(len(found.issues)),
        "pull_requests_without_issue": float(len(found.pulls)),
        "accounts_of_nobody": float(len(found.accounts)),
    }
