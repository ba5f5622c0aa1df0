"""The fields that are known (seed payload_fields) are those that the SQL models read and those that the vendors specify.

A field of a specification that the seed lacks would be told as new; one that staging reads and the seed lacks would drift
unseen. Not here: how drift is found (tests/faults/test_drift_is_told.py).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, get_named_type, parse
from graphql.language import FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode

from connectors.github import queries
from warehouse import build

KINDS = {"text", "number", "boolean", "object", "list", "null", "any"}
STAGING = build.PROJECT / "models" / "staging"
QUERIES = {
    "pull_requests": (queries.PULL_REQUESTS, "pullRequests", "PullRequest"),
    "deployments": (queries.DEPLOYMENTS, "deployments", "Deployment"),
    "releases": (queries.RELEASES, "releases", "Release"),
    "issues": (queries.ISSUES, "issues", "Issue"),
}
MESSAGES = {
    # Of each stream, and below it: the protocol buffer that MLflow's server writes out.
    ("experiments", ""): "Experiment",
    ("runs", "info"): "RunInfo",
    ("runs", "data"): "RunData",
    ("registered_models", ""): "RegisteredModel",
    ("model_versions", ""): "ModelVersion",
    ("logged_models", "info"): "LoggedModelInfo",
}
SCHEMAS = {
    # Of each stream of Jira, and below it: the object of the specification.
    ("statuses", ""): "StatusDetails",
    ("issue_types", ""): "IssueTypeDetails",
    ("priorities", ""): "Priority",
    ("link_types", ""): "IssueLinkType",
    ("projects", ""): "Project",
    ("versions", ""): "Version",
    ("fields", ""): "FieldDetails",
    ("worklogs", ""): "Worklog",
    ("issues", ""): "IssueBean",
    ("issues", "fields.status"): "StatusDetails",
    ("issues", "fields.project"): "Project",
    ("issues", "fields.assignee"): "UserDetails",
    ("issues", "fields.fixVersions[]"): "Version",
    ("issues", "changelog.histories[]"): "Changelog",
    ("issues", "changelog.histories[].items[]"): "ChangeDetails",
}


def seed() -> dict[tuple[str, str, str], dict[str, str]]:
    """The rows by source, stream and field."""
    with (build.PROJECT / "seeds" / "payload_fields.csv").open() as file:
        return {(row["source"], row["stream"], row["field"]): row for row in csv.DictReader(file)}


KNOWN = seed()


def below(stream: str, holder: str, *, source: str) -> set[str]:
    """The names that are known of an object of a stream."""
    beginning = f"{holder}." if holder else ""
    fields = (field for vendor, name, field in KNOWN if (vendor, name) == (source, stream))
    return {
        rest
        for field in fields
        if field.startswith(beginning) and not re.search(r"[.\[]", rest := field[len(beginning) :])
    }


def paths_read(sql: str) -> Iterator[str]:
    """The paths that a SQL model extracts from its payloads, as the seed writes them."""
    yield from re.findall(r"'\$\.([\w.]*\w)'", sql)
    for form in re.findall(r"from_json\(\s*payload,\s*'(\{.*?\})'\s*\)", sql, re.DOTALL):
        yield from _leaves(json.loads(form), "")


def _leaves(form: Any, path: str) -> Iterator[str]:
    if isinstance(form, dict):
        for name, inner in form.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(form, list):
        yield from _leaves(form[0], f"{path}[]")
    else:
        yield path


def models() -> Iterator[tuple[str, str, Path]]:
    """Every model that reads one stream of a vendor: source, stream, file."""
    for path in sorted(STAGING.glob("*/*.sql")):
        tables = set(re.findall(r"source\('raw', '(jira|github|mlflow)_(\w+)'\)", path.read_text()))
        if len(tables) == 1:
            yield (*tables.pop(), path)


MODELS = [one for one in models() if one[1] != "trace_days"]  # those the hub counts itself


@pytest.mark.parametrize(("source", "stream", "path"), MODELS, ids=lambda value: getattr(value, "stem", value))
def test_every_field_that_staging_reads_is_known(source, stream, path):
    """With its type: none that is read is left unlooked into."""
    fields = set(paths_read(path.read_text()))
    assert fields
    for field in fields:
        row = KNOWN.get((source, stream, field))
        assert row, f"{stream}: {field} is read by {path.name} and not in the seed"
        holders = [field[: match.start()] for match in re.finditer(r"\.|\[\]", field)]
        assert all("any" not in KNOWN[source, stream, holder]["kinds"] for holder in holders), field


def test_every_stream_that_staging_reads_is_looked_into():
    """No raw table of a vendor is left out by the model that looks at payloads."""
    looked_at = re.findall(r"'(\w+)'", (STAGING / "hub" / "stg_hub__payload_fields.sql").read_text().partition("%}")[0])
    assert {f"{source}_{stream}" for source, stream, _ in MODELS} == set(looked_at)
    assert {(source, stream) for source, stream, _ in KNOWN} == {(source, stream) for source, stream, _ in MODELS}


def test_the_seed_is_well_formed():
    """Kinds and presences are those that the models know; what holds a field is known as an object or list."""
    for (source, stream, field), row in KNOWN.items():
        assert set(row["kinds"].split()) <= KINDS, row
        assert row["presence"] in {"always", "usually", "sometimes"}, row
        holder = re.sub(r"(\.?[^.\[\]]+|\[\])$", "", field)
        assert not holder or {"object", "list"} & set(KNOWN[source, stream, holder]["kinds"].split()), row


@pytest.fixture(scope="module")
def published(specs: Path) -> GraphQLSchema:
    return build_schema((specs / "github-schema.graphql").read_text(), assume_valid=True)


@pytest.mark.parametrize("stream", QUERIES)
def test_what_a_query_asks_for_is_known_and_nothing_else(published, stream):
    """Field by field with GitHub's own types: what may be null, what is a list."""
    query, connection, kind = QUERIES[stream]
    [operation] = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    selection = operation.selection_set
    for name in ("node", "", connection, "nodes"):
        selection = next(
            node.selection_set
            for node in selection.selections
            if (node.name.value == name if isinstance(node, FieldNode) else not name) and node.selection_set
        )
    asked = dict(_asked(published, kind, selection, ""))
    known = {
        field: set(row["kinds"].split())
        for (source, name, field), row in KNOWN.items()
        if (source, name) == ("github", stream)
    }
    assert {field: "null" in kinds for field, kinds in known.items() if not field.endswith("[]")} == asked


