"""The hub's own SQL models for tests: compiled by dbt once per run of the tests, whichever core asks first, and made from
given rows without dbt, in milliseconds. Not here: the rows (tests/warehouse), dbt's own run and checks (test_sql_models.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from warehouse import build, raw

SCHEMAS = {"stg": "staging", "int": "intermediate"}
REORDERING = ("expression_rewriter", "filter_pullup", "filter_pushdown", "reorder_filter")
"""The optimizers that decide which rows an expression sees, and so whether it fails; tests keep these."""


@dataclass(frozen=True)
class Compiled:
    """The project's SQL by model: what each is made from, its checks, what runs before it, and its file.

    `reads` names all that a model reads: models by their bare names, else as in rules.thresholds, raw.jira_issues and, for
    what the build was told, meta.timezone.
    """

    sql: dict[str, str]
    parents: dict[str, list[str]]
    reads: dict[str, list[str]]
    checks: dict[str, list[list[str]]]  # each with its severity first
    hooks: dict[str, list[str]]
    paths: dict[str, str]

    def ancestry(self, names: Iterable[str], given: Collection[str] = ()) -> list[str]:
        """The models that these need, parents first, themselves included; what is given needs nothing."""
        ordered: list[str] = []

        def visit(name: str) -> None:
            if name not in given and name not in ordered:
                for parent in self.parents[name]:
                    visit(parent)
                ordered.append(name)

        for name in names:
            visit(name)
        return ordered

    def make(self, connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
        """Make these anew, in this order."""
        for name in names:
            for statement in self._making(connection, name):
                connection.execute(statement)

    def _making(self, connection: duckdb.DuckDBPyConnection, name: str) -> list[duckdb.Statement]:
        """What makes a model, parsed once: of a query over few rows, parsing is a quarter of the work."""
        if name not in self._parsed:
            made = f"create or replace table {schema_of(name)}.{name} as {self.sql[name]}"
            self._parsed[name] = connection.extract_statements(";".join((*self.hooks[name], made)))
        return self._parsed[name]

    @cached_property
    def _parsed(self) -> dict[str, list[duckdb.Statement]]:
        return {}

    def build(self, build_file: Path, names: Collection[str] = ()) -> None:
        """Make all models, or these and what they need, in a build file in which raw is loaded, and approve it unchecked."""
        with duckdb.connect() as connection:
            build.attach(connection, build_file)
            connection.execute("use hub; set timezone = 'UTC'")
            prepare(connection)
            self.make(connection, self.ancestry(names or self.sql))
        build.approve(build_file)

    def check(
        self, connection: duckdb.DuckDBPyConnection, names: Iterable[str], severities: Collection[str] = ("error",)
    ) -> None:
        """Hold the checks attached to these; those that only warn tell of the sources, not of the SQL, unless asked for."""
        for name in names:
            for severity, check in self.checks[name]:
                if severity in severities:
                    assert not connection.execute(check).fetchall(), f"{name}: {check}"


@dataclass
class Standing:
    """The relations of a connection: a model is made again only when something that it reads is not what it was made from.

    So a few rows more in one raw table cost what they change and no more.
    """

    compiled: Compiled
    connection: duckdb.DuckDBPyConnection
    _moment: int = 0
    _changed: dict[str, int] = field(default_factory=dict)
    _made: dict[str, int] = field(default_factory=dict)
    _contents: dict[str, Any] = field(default_factory=dict)

    def copied(self) -> Standing:
        """The same as it stands now, to go on with in a transaction that is rolled back."""
        return replace(self, _changed={**self._changed}, _made={**self._made}, _contents={**self._contents})

    def change(self, *relations: str) -> None:
        """Take note that these, named as in Compiled.reads, hold something else now."""
        self._moment += 1
        self._changed |= dict.fromkeys(relations, self._moment)
        for relation in relations:  # of a model that was given rows, nothing is known any more
            self._made.pop(relation, None)
            self._contents.pop(relation, None)

    def forget(self) -> None:
        """Make all of them again from now on."""
        self._made.clear()

    def make(
        self,
        names: Iterable[str],
        given: Collection[str] = (),
        severities: Collection[str] = ("error",),
    ) -> None:
        """Make these and what they need from what is given, and hold the checks of all that had to be made again."""
        self._moment += 1
        again = [name for name in self.compiled.ancestry(names, given) if self._make(name)]
        self.compiled.check(self.connection, again, severities)
        self._made |= dict.fromkeys(again, self._moment)  # not before the checks: one that failed is held again

    def _make(self, name: str) -> bool:
        made = self._made.get(name)
        if made is not None and all(self._changed.get(one, 0) <= made for one in self.compiled.reads[name]):
            return False
        self.compiled.make(self.connection, [name])
        of_all = f"select count(*), sum(hash(relation)::uhugeint) from {schema_of(name)}.{name} as relation"
        if (contents := self.connection.execute(of_all).fetchall()) != self._contents.get(name):
            self._contents[name], self._changed[name] = contents, self._moment
        return True


def schema_of(name: str) -> str:
    """The schema of a model, as its name tells."""
    return SCHEMAS.get(name.partition("_")[0], "marts")


def compiled(folder: Path) -> Compiled:
    """The project's SQL. One core compiles it into the folder that all share, the others wait and read it there."""
    kept = folder / "compiled.json"
    with FileLock(folder / "compiled.lock"):
        if not kept.exists():
            kept.write_text(json.dumps(asdict(_compile(folder / "dbt"))))
    return Compiled(**json.loads(kept.read_text()))


