"""The published file: chosen schemas of a checked build, copied into a new file that is swapped in whole.

Not here: whether a build deserves it (build.py). Readers keep the file they have open; whoever connects later gets the
new one; at no instant is there none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.privacy.pseudonyms import Pseudonyms
from warehouse.raw import GROUPED

STORAGE_VERSION = "v1.2.0"
"""Any DuckDB client from this version on can open the file."""

KEPT = 3
"""Previous versions kept beside the target: `<stem>.1.duckdb` is the newest of them."""

ABOUT_SCHEMA = "meta"
"""Goes into every published file: what it was built from (build.py)."""

APPROVED = "is_approved"
"""Column of `meta.build` in a build file: whether its checks passed. It stays behind when the rest is published."""


PSEUDONYMISED = "is_pseudonymised"
"""Column of `meta.build` in a published file: whether people stand in it under pseudonyms."""


@dataclass(frozen=True, slots=True)
class Published:
    """The file that now is the warehouse, and the rows of each of its tables by `schema.table`."""

    path: Path
    row_counts: dict[str, int]

    @property
    def table_count(self) -> int:
        """How many tables people can query."""
        return len(self.row_counts)

    @property
    def row_count(self) -> int:
        """The rows of all of them."""
        return sum(self.row_counts.values())


class Busy(Exception):  # noqa: N818 - a state, not a fault
    """Another process holds what only one may hold at a time."""


class NotApproved(Exception):  # noqa: N818 - a state, not a fault
    """The build broke off, or a blocking check did not pass: people keep what they have."""

    def __init__(self, build_file: Path) -> None:
        super().__init__(f"{build_file}: not all of its checks have passed, so nothing was published; build it anew.")


@contextmanager
def held(path: Path, what: str, *, is_shared: bool = False) -> Iterator[None]:
    """Hold a lock beside `path` that the operating system lets go of when the process dies; raises Busy if it is taken.

    Any number of processes may share one. `what` is whatever may have taken it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"{path}: {what} is already under way in another process; wait for it or stop it."
            raise Busy(message) from None
        yield


def publish(
    build_file: Path, target: Path, schemas: Iterable[str] = ("marts",), *, secret: bytes | None = None
) -> Published:
    """Copy schemas with their comments from a build file and put the copy in the target's place.

    Views become tables; nothing else of the build gets into the file, except what it was built from (`meta.build`).
    With the installation's secret people stand in it under pseudonyms; kept versions that say who is who are removed.
    Keeps the previous KEPT versions. Killed at any instant, this leaves the old target or the new one, whole.
    Raises Busy while another process publishes to the same target, NotApproved if the build must not be published.
    """
    with held(target, "publishing"):
        _remove_left_overs(target)
        fresh = target.with_name(f".{target.name}.new")
        try:
            counts = _copy(build_file, fresh, list(dict.fromkeys(schemas)), secret)
            _sync(fresh)
        except BaseException:
            _remove_left_overs(target)  # it may have filled the disk
            raise
        if secret is not None:
            forget_previous(target, only=names_people)
        if secret is None or not names_people(target):
            _keep_previous(target)
        fresh.replace(target)
        _sync(target.parent)
    return Published(target, counts)


def previous(target: Path) -> list[Path]:
    """The kept earlier versions of a published file, newest first."""
    return [path for path in (_numbered(target, number) for number in range(1, KEPT + 1)) if path.exists()]


def forget_previous(target: Path, *, only: Callable[[Path], bool] = lambda _path: True) -> None:
    """Remove the kept earlier versions of a published file; with `only`, those of which it is true."""
    for path in previous(target):
        if only(path):
            path.unlink()


def names_people(published: Path) -> bool:
    """Whether a published file may say who is who."""
    try:
        with duckdb.connect(published, read_only=True) as connection:
            found = connection.execute(f"select {PSEUDONYMISED} from {ABOUT_SCHEMA}.build").fetchall()  # noqa: S608 - constants
    except duckdb.Error:
        return True
    return found != [(True,)]


def _remove_left_overs(target: Path) -> None:
    for left_over in target.parent.glob(f".{target.name}.new*"):
        left_over.unlink()


