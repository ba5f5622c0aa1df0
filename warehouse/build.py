"""From the landing zone to the published file: raw load, dbt, checks, publishing.

The build file is made anew each time. Only if every blocking check passed is it published: a build that fails changes
nothing that people see. Not here: the steps themselves (raw.py, the SQL models, publish.py).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from warehouse import fingerprint, publish, raw
from warehouse.landing import LandingDamaged, Zone

PROJECT = Path(__file__).parent
"""The dbt project lies beside this file."""

FINISHED = {
    "LogModelResult": "total",
    "LogSeedResult": "total",
    "LogNodeResult": "total",
    "LogTestResult": "num_models",
}
"""dbt's events that tell of a finished step, and the field in which each has the number of steps."""

BROKEN = {"error", "runtime error"}
SILENT = {"success", "pass", "skipped"}
"""Statuses of dbt's results: what could not be done at all, and what is nothing to tell."""

FINDINGS_TOLD = 5
"""How many findings of a check are told beside their number."""

DEFAULTS: Mapping[str, str | float | None] = {
    "timezone": "UTC",  # where days, weeks and months begin
    "currency": "EUR",
    "fiscal_year_start_month": 1,
    "deployment_source": "auto",  # deployments, releases or merges for all repositories; auto: the first that a repository has
    "percent_complete_from": "points",  # or counts, or spend
    "compute_cost_per_hour": None,  # the threshold of this name
    "obligation_dates": "{}",  # JSON: from when on an obligation binds, where not from the seed's date on
    "incident_rules": "{}",  # JSON: values by kind, instead of the seed's rows of that kind
    "links": "{}",  # where people open each instance in a browser, by <source>/<instance>, as JSON
}
"""What the SQL models are told where the settings say nothing."""

Progress = Callable[[str, int, int], None]
"""Told the name of each finished step, its number and how many there are."""


class BuildError(Exception):
    """The build was not published; the warehouse is as it was. `failed_checks` says in words what did not hold."""

    def __init__(self, message: str, failed_checks: tuple[str, ...] = ()) -> None:
        super().__init__("\n  ".join([message, *failed_checks]))
        self.failed_checks = failed_checks


@dataclass(frozen=True, slots=True)
class Step:
    """A SQL model or seed that was built, or a check that was made: dbt's status, and in words what is to be told of it."""

    name: str
    status: str
    seconds: float
    failures: int
    words: str


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A published build: rows by `schema.table`, and the checks of the sources' quality that warn, in words."""

    published: Path
    row_counts: dict[str, int]
    warnings: tuple[str, ...]


def build(
    zone: Zone,
    output: Path,
    *,
    as_of: datetime,
    variables: Mapping[str, Any],
    tables: Iterable[str],
    publish_schemas: Iterable[str] = ("marts",),
    build_file: Path | None = None,
    project: Path = PROJECT,
    parsed: Path | None = None,
    secret: bytes | None = None,
    progress: Progress = lambda _name, _done, _total: None,
) -> BuildResult:
    """Build the warehouse as of an instant and publish it as `output`; with a secret under pseudonyms.

    `build_file` (default: beside the output) is kept for a look behind the marts; dbt's own files lie beside it. The project
    need not be parsed anew where another build's dbt_folder is given as `parsed`.
    Raises BuildError when a check fails, a SQL model breaks, a landing table is damaged, or another build is under way.
    """
    build_file = build_file or output.with_name(f"{output.stem}_build.duckdb")
    tables, publish_schemas = list(tables), list(publish_schemas)
    try:
        with publish.held(build_file, "a build"):
            mark = fingerprint.take(
                zone,
                as_of=as_of,
                tables=tables,
                variables=variables,
                publish_schemas=publish_schemas,
                project=project,
                is_pseudonymised=secret is not None,
            )
            load_raw(zone, build_file, as_of=as_of, tables=tables, variables=variables, fingerprint=mark)
            steps = transform(build_file, project=project, parsed=parsed, progress=progress)
            if error := failure(steps):
                raise error
            approve(build_file)
            published = publish.publish(build_file, output, publish_schemas, secret=secret)
    except publish.Busy as busy:
        raise BuildError(str(busy)) from busy
    except (LandingDamaged, duckdb.Error, OSError) as error:  # a lost log, a full disk
        raise BuildError(f"nothing was published: {error}") from error
    return BuildResult(output, published.row_counts, tuple(step.words for step in steps if step.status == "warn"))


