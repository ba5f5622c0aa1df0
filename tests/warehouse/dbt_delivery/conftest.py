"""A warehouse of the delivery side in memory: hand-made raw records in, the project's own compiled SQL over them.

dbt compiles the project once per session; a test then runs only the SQL models that its mart needs, in milliseconds, so
that properties can be tried on many examples. Not here: dbt's own run and checks (test_sql_models.py, test_build.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from warehouse import build

AS_OF = datetime(2026, 3, 31, 10, tzinfo=UTC)
RAW_COLUMNS = """
    instance varchar, id varchar, payload json, source_updated_at timestamp, valid_from timestamp, valid_to timestamp,
    is_current boolean, deleted_at timestamp
"""
DELIVERY = (
    "issues",
    "sprints",
    "pull_requests",
    "pull_request_issues",
    "flow_weekly",
    "flow_daily",
    "delivery_forecasts",
)
STATUSES = {
    "To Do": ("1", "new"),
    "Doing": ("2", "indeterminate"),
    "Blocked": ("4", "indeterminate"),
    "Done": ("3", "done"),
}
SPRINT, POINTS, FLAGGED, EPIC = (f"customfield_{number}" for number in (10020, 10016, 10021, 10014))


@dataclass(frozen=True)
class Compiled:
    """The project's SQL by model, test and seed, with what each depends on."""

    sql: dict[str, str]
    parents: dict[str, list[str]]
    seeds: dict[str, str]
    checks: dict[str, list[str]]  # model -> SQL of the tests attached to it
    paths: dict[str, str]
    hooks: dict[str, list[str]]  # model -> SQL that runs before it

    def ancestry(self, names: tuple[str, ...]) -> list[str]:
        """The models that these need, parents first, themselves included."""
        ordered: list[str] = []

        def visit(name: str) -> None:
            if name in self.sql and name not in ordered:
                for parent in self.parents[name]:
                    visit(parent)
                ordered.append(name)

        for name in names:
            visit(name)
        return ordered


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The project's SQL."""
    folder = tmp_path_factory.mktemp("dbt")
    command = ["compile", "--exclude", "test_type:unit"]
    outcome = build._dbt(command, folder / "hub.duckdb", folder / "target", build.PROJECT)
    assert outcome.success, outcome.exception
    return _collected(outcome.result)


def _collected(results: Any) -> Compiled:
    nodes = [result.node for result in results]
    bare = {node.unique_id: node.name for node in nodes}
    models = [node for node in nodes if node.resource_type == "model"]
    return Compiled(
        sql={node.name: node.compiled_code for node in models},
        parents={
            node.name: [bare[name] for name in node.depends_on.nodes if name.startswith("model.")] for node in models
        },
        hooks={node.name: [hook.sql for hook in node.config.pre_hook] for node in models},
        paths={node.name: node.original_file_path for node in models},
        seeds={path.stem: str(path) for path in (build.PROJECT / "seeds").glob("*.csv")},
        checks={
            node.name: [
                check.compiled_code
                for check in nodes
                if check.resource_type == "test" and bare.get(getattr(check, "attached_node", None) or "") == node.name
            ]
            for node in models
        },
    )


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
        self.land("github_repositories", str(number), {"id": number, "full_name": name, "default_branch": "main"})

    def pull_request(
        self,
        number: int,
        created: str,
        *,
        merged: str | None = None,
        closed: str | None = None,
        commits: tuple[str, ...] = (),
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
            "repository": {"databaseId": repository, "nameWithOwner": "acme/app"},
            "commits": {"nodes": [_commit(f"sha-{number}-{rank}", at) for rank, at in enumerate(commits)]},
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
            "repository": {"databaseId": repository, "nameWithOwner": "acme/app"},
            "statuses": {"nodes": [{"state": state, "createdAt": github_text(at)} for at, state in statuses]},
        }
        self.land("github_deployments", f"DE_{number}", payload)


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


def _commit(sha: str, at: str) -> dict[str, Any]:
    return {
        "commit": {
            "oid": sha,
            "authoredDate": github_text(at),
            "committedDate": github_text(at),
            "messageHeadline": "Work",
        }
    }


@dataclass
class Warehouse:
    """Runs SQL models over raw records and reads the result."""

    compiled: Compiled
    connection: duckdb.DuckDBPyConnection

    def run(self, raw: Raw, *marts: str) -> None:
        """Fill raw, then make what the marts need, and hold every check attached to it."""
        for (table,) in self.connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall():
            self.connection.execute(f"truncate raw.{table}")
        for table in {record[0] for record in raw.records}:
            rows = [
                {"id": key, "payload": json.dumps(payload), "deleted": at}
                for name, key, payload, at in raw.records
                if name == table
            ]
            self.connection.execute(
                f"""insert into raw.{table}
                select 'acme', r.id, r.payload, null, timestamp '2020-01-01', null, true, try_cast(r.deleted as timestamp)
                from (select unnest(from_json(?, '[{{"id": "varchar", "payload": "varchar", "deleted": "varchar"}}]')) as r)""",
                [json.dumps(rows)],
            )
        # The program side reads the sheets, which are empty here: it stays as opening the warehouse made it.
        self.make([name for name in self.compiled.ancestry(marts) if "/program/int_" not in self.compiled.paths[name]])

    def make(self, models: list[str]) -> None:
        """Make these SQL models anew, in this order."""
        for name in models:
            schema = "staging" if name.startswith("stg_") else "intermediate" if name.startswith("int_") else "marts"
            for hook in self.compiled.hooks[name]:
                self.connection.execute(hook)
            self.connection.execute(f"create or replace table {schema}.{name} as {self.compiled.sql[name]}")
        for name in models:
            for check in self.compiled.checks[name]:
                assert not self.connection.execute(check).fetchall(), check

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query).fetchall()

    def row(self, query: str) -> dict[str, Any]:
        """The only row of a query, by column."""
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        (values,) = cursor.fetchall()
        return dict(zip(names, values, strict=True))


@pytest.fixture(scope="session")
def bare_raw() -> Callable[[], Raw]:
    """Makes raw schemas without anything in them."""
    return Raw


@pytest.fixture
def raw() -> Raw:
    """Nothing but the Jira site's fields and statuses, and one repository."""
    fresh = Raw()
    fresh.catalogue()
    fresh.repository()
    return fresh


@pytest.fixture(scope="session")
def open_warehouse(compiled: Compiled) -> Iterator[Callable[..., Warehouse]]:
    """A warehouse of AS_OF for given settings, with seeds and empty raw tables."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def open_one(**variables: Any) -> Warehouse:
        connection = duckdb.connect()
        opened.append(connection)
        connection.execute("attach ':memory:' as hub; use hub; set timezone = 'UTC'")
        build.describe(connection, as_of=AS_OF, variables={"timezone": "Europe/Berlin", **variables})
        for schema in ("raw", "rules", "staging", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for name, path in compiled.seeds.items():
            connection.execute(f"create table rules.{name} as from read_csv(?, all_varchar = false)", [path])
        for sources in (build.PROJECT / "models").rglob("_sources.yml"):
            for table in re.findall(r"- name: (\w+_\w+)", sources.read_text()):
                connection.execute(f"create table raw.{table} ({RAW_COLUMNS})")
        opened_one = Warehouse(compiled, connection)
        opened_one.make(compiled.ancestry(DELIVERY))
        return opened_one

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture(scope="session")
def warehouse(open_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """The warehouse of 2026-03-31, 10:00 UTC, in Berlin's time."""
    return open_warehouse()