def _copy(build_file: Path, fresh: Path, schemas: list[str], secret: bytes | None) -> dict[str, int]:
    counts: dict[str, int] = {}
    with duckdb.connect() as connection:
        # Under the name that DuckDB gives it by itself: the build's views name their own database.
        connection.execute(f"attach {_text(str(build_file))} (read_only, {GROUPED})")
        ((build,),) = connection.execute(
            "select database_name from duckdb_databases() where path is not null"
        ).fetchall()
        connection.execute(f"use {_name(build)}")
        columns = _columns(connection)
        is_marked = any(name == APPROVED for name, _ in columns.get((ABOUT_SCHEMA, "build"), ()))
        if is_marked and connection.execute(f"from {ABOUT_SCHEMA}.build where not {APPROVED}").fetchall():
            raise NotApproved(build_file)
        pseudonyms = None if secret is None else Pseudonyms(connection, secret)
        connection.execute(
            f"attach {_text(str(fresh))} as _published (storage_version {_text(STORAGE_VERSION)}, {GROUPED})"
        )
        # One transaction for all: each commit waits for the disk, a thousand comments would for half a minute.
        connection.execute("begin")
        for schema in [*schemas, *_present(connection, ABOUT_SCHEMA)]:
            connection.execute(f"create schema _published.{_name(schema)}")
            for table, comment in _relations(connection, schema):
                source, copied = (
                    f"{database}.{_name(schema)}.{_name(table)}" for database in (_name(build), "_published")
                )
                connection.execute(f"create table {copied} as {_selected(connection, source, pseudonyms)}")
                _comment(connection, "table", copied, comment)
                for column, column_comment in columns[schema, table]:
                    _comment(connection, "column", f"{copied}.{_name(column)}", column_comment)
                if schema in schemas:
                    counts[f"{schema}.{table}"] = connection.execute(f"select count(*) from {copied}").fetchall()[0][0]  # noqa: S608 - quoted
        if is_marked:
            connection.execute(f"alter table _published.{ABOUT_SCHEMA}.build drop {APPROVED}")
            connection.execute(f"alter table _published.{ABOUT_SCHEMA}.build add {PSEUDONYMISED} boolean")
            connection.execute(f"update _published.{ABOUT_SCHEMA}.build set {PSEUDONYMISED} = ?", [secret is not None])  # noqa: S608 - constants
        connection.execute("commit")
        connection.execute("detach _published")  # writes everything into the file: no log is left beside it
    return counts


def _selected(connection: duckdb.DuckDBPyConnection, source: str, pseudonyms: Pseudonyms | None) -> str:
    """A table as it is published."""
    if pseudonyms is None:
        return f"from {source}"
    relation = connection.sql(f"from {source}")
    return f"from {source} select {', '.join(map(pseudonyms.column, relation.columns, relation.types))}"


def _present(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    found = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and schema_name = ?",
        [schema],
    )
    return [name for (name,) in found.fetchall()]


def _relations(connection: duckdb.DuckDBPyConnection, schema: str) -> list[tuple[str, str | None]]:
    return connection.execute(
        """
        select table_name, comment from duckdb_tables()
        where database_name = current_database() and schema_name = $schema
        union all
        select view_name, comment from duckdb_views()
        where database_name = current_database() and schema_name = $schema and not internal
        order by all
        """,
        {"schema": schema},
    ).fetchall()


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[tuple[str, str | None]]]:
    """The columns of every table and view with their comments."""
    found: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    for schema, table, column, comment in connection.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = current_database() order by column_index"
    ).fetchall():
        found.setdefault((schema, table), []).append((column, comment))
    return found


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, name: str, comment: str | None) -> None:
    if comment is not None:
        connection.execute(f"comment on {kind} {name} is {_text(comment)}")


def _keep_previous(target: Path) -> None:
    """Shift the kept versions and make the present target the newest of them, by a second link: it never goes missing."""
    newest = _numbered(target, 1)
    if not target.exists() or (newest.exists() and newest.samefile(target)):
        return  # the second: an earlier attempt was killed after this step
    gap = next((number for number in range(1, KEPT) if not _numbered(target, number).exists()), KEPT)
    for number in range(gap - 1, 0, -1):
        _numbered(target, number).replace(_numbered(target, number + 1))
    link = target.with_name(f".{target.name}.new-link")
    link.unlink(missing_ok=True)
    try:
        os.link(target, link)
    except OSError:  # a file system without hard links
        shutil.copyfile(target, link)
    link.replace(newest)


def _numbered(target: Path, number: int) -> Path:
    return target.with_name(f"{target.stem}.{number}{target.suffix}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