def load_raw(
    zone: Zone,
    build_file: Path,
    *,
    as_of: datetime,
    tables: Iterable[str],
    variables: Mapping[str, Any],
    fingerprint: str = "",
) -> Mapping[str, int]:
    """Make the build file anew, with schema `raw` and, in `meta.build`, what it is built from; returns rows per table.

    It cannot be published before it is approved. Whoever calls this holds the build file (`publish.held`) until then.
    """
    for old in (build_file, build_file.with_name(build_file.name + ".wal")):
        old.unlink(missing_ok=True)
    with _opened(build_file, raw.GROUPED) as connection:
        connection.execute("set preserve_insertion_order = false")
        counts = raw.load(connection, zone, as_of, tables=tables)
        describe(connection, as_of=as_of, variables=variables, fingerprint=fingerprint)
    return counts


def describe(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, variables: Mapping[str, Any], fingerprint: str = ""
) -> None:
    """Write schema `meta`: in the row `build` what a file is built from, and a function per setting for the SQL models.

    They call `meta.as_of()`, `meta.timezone()`... A function is a constant to DuckDB; and dbt, which would parse
    the whole project anew for every new value of a variable, is told none.
    """
    settings = {**DEFAULTS, **variables}
    about = {
        "as_of": as_of_text(as_of),
        **settings,
        "hub_version": _hub_version(),
        "duckdb_version": duckdb.__version__,
        "fingerprint": fingerprint,
    }
    columns = ", ".join(f'${index} as "{name}"' for index, name in enumerate(about, 1))
    connection.execute(f"create schema {publish.ABOUT_SCHEMA}")
    connection.execute(
        f"create table {publish.ABOUT_SCHEMA}.build as select {columns}, false as {publish.APPROVED}",
        [None if value is None else str(value) for value in about.values()],
    )
    connection.execute(
        f"comment on table {publish.ABOUT_SCHEMA}.build is"
        " 'One row: the instant this file is true for, the settings and the versions it was built with.'"
    )
    tell(connection, {"as_of": as_of, **settings})


def tell(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any]) -> None:
    """Make each of these settings, or make it anew, the function of schema `meta` that the SQL models call."""
    for name, value in settings.items():
        connection.execute(f'create or replace macro {publish.ABOUT_SCHEMA}."{name}"() as {_literal(value)}')


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return f"timestamp '{as_of_text(value)}'"
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def approve(build_file: Path) -> None:
    """Note in a build file that every SQL model was built and every blocking check passed: it may be published."""
    _note(build_file, f"{publish.APPROVED} = true")


@contextmanager
def in_part(build_file: Path) -> Iterator[None]:
    """The time in which some of the SQL models are built again: if it ends well, the file is what it was before.

    If not, it can no longer be published. Its fingerprint is forgotten: it may now hold rules of two times.
    Raises BuildError where there is no build to renew a part of.
    """
    try:
        with duckdb.connect(build_file, read_only=True) as connection:
            query = f"select {publish.APPROVED} from {publish.ABOUT_SCHEMA}.build"  # noqa: S608 - constants
            ((was_approved,),) = connection.execute(query).fetchall()
    except duckdb.Error as error:
        raise BuildError(f"{build_file}: there is no build to renew a part of; build everything once") from error
    _note(build_file, f"{publish.APPROVED} = false, fingerprint = ''")
    yield
    if was_approved:
        approve(build_file)


def attach(connection: duckdb.DuckDBPyConnection, build_file: Path, mode: str = raw.GROUPED) -> None:
    """Attach the build file under the name that the SQL models know it by."""
    connection.execute(f"attach {_literal(build_file)} as hub ({mode})")


