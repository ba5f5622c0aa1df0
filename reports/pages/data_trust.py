"""Data trust: for the engineer: how old everything is, which checks found something, and what to fix first."""

from __future__ import annotations

from reports import figures, words
from reports.document import Document, Section, Tile, Tiles, Value
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
        Section("cells", "Bad cells", (trust.cells(found.cells),)),
        Section("work", "Work that belongs to nothing", trust.work(marts, found.issues, found.pulls)),
        Section("chain", "From the money to the model", chain.blocks(marts, marts.initiatives())),
        Section("people", "Accounts nobody claims", trust.people(marts, found.accounts)),
        Section("fresh", "Age of everything that is read", trust.streams(marts, found.streams)),
    )
    return sources.framed(
        marts,
        name=NAME,
        title=TITLE,
        audience="For the engineer who runs the hub",
        verdict=_sentence(found.streams, found.checks),
        light=trust.light(found),
        sections=sections,
        numbers=_numbers(found),
        trusted=sources.remaining(marts, trust.left_out(found)),
    )


def _sentence(fresh: list[Row], checks: list[Row]) -> str:
    if not fresh:
        return "No source has been read yet: run hub check, then hub sync."
    stale = figures.count(row for row in fresh if row["is_stale"] is True)
    failed = figures.count(row for row in fresh if row["last_error"])
    count = words.count(figures.count(fresh), "stream")
    every = "The only stream is fresh" if len(fresh) == 1 else f"All {count} are fresh"
    said = every if not stale else f"{stale} of {count} {'is' if stale == 1 else 'are'} stale"
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
            Tile("Oldest read", _age(max(hours, default=None)), "since it last succeeded"),
            Tile("Checks that found something", Value(words.count(figures.count(found.checks)))),
            Tile("Issues without initiative", Value(words.count(figures.count(found.issues))), "open ones"),
            Tile(
                "Pull requests without issue",
                Value(words.count(figures.count(found.pulls))),
                f"merged in {figures.fixed(trust.RECENT_DAYS)} days",
            ),
            Tile("Unclaimed accounts", Value(words.count(figures.count(found.accounts)))),
        )
    )


def _age(hours: float | None) -> Value:
    """An age that fits a tile."""
    said = words.duration(hours)
    return Value("< 1 min", said.full) if hours is not None and hours < 1 / 60 else said


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
