"""Every request of the connector and every reply of the sandbox, against Jira's own OpenAPI documents.

Nothing is left out silently: where Jira is known to answer otherwise than it documents, DEVIATIONS names it, and a
deviation that no reply needs fails a test.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from werkzeug.wrappers import Request, Response

from connectors.jira import STREAMS, JiraSettings, check, connect
from connectors.sandbox.jira import Behaviour, app
from connectors.sandbox.server import Sandbox, Server
from connectors.sandbox.story import tell
from tests.connectors.jira import small_program

DEVIATIONS = {
    # What is deviated from: (a pattern for where in the reply, a word of the error), and what Jira really does.
    "changes without a value": (
        r"items/\d+/(from|fromString|to|toString)$",
        "None is not of type 'string'",
        "documented as text; null where a field was or became empty",
    ),
    "moments of bulk changelogs": (
        r"changeHistories/\d+/created$",
        "is not of type 'string'",
        "documented as a date-time text; epoch milliseconds come",
    ),
    "untranslated names": (
        r"^\d+$",
        "'untranslatedName' was unexpected",
        "not documented; custom fields carry it",
    ),
    "warnings of a search": (
        r"^$",
        "'warnings' was unexpected",
        "experimental, not documented yet",
    ),
}

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(value: Any) -> bool:
    """Jira writes +0000 where the standard has +00:00; Python reads both."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("date", raises=ValueError)
def is_day(value: Any) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@FORMATS.checks("uri")
def is_address(value: Any) -> bool:
    return not isinstance(value, str) or bool(re.match(r"https?://[^\s/]+/", value))


@FORMATS.checks("int32")
def is_int32(value: Any) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@dataclass(frozen=True)
class Exchange:
    """A request and its reply."""

    method: str
    path: str
    parameters: tuple[str, ...]
    body: Any
    status: int
    reply: Any