@contextmanager
def _opened(build_file: Path, mode: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the build file alone."""
    with duckdb.connect() as connection:
        attach(connection, build_file, mode)
        connection.execute("use hub")
        yield connection


def _note(build_file: Path, change: str) -> None:
    with _opened(build_file, raw.GROUPED) as connection:
        connection.execute(f"update {publish.ABOUT_SCHEMA}.build set {change}")  # noqa: S608 - constants of ours


def parse(target_path: Path, *, project: Path = PROJECT) -> Path:
    """Compile the project's `manifest.json` into `target_path` without touching a database; raises BuildError."""
    outcome = _dbt(["parse"], target_path / "parse.duckdb", target_path, project)
    if not outcome.success:
        raise BuildError(f"the SQL models do not compile: {outcome.exception or outcome.result}")
    return target_path / "manifest.json"


def row_counts(build_file: Path) -> dict[str, int]:
    """Rows of every table of a build file by its bare name, which is that of its SQL model or seed."""
    with duckdb.connect(build_file, read_only=True) as connection:
        found = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        return {
            table: connection.execute(f'select count(*) from "{schema}"."{table}"').fetchall()[0][0]  # noqa: S608 - quoted
            for schema, table in found
        }


def as_of_text(as_of: datetime) -> str:
    """The instant as the SQL models take it: UTC, to the second, as in 2026-11-24T06:00:00Z."""
    return f"{as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def dbt_folder(build_file: Path) -> Path:
    """Where dbt keeps its own files for a build file: builds of two files may run at the same time."""
    return build_file.with_name(f"{build_file.stem}_dbt")


def transform(
    build_file: Path,
    *,
    select: Iterable[str] = (),
    project: Path = PROJECT,
    parsed: Path | None = None,
    progress: Progress = lambda _name, _done, _total: None,
) -> list[Step]:
    """Run the SQL models and their checks, or only those selected by name; tells every step, also after one that failed.

    Raises BuildError if dbt gave up before its first step.
    """

    def tell(event: Any) -> None:
        if (total := FINISHED.get(event.info.name)) is not None:
            progress(event.data.node_info.node_name, event.data.index, getattr(event.data, total))

    command = ["build", "--no-write-json", "--exclude-resource-type", "unit_test"]
    if parsed and (known := parsed / "partial_parse.msgpack").exists():
        command += ["--partial-parse-file-path", str(known)]
    if names := list(select):
        command += ["--indirect-selection", "empty", "--select", *names]
    outcome = _dbt(command, build_file, dbt_folder(build_file), project, tell)
    if outcome.exception is not None:
        raise BuildError(f"dbt could not run: {outcome.exception}")
    return [
        Step(
            name=result.node.name,
            status=str(result.status),
            seconds=result.execution_time,
            failures=result.failures or 0,
            # Only what is told is turned into plain data: every node carries its whole SQL.
            words="" if result.status in SILENT else _in_words(result.node.to_dict(), result, build_file),
        )
        for result in outcome.result
    ]


def _dbt(
    command: list[str],
    build_file: Path,
    target_path: Path,
    project: Path,
    callback: Callable[[Any], None] = lambda _event: None,
) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from warehouse.build_file import Plugin

    target_path.mkdir(parents=True, exist_ok=True)
    arguments = [
        *(
            "--quiet",
            "--log-level",
            "none",
            "--log-level-file",  # it would write out every event, thousands a build, before it looks at the level
            "none",
            "--no-send-anonymous-usage-stats",
            "--log-path",
            str(target_path / "logs"),
        ),
        *command,
        *("--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target_path)),
    ]
    Plugin.build_file = build_file
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dbt's own libraries
        try:
            outcome = dbtRunner(callbacks=[callback]).invoke(arguments)
            if isinstance(outcome.exception, KeyboardInterrupt):
                raise outcome.exception  # dbt keeps Ctrl-C to itself
            return outcome
        finally:
            DuckDBConnectionManager.close_all_connections()  # dbt keeps the build file open: the next step reads it


def failure(steps: Iterable[Step]) -> BuildError | None:
    """What blocks publishing among the steps of a build, in words; None if nothing does."""
    told = list(steps)
    failed = tuple(step.words for step in told if step.status in {"fail", *BROKEN})
    if not failed:
        return None
    skipped = sum(step.status == "skipped" for step in told)
    after = f", so {skipped} further steps were not taken" if skipped else ""
    return BuildError(f"nothing was published: {len(failed)} of {len(told)} steps failed{after}", failed)


def _in_words(node: Mapping[str, Any], result: Any, build_file: Path) -> str:
    """One finished step that warns or failed: what it is, on which SQL model, how many rows, and why it is checked.

    A check that selects a column `finding` says itself what it found; the first of these are told.
    """
    if node["resource_type"] != "test":
        return f"{node['name']}: {_message(result)}"
    subject = node.get("attached_node") or next(iter(node["depends_on"]["nodes"]), "")
    model = subject.rsplit(".", 1)[-1]
    column = f", column {node['column_name']}" if node.get("column_name") else ""
    if result.status in BROKEN:
        finding = f"could not be checked: {_message(result)}"
    else:
        finding = f"{result.failures:,} {'row does' if result.failures == 1 else 'rows do'} not hold"
        if told := _findings(build_file, node["compiled_code"]):
            finding += f": {'; '.join(told)}"
    meaning = f" ({node['description']})" if node.get("description") else ""
    return f"{model}{column}: {node['name']}{meaning}: {finding}"


def _findings(build_file: Path, check: str) -> list[str]:
    """The first words of a check's own, if it has any."""
    with _opened(build_file, "read_only") as connection:
        found = connection.sql(check)
        if found.columns != ["finding"]:
            return []
        words = [str(word) for (word,) in found.order("finding").limit(FINDINGS_TOLD + 1).fetchall()]
    return [*words[:FINDINGS_TOLD], *(["and others"] if len(words) > FINDINGS_TOLD else [])]


def _message(result: Any) -> str:
    """The message in one line, without dbt's trail of the macros that led to it."""
    lines = [line.strip() for line in str(result.message).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(">"))


def _hub_version() -> str:
    """The version in pyproject.toml, read from the checkout: the hub is run from there and not installed."""
    try:
        return version("ml-program-hub")
    except PackageNotFoundError:
        import tomllib

        return str(tomllib.loads((PROJECT.parent / "pyproject.toml").read_text())["project"]["version"])
