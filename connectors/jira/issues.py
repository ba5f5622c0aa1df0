"""Issues of Jira with their complete changelogs.

A project that the settings no longer name is read no more: its issues stay as they were last read, count as before and never as
deleted (census.py); named again, it is read whole. The small lists are read whole, so its boards, sprints and versions do end.

A read goes through its window in order of creation, which no edit changes, so that it can begin anew anywhere: at a
page token that expired, at rows that moved, after a crash (no token outlives its run). Calls of a run in which nothing changed: 1 search, 2 to test
how moments are understood, and those of connecting (1) and listing projects (1); 1 per 100 epics outside the projects.

Not here: deleted issues and those that move out of the settings' projects (census.py), the small lists (lists.py), what fields mean (staging).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from requests.exceptions import ChunkedEncodingError, ReadTimeout

from connectors.jira import changelogs, outside
from connectors.jira.client import JiraClient, RefusedError
from connectors.jira.window import Window, begin, count
from connectors.stream import Cursor, Page, Record, SourceError

_log = logging.getLogger(__name__)
_SMALLEST_PAGE = 10


def read(client: JiraClient, cursor: Cursor | None) -> Iterator[Page]:
    """Issues with all fields and their complete changelogs: those updated since the last read began, all of them in projects that it did not cover.

    Epics in other projects that these hang on are read by id, each time. The watermark is the site's clock minus ten minutes.
    Projects of the settings that the account does not see are named in an error at the end.
    """
    window = begin(client, cursor)
    pages = _cloud_pages(client, window) if client.is_cloud else _data_center_pages(client, window)
    for issues, total in pages:
        changelogs.complete(client, issues)
        window.outside |= outside.referenced(client, issues)
        yield Page(issues, window.cursor(), total=total)
    if window.outside:
        issues = outside.fetched(client, window.outside)
        changelogs.complete(client, issues)
        yield Page(issues, window.cursor())
    if client.missing_projects:
        raise SourceError(
            "jira",
            client.settings.name,
            "issues",
            f"does not see {', '.join(client.missing_projects)}; nothing of it is deleted here, the other projects were read",
            "Give the account the permission Browse Projects there, or correct projects in the settings.",
        )


def without_watermark(cursor: Cursor) -> Cursor:
    """What of the cursor a read of everything begins with: what the census must not forget."""
    kept = {name: cursor[name] for name in ("outside", "missed", "let_go") if name in cursor}
    return {**kept, "former": sorted({*cursor.get("former", []), *cursor.get("projects", [])})}


def _cloud_pages(client: JiraClient, window: Window) -> Iterator[tuple[list[Record], int | None]]:
    """Pages chained by tokens. A short page means nothing; only a missing token ends the list."""
    total = count(client, window.clauses()) if window.is_whole else None
    seen: set[str | None] = {None}
    while True:
        body: Record = {"jql": window.query(), "fields": ["*all"], "expand": "changelog"}
        if window.token:
            body["nextPageToken"] = window.token
        try:
            page = _search(window, lambda size, body=body: client.post("search/jql", {**body, "maxResults": size}))
        except RefusedError as error:
            if error.status != 400 or not window.token:
                raise
            _log.warning("Jira no longer takes the page token; reading on from %s", window.reached or "the beginning")
            window.restart()
            seen = {None}
            continue
        for warning in [*page.get("warnings", []), *page.get("warningMessages", [])]:
            _log.warning("Jira warns: %s", warning)
        token = page.get("nextPageToken")
        window.advance(page["issues"], token=token)
        yield page["issues"], total
        if not token:
            return
        if token in seen:
            _log.warning("Jira repeated a page token; reading on from %s", window.reached or "the beginning")
            window.restart()
            seen = {None}
        seen.add(window.token)


def _data_center_pages(client: JiraClient, window: Window) -> Iterator[tuple[list[Record], int | None]]:
    """Pages by offset. Each repeats the last issue of the one before; if it does not, rows have moved."""
    start, last_id = 0, None
    while True:
        parameters = {"jql": window.query(), "fields": "*all", "expand": "changelog", "startAt": start}
        page = _search(window, lambda size, p=parameters: client.get("search", **p, maxResults=size))
        found: list[Record] = page["issues"]
        ids = [issue["id"] for issue in found]
        if last_id is not None and last_id not in ids:
            _log.warning("Rows moved between two pages of a search; reading on from %s", window.reached)
            window.restart()
            start, last_id = 0, None
            continue
        # The index may still know issues that are gone: a page then shows fewer of them than it covers rows.
        covered = start + max(int(page["maxResults"]), 1)
        is_last = covered >= page["total"]
        issues = found if last_id is None else found[ids.index(last_id) + 1 :]
        window.advance(issues, token=None if is_last else str(start))
        yield issues, page["total"]
        if is_last:
            return
        start, last_id = (start + len(ids) - 1, ids[-1]) if len(ids) > 1 else (covered, None)


def _search(window: Window, ask: Any) -> Any:
    """A page of a search; smaller ones from now on if the site cannot produce one of this size."""
    while True:
        try:
            return ask(window.page_size)
        except (RefusedError, ReadTimeout, ChunkedEncodingError) as error:
            is_size = not isinstance(error, RefusedError) or error.status in (500, 502, 504)
            if not is_size or window.page_size <= _SMALLEST_PAGE:
                raise
            window.page_size = max(_SMALLEST_PAGE, window.page_size // 2)
            _log.warning("Jira could not produce a page; asking for %d issues at a time", window.page_size)