def _asked(schema: GraphQLSchema, kind: str, selection: SelectionSetNode, path: str) -> Iterator[tuple[str, bool]]:
    """Every field of a selection, and whether it may be null."""
    for node in selection.selections:
        if isinstance(node, InlineFragmentNode):
            yield from _asked(schema, node.type_condition.name.value, node.selection_set, path)
            continue
        assert isinstance(node, FieldNode)
        field = f"{path}.{node.name.value}" if path else node.name.value
        if node.name.value == "__typename":
            yield field, False
            continue
        told = schema.type_map[kind].fields[node.name.value].type
        yield field, not str(told).endswith("!")
        if node.selection_set:
            inner = field + "[]" * str(told).startswith("[")
            yield from _asked(schema, get_named_type(told).name, node.selection_set, inner)


@pytest.mark.parametrize(("stream", "holder"), SCHEMAS)
def test_what_jira_specifies_is_known(specs, stream, holder):
    """No documented property is told as new."""
    document = json.loads((specs / "jira-cloud-platform.json").read_text())
    specified = set(document["components"]["schemas"][SCHEMAS[stream, holder]]["properties"])
    assert specified <= below(stream, holder, source="jira")


@pytest.mark.parametrize(("stream", "path"), [("repositories", "/repos/{owner}/{repo}"), ("workflow_runs", "")])
def test_what_githubs_rest_specifies_is_known(specs, stream, path):
    """No documented property is told as new; addresses are known as such."""
    schemas = json.loads((specs / "github-rest.json").read_text())
    described = schemas["paths"][path or "/repos/{owner}/{repo}/actions/runs"]["get"]["responses"]["200"]
    schema = _resolved(schemas, described["content"]["application/json"]["schema"])
    if stream == "workflow_runs":
        schema = _resolved(schemas, schema["properties"]["workflow_runs"]["items"])
    specified = {name for name in schema["properties"] if not name.endswith("_url")}
    assert len(specified) > 20
    assert specified <= below(stream, "", source="github")


def _resolved(document: Any, schema: Any) -> Any:
    while "$ref" in schema:
        found = document
        for name in schema["$ref"].split("/")[1:]:
            found = found[name]
        schema = found
    return schema


@pytest.mark.parametrize(("stream", "holder"), MESSAGES)
def test_what_mlflows_server_writes_is_known(stream, holder):
    """Every field of its protocol buffers."""
    from mlflow.protos import model_registry_pb2, service_pb2

    message = getattr(service_pb2, MESSAGES[stream, holder], None) or getattr(
        model_registry_pb2, MESSAGES[stream, holder]
    )
    assert {field.name for field in message.DESCRIPTOR.fields} <= below(stream, holder, source="mlflow")
