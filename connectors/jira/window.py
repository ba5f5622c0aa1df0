"""What one read of issues covers, how far it has come, and the cursor that says so. Not here: requests (issues.py)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.jira import jql
from connectors.jira.client import JiraClient, RefusedError
from connectors.stream import Cursor, Record, SourceError

_log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
"""How much is read again: the search index lags by seconds to minutes, and the site's nodes may disagree on time."""

_LARGEST_PAGE = 100
_FAR_FUTURE_MS = 4_102_444_800_000  # 2100-01-01
_RESTARTS_WITHOUT_PROGRESS = 3


@dataclass(slots=True)
class Window:
    """The issues of `new` projects, and of `known` ones if updated since the watermark, in order of creation."""

    client: JiraClient
    known: list[str]
    new: list[str]
    watermark: datetime | None  # None: everything
    previous: Cursor | None  # what the cursor says of the last finished read, kept until this one ends
    began_at: datetime
    created_from: datetime | None = None  # the present query begins here
    reached: datetime | None = None  # what has been read is complete up to here
    token: str | None = None
    page_size: int = _LARGEST_PAGE
    is_finished: bool = False
    outside: set[str] = field(default_factory=set)  # ids and keys of issues outside the projects that others hang on
    _restarts: int = 0
    _dates: tuple[jql.Dates, str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether any project is read from its beginning."""
        return bool(self.new) and self.created_from is None

    def clauses(self) -> str:
        """The query without its order."""
        updated = self.watermark and self._not_before("updated", self.watermark)
        created = self.created_from and self._not_before("created", self.created_from)
        changed = jql.both(jql.in_projects(self.known), updated or "") if self.known else ""
        scope = jql.either(changed, jql.in_projects(self.new))
        return jql.both(scope, self.client.settings.jql or "", created or "")

    def query(self) -> str:
        """The query, in an order that no edit of an issue changes."""
        return f"{self.clauses()} order by created asc, key asc"

    def _not_before(self, name: str, moment: datetime) -> str:
        if self._dates is None:
            self._dates = _understood_dates(self.client, [*self.known, *self.new])
        dates, zone = self._dates
        return jql.not_before(name, moment, dates=dates, zone=zone)

    def advance(self, issues: list[Record], *, token: str | None) -> None:
        """Notes a page that was read; without a token it was the last."""
        reached = next((moment for moment in map(_created_at, reversed(issues)) if moment), None)
        if reached:
            if reached != self.reached:
                self._restarts = 0
            self.reached = reached
        self.token = token
        self.is_finished = token is None

    def restart(self) -> None:
        """Begins a new query at the creation of the last issue read: some come again, none is passed over."""
        self._restarts += 1
        if self._restarts > _RESTARTS_WITHOUT_PROGRESS:
            raise SourceError(
                "jira",
                self.client.settings.name,
                "issues",
                f"its search does not get past {self.reached or 'its first page'}: page tokens repeat or rows keep moving",
                "What was read has landed; the next run reads on from there. If it stays so, tell the site's administrators.",
            )
        self.created_from, self.token = self.reached or self.created_from, None

    def cursor(self) -> Cursor:
        """What to continue from once everything read so far has landed."""
        scope = {"projects": [*self.known, *self.new], "jql": self.client.settings.jql, "page_size": self.page_size}
        previous = self.previous or {}
        kept: Cursor = {"outside": sorted(self.outside)} if self.outside else {}
        if self.is_finished:
            kept |= {name: previous[name] for name in ("missed", "let_go") if name in previous}  # see census.py
            if former := {*previous.get("former", []), *previous.get("projects", [])} - {*self.known, *self.new}:
                kept["former"] = sorted(former)
            return {"watermark": (self.began_at - OVERLAP).isoformat(), **scope, **kept}
        reading = {
            **scope,
            "began_at": self.began_at.isoformat(),
            "created_from": self.created_from and self.created_from.isoformat(),
            "reached": self.reached and self.reached.isoformat(),
        }
        return {**previous, **kept, "reading": reading}


def _created_at(issue: Record) -> datetime | None:
    """When an issue was created; None where its payload does not say."""
    try:
        return datetime.fromisoformat(issue["fields"]["created"])
    except (KeyError, TypeError, ValueError):
        return None


def begin(client: JiraClient, cursor: Cursor | None) -> Window:
    """The window that follows from the cursor: a read that was broken off is taken up where it was."""
    settings = client.settings
    if settings.jql and re.search(r"\border\s+by\b", settings.jql, re.IGNORECASE):
        raise SourceError(
            "jira", settings.name, "issues", "its setting jql has an ORDER BY", "Remove it: the hub sets the order."
        )
    keys = [project["key"] for project in client.projects]
    if not keys:
        asked = ", ".join(settings.projects) or "any project"
        raise SourceError(
            "jira",
            settings.name,
            "issues",
            f"the account sees none of its projects ({asked}); nothing is taken as deleted",
            "Check the setting projects, and give the account the permission Browse Projects.",
        )
    previous = {name: value for name, value in (cursor or {}).items() if name != "reading"}
    covered = previous.get("projects", []) if previous.get("jql") == settings.jql else []
    window = Window(
        client,
        known=[key for key in keys if key in covered],
        new=[key for key in keys if key not in covered],
        watermark=datetime.fromisoformat(previous["watermark"]) if "watermark" in previous else None,
        previous=previous,
        began_at=client.server_now(),
        page_size=previous.get("page_size", _LARGEST_PAGE),
        outside=set(previous.get("outside", [])),
    )
    reading = (cursor or {}).get("reading")
    if reading and reading["jql"] == settings.jql and reading["projects"] == [*window.known, *window.new]:
        _resume(window, reading)
    return window


def _resume(window: Window, reading: dict[str, Any]) -> None:
    moments = {
        name: reading[name] and datetime.fromisoformat(reading[name])
        for name in ("began_at", "created_from", "reached")
    }
    window.began_at = moments["began_at"]
    window.created_from, window.reached = moments["created_from"], moments["reached"]
    window.page_size = reading["page_size"]
    # Neither an offset nor a token means anything in another run: what was deleted since has moved the rows.
    window.restart()


def _understood_dates(client: JiraClient, keys: list[str]) -> tuple[jql.Dates, str]:
    """How this site takes moments in a query. Epoch milliseconds are exact but undocumented, so two counts test them."""
    scope = jql.in_projects(keys)
    try:
        since_ever = count(client, jql.both(scope, "updated >= 1000"))
        in_future = count(client, jql.both(scope, f"updated >= {_FAR_FUTURE_MS}"))
    except RefusedError as error:
        if error.status != 400:
            raise
        since_ever = in_future = 0
    if since_ever > 0 and in_future == 0:
        return "epoch", "UTC"
    _log.info(
        "Jira %r does not take epoch milliseconds; asking by minutes in the account's time zone", client.settings.name
    )
    return "text", str(client.get("myself").get("timeZone") or "UTC")


def count(client: JiraClient, clauses: str) -> int:
    """How many issues a query finds, nearly."""
    if client.is_cloud:
        return int(client.post("search/approximate-count", {"jql": clauses})["count"])
    return int(client.get("search", jql=clauses, maxResults=0, fields="id")["total"])