class Recorder:
    """A WSGI layer that keeps every exchange."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.exchanges: list[Exchange] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(sent)
        response = Response.from_app(self.inner, environ, buffered=True)
        request = Request(environ)
        body = json.loads(sent) if sent else None
        reply = json.loads(response.get_data())
        exchange = Exchange(request.method, request.path, tuple(request.args), body, response.status_code, reply)
        self.exchanges.append(exchange)
        return response(environ, start_response)


@dataclass(frozen=True)
class Documents:
    """Jira's two documents, asked for an operation by its address."""

    documents: tuple[dict[str, Any], ...]

    def operation(self, exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The operation that an exchange is one of, and the document it stands in."""
        # The site's version 2 and 3 differ in how prose is written; only 3 is documented here.
        path = exchange.path.replace("/rest/api/2/", "/rest/api/3/")
        for document in self.documents:
            for template, operations in document["paths"].items():
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
                if re.fullmatch(pattern, path) and exchange.method.lower() in operations:
                    return operations[exchange.method.lower()], document
        return None


def as_json_schema(node: Any) -> Any:
    """The same schema as JSON Schema has it: OpenAPI 3.0's nullable becomes a choice."""
    if isinstance(node, list):
        return [as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: as_json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [changed, {"type": "null"}]} if node.get("nullable") is True else changed


def errors(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[ValidationError]:
    """Where a value is not as its schema says."""
    whole = {**as_json_schema(schema), "components": as_json_schema(document.get("components", {}))}
    yield from Draft202012Validator(whole, format_checker=FORMATS).iter_errors(value)


def place(error: ValidationError) -> str:
    return "/".join(map(str, error.absolute_path))


def deviation(error: ValidationError) -> str | None:
    """The known deviation that an error is."""
    for name, (where, what, _) in DEVIATIONS.items():
        if re.search(where, place(error)) and what in error.message:
            return name
    return None


@pytest.fixture(scope="module")
def documents(specs: Path) -> Documents:
    names = ("jira-cloud-platform.json", "jira-software-agile.json")
    return Documents(tuple(json.loads((specs / name).read_text()) for name in names))


def _recorded(program: Any, projects: tuple[str, ...], behaviour: Behaviour) -> list[Exchange]:
    """All that the connector asks of a Cloud site, and what it is answered: first reads, later reads, census, check."""
    sandbox = Sandbox(program, program.now)
    recorder = Recorder(app(sandbox, "Cloud", behaviour=behaviour))
    with Server(recorder, sandbox) as server:
        settings = JiraSettings("acme", server.url, small_program.TOKEN, projects, email="hub@example.com")
        with connect(settings) as client:
            pages = {stream.name: list(stream.read(client, None)) for stream in STREAMS}
            cursors = {name: read[-1].cursor for name, read in pages.items() if read}
            list(check(client))
        sandbox.now += timedelta(hours=1)
        with connect(settings) as client:
            list(STREAMS[0].read(client, cursors["issues"]))
            for stream in STREAMS:
                if stream.census:
                    stream.census(client, {"101", "999999"}, cursors.get(stream.name))
        with connect(replace(settings, projects=projects[1:])) as client:  # epics outside, worklogs to pass over
            for stream in STREAMS:
                list(stream.read(client, None))
        # What the connector does not ask for (yet), and refusals.
        session = requests.Session()
        session.auth = ("hub@example.com", small_program.TOKEN)
        key = projects[0]
        for path in (
            f"api/3/search/jql?jql=project={key}&fields=*all&expand=changelog&maxResults=3",
            f"api/3/project/{key}/versions",
            f"api/3/issue/{key}-1/changelog?maxResults=5",
            "api/3/myself",
            "agile/1.0/board/1",
            "agile/1.0/sprint/1",
        ):
            session.get(f"{server.url}/rest/{path}", timeout=5)
        session.post(f"{server.url}/rest/api/3/issue/bulkfetch", json={"issueIdsOrKeys": [f"{key}-1"]}, timeout=5)
        session.close()
    return recorder.exchanges


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    """Over the small program, with pages so small that every kind of continuation occurs."""
    behaviour = Behaviour(page_limit=2, bulk_histories=7, worklogs_per_page=1, warnings=["A warning"])
    program = small_program.build()
    small_program.touch(program.issues[4], small_program.NOW - timedelta(days=1), "epic", "101")
    return _recorded(program, ("APP", "OPS"), behaviour)


@pytest.fixture(scope="module")
def exchanges_of_the_story() -> list[Exchange]:
    """Over the program that the demo shows."""
    program = tell(datetime.fromisoformat("2026-11-24T06:00:00+00:00"))
    return _recorded(program, tuple(project.key for project in program.jira_projects), Behaviour())


def test_every_address_is_documented(documents, exchanges):
    unknown = {(one.method, one.path) for one in exchanges if documents.operation(one) is None}
    assert unknown == set()


def test_every_parameter_is_documented(documents, exchanges):
    """Those of the address by name; bodies as a whole, where unknown names are refused."""
    for one in exchanges:
        operation, document = documents.operation(one)
        known = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert set(one.parameters) <= known, one.path
        if one.body is not None:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert [(place(error), error.message) for error in errors(one.body, schema, document)] == [], one.path


def faults(documents: Documents, exchanges: list[Exchange]) -> Iterator[tuple[Exchange, ValidationError]]:
    """Every place in a good reply that is not as documented."""
    for one in exchanges:
        operation, document = documents.operation(one)
        content = operation["responses"].get(str(one.status), {}).get("content")
        schema = (content or {}).get("application/json", {}).get("schema")
        if schema:
            for error in errors(one.reply, schema, document):
                yield one, error


def test_every_reply_is_as_documented_but_for_the_deviations_named(documents, exchanges):
    found = list(faults(documents, exchanges))
    assert [(one.path, place(error), error.message[:200]) for one, error in found if deviation(error) is None] == []
    assert {deviation(error) for _, error in found} == set(DEVIATIONS), "a deviation that nothing needs any more"


def test_the_replies_of_the_story_are_as_documented_too(documents, exchanges_of_the_story):
    found = list(faults(documents, exchanges_of_the_story))
    assert [(one.path, place(error), error.message[:200]) for one, error in found if deviation(error) is None] == []


def test_replies_without_a_schema_are_those_of_sprints_alone(documents, exchanges):
    """The document describes no sprint; its examples in the vendor's reference have these names."""
    bare = [
        one
        for one in exchanges
        if one.status == 200
        and "schema" not in documents.operation(one)[0]["responses"]["200"]["content"]["application/json"]
    ]
    assert {re.sub(r"\d+", "N", one.path) for one in bare} == {
        "/rest/agile/N.N/board/N/sprint",
        "/rest/agile/N.N/sprint/N",
    }
    known = {
        "id",
        "self",
        "state",
        "name",
        "startDate",
        "endDate",
        "completeDate",
        "originBoardId",
        "goal",
        "createdDate",
    }
    for one in bare:
        for sprint in one.reply.get("values", [one.reply]):
            assert {"id", "self", "state", "name", "originBoardId"} <= set(sprint) <= known


def test_every_documented_operation_that_reads_was_seen(documents, exchanges):
    """So that none of the replies escapes these tests."""
    changes = {("post", f"/rest/api/3/{name}") for name in ("field", "issueLinkType", "issuetype", "priority")}
    changes |= {("post", "/rest/agile/1.0/board"), ("post", "/rest/agile/1.0/sprint/{sprintId}")}
    seen = [documents.operation(one)[0] for one in exchanges if one.status == 200]
    unseen = {
        (method, template)
        for document in documents.documents
        for template, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in ("get", "post") and (method, template) not in changes and operation not in seen
    }
    assert unseen == set()


def test_a_wrong_reply_would_be_found(documents, exchanges):
    """The check itself can fail: a property too many, a wrong type, a day that is none."""
    page = next(one for one in exchanges if one.path.endswith("/project/search"))
    project = page.reply["values"][0]
    for wrong in ({"colour": "red"}, {"name": 17}, {"self": "nowhere"}, {"style": "baroque"}):
        spoilt = replace(page, reply={**page.reply, "values": [{**project, **wrong}]})
        assert [error for _, error in faults(documents, [spoilt]) if deviation(error) is None]


def test_refusals_hold_error_messages(exchanges):
    refused = [one for one in exchanges if one.status >= 400]
    assert refused
    assert all(one.reply["errorMessages"] for one in refused)