def parsed(folder: Path) -> Path:
    """Where dbt keeps what it has parsed of the project, for builds of other files (`parsed` of warehouse.build)."""
    compiled(folder)
    return folder / "dbt" / "target"


def environment(folder: Path) -> dict[str, str]:
    """The same for builds in other processes."""
    return {"DBT_PARTIAL_PARSE_FILE_PATH": str(parsed(folder) / "partial_parse.msgpack")}


def run_dbt(folder: Path, *command: str) -> list[Any]:
    """The results of a dbt command over the file hub.duckdb of this folder, where dbt keeps what it has parsed."""
    outcome = build._dbt(list(command), folder / "hub.duckdb", folder / "target", build.PROJECT)
    assert outcome.exception is None, outcome.exception
    return list(outcome.result)


def _compile(folder: Path) -> Compiled:
    nodes = [result.node for result in run_dbt(folder, "compile", "--no-write-json", "--exclude", "test_type:unit")]
    bare = {node.unique_id: node.name for node in nodes}
    models = [node for node in nodes if node.resource_type == "model"]
    checks = {node.name: _proofs(node) for node in models}
    for node in nodes:
        if node.resource_type == "test" and (subject := bare.get(getattr(node, "attached_node", None) or "")) in checks:
            checks[subject].append([node.config.severity.lower(), node.compiled_code])
    return Compiled(
        sql={node.name: node.compiled_code for node in models},
        parents={
            node.name: [bare[name] for name in node.depends_on.nodes if name.startswith("model.")] for node in models
        },
        reads={
            node.name: [*map(_read, node.depends_on.nodes), *re.findall(r"\bmeta\.\w+(?=\()", node.compiled_code)]
            for node in models
        },
        checks=checks,
        hooks={node.name: [hook.sql for hook in node.config.pre_hook] for node in models},
        paths={node.name: node.original_file_path for node in models},
    )


def _proofs(node: Any) -> list[list[str]]:
    """What warehouse/macros/prove.sql asks of a model as it is made, in the words of its own."""
    relation = f"{node.schema}.{node.name}"
    proofs = []
    if grain := node.config.meta.get("grain"):
        holes = " or ".join(f"{column} is null" for column in grain)
        proofs.append(f"select {', '.join(grain)} from {relation} group by all having count(*) > 1 or {holes}")
    if lost := node.config.meta.get("conserves"):
        landed = f"select instance || ':' || id from raw.{lost['table']} where is_current"
        proofs.append(f"{landed} except select {lost['id']} from {relation}")
    return [["error", proof] for proof in proofs]


def _read(unique_id: str) -> str:
    """How a model names what it reads, from dbt's name for it: source.hub.raw.jira_issues is raw.jira_issues."""
    kind, _, *parts = unique_id.split(".")
    return ".".join(parts) if kind != "seed" else f"rules.{parts[-1]}"


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Every schema that the models read or are made in, with the rules that are rows."""
    for schema in ("rules", "staging", "intermediate", "marts"):
        connection.execute(f"create schema {schema}")
    for seed in (build.PROJECT / "seeds").glob("*.csv"):
        connection.execute(f"create table rules.{seed.stem} as from read_csv(?, all_varchar = false)", [str(seed)])


def hurry(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the SQL models of few rows quickly: one thread, and not the optimizers that only save work over many rows."""
    dispensable = "select string_agg(name) from duckdb_optimizers() where name not in (select unnest(?))"
    [(names,)] = connection.execute(dispensable, [REORDERING]).fetchall()
    connection.execute(f"set threads = 1; set disabled_optimizers = '{names}'")


def empty_raw(connection: duckdb.DuckDBPyConnection, as_of: datetime, **variables: Any) -> None:
    """A file as it is before its SQL models are built, as of a moment in Berlin: every raw table is empty."""
    build.describe(connection, as_of=as_of, variables={"timezone": "Europe/Berlin", **variables})
    connection.execute("create schema raw")
    for sources in (build.PROJECT / "models").rglob("_sources.yml"):
        for table in re.findall(r"- name: (\w+_\w+)", sources.read_text()):
            connection.execute(f"create table raw.{table} ({raw.COLUMNS})")
