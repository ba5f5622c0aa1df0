"""The published warehouse as the reports read it: its marts, read-only, and which build they are from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote
from zoneinfo import ZoneInfo

import duckdb

from reports import figures, words
from reports.document import Value
from warehouse import query

Row: TypeAlias = dict[str, Any]


@dataclass
class Marts:
    """One open warehouse. `missing` collects the marts that were asked for and are not in the file."""

    connection: duckdb.DuckDBPyConnection
    as_of: datetime | None = None
    timezone: str = "UTC"
    currency: str = "EUR"
    missing: list[str] = field(default_factory=list)
    links: Mapping[str, str] = field(default_factory=dict)

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of one query of one mart, their figures with their origins; a mart that the file does not hold has none."""
        mart = sql.split("from marts.", 1)[-1].split(None, 1)[0]
        try:
            cursor = self.connection.execute(sql.replace("select", "select rowid,", 1), parameters)
        except duckdb.CatalogException:
            self.missing.append(mart)
            return []
        names = [column[0] for column in cursor.description or []][1:]
        return [
            {figures.ROW: f"{mart}#{number}"}
            | {name: figures.read(value, mart, name, number) for name, value in zip(names, row, strict=True)}
            for number, *row in cursor.fetchall()
        ]

    @property
    def today(self) -> date | None:
        """The local day of the build."""
        return None if self.as_of is None else self.local(self.as_of)

    def local(self, moment: datetime) -> date:
        """The local day of an instant as the marts hold it."""
        return figures.same(moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone)).date(), moment)

    def names(self) -> dict[str, str]:
        """What to call each person."""
        people = self.rows("select person_id, display_name from marts.people")
        return {person["person_id"]: person["display_name"] or person["person_id"] for person in people}

    def initiatives(self) -> dict[str, str]:
        """What to call each initiative, in the roadmap's order of worth."""
        found = self.rows(
            "select initiative_id, name from marts.initiatives order by wsjf desc nulls last, initiative_id"
        )
        return {row["initiative_id"]: row["name"] or row["initiative_id"] for row in found}

    def link(self, source: str, record_id: str | None, path: str) -> str:
        """The address of a record under its instance's own address; empty where that is not known."""
        instance = (record_id or "").split(":", 1)[0]
        address = self.links.get(f"{source}/{instance}", "")
        return (
            f"{address.rstrip('/')}/{quote(figures.plain(path), safe='/#')}"
            if address.startswith(("https://", "http://"))
            else ""
        )

    def issue(self, issue_id: str | None, key: str | None) -> str:
        """The address of an issue."""
        return self.link("jira", issue_id, f"browse/{key}") if key else ""

    def pull(self, pull_request_id: str | None, repository: str | None, number: int | None) -> str:
        """The address of a pull request."""
        return self.link("github", pull_request_id, f"{repository}/pull/{number}") if repository and number else ""

    def model(self, model_id: str | None, name: str | None, version: object = None) -> str:
        """The address of a registered model, or of one of its versions."""
        path = f"#/models/{name}" if version is None else f"#/models/{name}/versions/{version}"
        return self.link("mlflow", model_id, path) if name else ""

    def day(self, value: datetime | None) -> Value:
        """The program's local day of an instant."""
        return words.local_day(value, self.timezone)


@contextmanager
def reading(warehouse: Path, links: Mapping[str, str]) -> Iterator[Marts]:
    """The published file, open for reading only, and closed at the end so that the next build is seen."""
    with query.connect(warehouse) as connection:
        marts = Marts(connection, links=links)
        _date(marts)
        yield marts


def _date(marts: Marts) -> None:
    """Which build this is: meta.build says so; without it, the age of the newest read does."""
    try:
        build = marts.connection.execute("select as_of, timezone, currency from warehouse.meta.build").fetchone()
    except duckdb.CatalogException:
        build = None
    if build is not None:
        as_of, timezone, currency = build
        marts.as_of = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        if marts.as_of is not None and marts.as_of.tzinfo is not None:
            marts.as_of = marts.as_of.astimezone(UTC).replace(tzinfo=None)
        marts.as_of = figures.read(marts.as_of, "build", "as_of", 0)
        marts.timezone, marts.currency = timezone or "UTC", currency or "EUR"
        return
    newest = marts.rows(
        "select last_success_at, age_hours from marts.source_freshness"
        " where age_hours is not null order by last_success_at desc nulls last limit 1"
    )
    for row in newest:
        marts.as_of = row["last_success_at"] + timedelta(hours=row["age_hours"])
