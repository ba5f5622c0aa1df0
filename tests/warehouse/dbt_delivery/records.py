"""Raw records of Jira, GitHub and the sheets as the vendors send them, from the few words that matter to a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STATUSES = {
    "To Do": ("1", "new"),
    "Doing": ("2", "indeterminate"),
    "Blocked": ("4", "indeterminate"),
    "Done": ("3", "done"),
}
SPRINT, POINTS, FLAGGED, EPIC = (f"customfield_{number}" for number in (10020, 10016, 10021, 10014))


def jira_text(moment: str) -> str:
    """A moment as Jira writes it."""
    return moment.replace(" ", "T") + (":00" if moment.count(":") == 1 else "") + ".000+0000"


def github_text(moment: str | None) -> str | None:
    """A moment as GitHub writes it."""
    return moment and moment.replace(" ", "T") + (":00Z" if moment.count(":") == 1 else "Z")


@dataclass
class Raw:
    """Raw records as the vendors send them, from the few words that matter to a test."""

    records: list[tuple[str, str, dict[str, Any], str | None]] = field(default_factory=list)
    histories: int = 0
    repositories: dict[int, str] = field(default_factory=dict)

    def land(self, table: str, record_id: str, payload: dict[str, Any], deleted: str | None = None) -> None:
        """Any record of any table."""
        self.records.append((table, record_id, payload, deleted))

    def catalogue(self) -> None:
        """Fields and statuses of the Jira site."""
        greenhopper, plain = "com.pyxis.greenhopper.jira:", "com.atlassian.jira.plugin.system.customfieldtypes:"
        for key, name, kind in (
            (SPRINT, "Sprint", f"{greenhopper}gh-sprint"),
            (POINTS, "Story point estimate", f"{greenhopper}jsw-story-points"),
            (FLAGGED, "Flagged", f"{plain}multicheckboxes"),
            (EPIC, "Epic Link", f"{greenhopper}gh-epic-link"),
        ):
            self.land("jira_fields", key, {"id": key, "name": name, "schema": {"custom": kind}})
        for name, (key, category) in STATUSES.items():
            self.land("jira_statuses", key, {"id": key, "name": name, "statusCategory": {"key": category}})

    def issue(
        self,
        number: int,
        created: str,
        *changes: tuple[str, str, Any, Any],
        now: dict[str, Any] | None = None,
        project: str = "P",
        kind: str = "Story",
        deleted: str | None = None,
        **fields: Any,
    ) -> None:
        """An issue with changes (at, field, from, to) of status, sprint ("5, 6"), points and flagged.

        What it is now follows from the last change; `now` says it where nothing changed; `fields` are Jira's own.
        """
        values: dict[str, Any] = {"status": "To Do", "sprint": "", "points": None, "flagged": False, **(now or {})}
        histories = []
        for at, name, old, new in changes:
            values[name] = new
            self.histories += 1
            histories.append({"id": str(self.histories), "created": jira_text(at), "items": [_item(name, old, new)]})
        status, category = STATUSES[values["status"]]
        payload = {
            "key": f"{project}-{number}",
            "fields": {
                "project": {"key": project},
                "issuetype": {
                    "name": kind,
                    "subtask": kind == "Sub-task",
                    "hierarchyLevel": {"Epic": 1, "Sub-task": -1}.get(kind, 0),
                },
                "summary": f"Issue {number}",
                "status": {"id": status, "name": values["status"], "statusCategory": {"key": category}},
                "created": jira_text(created),
                "updated": jira_text(max([created, *(change[0] for change in changes)])),
                SPRINT: [{"id": int(sprint)} for sprint in values["sprint"].split(",") if sprint] or None,
                POINTS: values["points"],
                FLAGGED: [{"value": "Impediment"}] if values["flagged"] else None,
                **fields,
            },
            "changelog": {"histories": histories},
        }
        self.land("jira_issues", f"{project}{number}", payload, deleted)

    def sprint(
        self, number: int, start: str | None, end: str | None, completed: str | None = None, **fields: Any
    ) -> None:
        """A sprint; closed if it was completed, else active."""
        payload = {
            "id": number,
            "name": f"Sprint {number}",
            "state": "closed" if completed else "active" if start else "future",
            "originBoardId": 1,
            **({"startDate": jira_text(start)} if start else {}),
            **({"endDate": jira_text(end)} if end else {}),
            **({"completeDate": jira_text(completed)} if completed else {}),
            **fields,
        }
        self.land("jira_sprints", str(number), payload)

    def repository(self, number: int = 1, name: str = "acme/app") -> None:
        """A repository whose default branch is main."""
        self.repositories[number] = name
        self.land("github_repositories", str(number), {"id": number, "full_name": name, "default_branch": "main"})

    def pull_request(
        self,
        number: int,
        created: str,
        *,
        merged: str | None = None,
        closed: str | None = None,
        commits: tuple[str, ...] = (),
        headline: str = "Work",
        reviews: tuple[tuple[str, str, str], ...] = (),
        comments: tuple[tuple[str, str], ...] = (),
        events: tuple[tuple[str, str], ...] = (),
        author: str = "ann",
        repository: int = 1,
        **fields: Any,
    ) -> None:
        """A pull request; reviews are (at, login, state), comments (at, login), events (at, GraphQL type)."""
        payload = {
            "number": number,
            "title": f"Change {number}",
            "body": "",
            "state": "MERGED" if merged else "CLOSED" if closed else "OPEN",
            "isDraft": False,
            "author": _actor(author),
            "baseRefName": "main",
            "headRefName": f"change-{number}",
            "additions": 10,
            "deletions": 2,
            "changedFiles": 1,
            "createdAt": github_text(created),
            "updatedAt": github_text(merged or closed or created),
            "mergedAt": github_text(merged),
            "closedAt": github_text(merged or closed),
            "mergeCommit": {"oid": f"merge-{number}"} if merged else None,
            "repository": {"databaseId": repository, "nameWithOwner": self.repositories.get(repository, "acme/app")},
            "commits": {"nodes": [_commit(f"sha-{number}-{rank}", at, headline) for rank, at in enumerate(commits)]},
            "reviews": {
                "nodes": [
                    {"state": state, "submittedAt": github_text(at), "author": _actor(who)}
                    for at, who, state in reviews
                ]
            },
            "comments": {"nodes": [{"createdAt": github_text(at), "author": _actor(who)} for at, who in comments]},
            "timelineItems": {"nodes": [{"__typename": kind, "createdAt": github_text(at)} for at, kind in events]},
            **fields,
        }
        self.land("github_pull_requests", f"PR_{repository}_{number}", payload)

    def deployment(
        self, number: int, sha: str, *statuses: tuple[str, str], environment: str = "production", repository: int = 1
    ) -> None:
        """A deployment with its statuses (at, state), created at the first of them."""
        payload = {
            "environment": environment,
            "commitOid": sha,
            "createdAt": github_text(statuses[0][0]),
            "repository": {"databaseId": repository, "nameWithOwner": self.repositories.get(repository, "acme/app")},
            "statuses": {"nodes": [{"state": state, "createdAt": github_text(at)} for at, state in statuses]},
        }
        self.land("github_deployments", f"DE_{number}", payload)

    def release(self, number: int, sha: str, at: str, repository: int = 1, **fields: Any) -> None:
        """A published release of a commit."""
        payload = {
            "tagName": f"v{number}",
            "isDraft": False,
            "isPrerelease": False,
            "tagCommit": {"oid": sha},
            "publishedAt": github_text(at),
            "repository": {"databaseId": repository, "nameWithOwner": self.repositories.get(repository)},
            **fields,
        }
        self.land("github_releases", f"RE_{number}", payload)

    def github_issue(
        self, number: int, created: str, closed: str | None = None, *labels: str, repository: int = 1, **fields: Any
    ) -> None:
        """An issue in a repository."""
        payload = {
            "number": number,
            "title": f"Question {number}",
            "state": "CLOSED" if closed else "OPEN",
            "stateReason": "COMPLETED" if closed else None,
            "author": _actor("ann"),
            "createdAt": github_text(created),
            "updatedAt": github_text(closed or created),
            "closedAt": github_text(closed),
            "labels": {"nodes": [{"name": label} for label in labels]},
            "repository": {"databaseId": repository, "nameWithOwner": self.repositories.get(repository)},
            **fields,
        }
        self.land("github_issues", f"I_{number}", payload)

    def sheet(self, tab: str, *rows: dict[str, Any]) -> None:
        """Rows of a tab, typed cells by column; the first cell names the row."""
        for number, row in enumerate(rows, start=2):
            cells = {
                name: {"value": value, "cell": f"{tab}!{column}{number}", "header": name}
                for column, (name, value) in zip("ABCDEFGHIJ", row.items(), strict=False)
            }
            payload = {"tab": tab, "title": tab, "row": number, "cells": cells, "faults": [], "typed": row}
            self.land(f"sheets_{tab}", str(next(iter(row.values()))), payload)


def _item(name: str, old: Any, new: Any) -> dict[str, Any]:
    if name == "status":
        return {
            "field": "status",
            "fieldId": "status",
            "from": STATUSES[old][0],
            "fromString": old,
            "to": STATUSES[new][0],
            "toString": new,
        }
    if name == "sprint":
        return {
            "field": "Sprint",
            "fieldId": SPRINT,
            "from": old,
            "fromString": f"names of {old}",
            "to": new,
            "toString": f"names of {new}",
        }
    if name == "points":
        number = {value: None if value is None else str(value) for value in (old, new)}
        return {
            "field": "Story point estimate",
            "fieldId": POINTS,
            "from": None,
            "fromString": number[old],
            "to": None,
            "toString": number[new],
        }
    if name == "flagged":
        flag = {True: ("[10019]", "Impediment"), False: ("", "")}
        return {
            "field": "Flagged",
            "fieldId": FLAGGED,
            "from": flag[old][0],
            "fromString": flag[old][1],
            "to": flag[new][0],
            "toString": flag[new][1],
        }
    return {"field": name, "fieldId": name, "from": old, "fromString": old, "to": new, "toString": new}


def _actor(login: str | None) -> dict[str, str] | None:
    return login and {"login": login.removesuffix("[bot]"), "__typename": "Bot" if login.endswith("[bot]") else "User"}


def _commit(sha: str, at: str, headline: str) -> dict[str, Any]:
    return {
        "commit": {
            "oid": sha,
            "authoredDate": github_text(at),
            "committedDate": github_text(at),
            "messageHeadline": headline,
        }
    }
