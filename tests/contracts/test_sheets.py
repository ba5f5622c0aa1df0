"""The played Sheets and Drive answer as Google's discovery documents say, and the connector asks as they allow.

The documents are those that ship inside google-api-python-client.
"""

from __future__ import annotations

import json
import urllib.parse
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import googleapiclient
import jsonschema
import pytest
import requests

from connectors.sandbox import sheets as played
from connectors.sandbox import story
from connectors.sandbox.server import Sandbox, Server
from connectors.sheets import STREAMS, SheetsSettings, client, connect
from connectors.sheets.client import SCOPES

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def document(name):
    """A discovery document."""
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return json.loads((folder / f"{name}.json").read_text())


def as_json_schema(part):
    """Discovery's dialect as JSON Schema: nothing but declared properties, references by path."""
    if isinstance(part, list):
        return [as_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": f"#/schemas/{part['$ref']}"}
    kept = {
        name: part[name] for name in ("type", "enum", "items", "properties", "additionalProperties") if name in part
    }
    if kept.get("type") == "any":
        del kept["type"]
    kept = {
        name: {k: as_json_schema(v) for k, v in value.items()} if name == "properties" else as_json_schema(value)
        for name, value in kept.items()
    }
    if "properties" in kept:
        kept.setdefault("additionalProperties", False)
    return kept


def validate(value, api, schema):
    """Raises if a reply is not what the API's document says."""
    schemas = {name: as_json_schema(part) for name, part in document(api)["schemas"].items()}
    jsonschema.validate(value, {"$ref": f"#/schemas/{schema}", "schemas": schemas})


@pytest.fixture(scope="module")
def google():
    """The story's spreadsheet on loopback."""
    program = story.tell(NOW)
    sandbox = Sandbox(program, NOW)
    with Server(played.app(sandbox), sandbox) as server:
        yield sandbox, server.url


@pytest.mark.parametrize("fields", ["*", "properties(title,locale,timeZone),sheets(properties(sheetId,title),merges)"])
def test_a_spreadsheet_is_a_spreadsheet(google, fields):
    """With and without a mask."""
    sandbox, url = google
    reply = requests.get(f"{url}/v4/spreadsheets/{sandbox.program.spreadsheet_id}", {"fields": fields}, timeout=10)
    validate(reply.json(), "sheets.v4", "Spreadsheet")
    assert reply.json()["properties"]["timeZone"] == sandbox.program.spreadsheet_timezone
    assert any("merges" in tab for tab in reply.json()["sheets"])


def test_formats_of_a_range_are_grid_data(google):
    """Only the tabs of the ranges come, with a row for each row asked for."""
    sandbox, url = google
    budget = sandbox.program.spreadsheet_versions[-1].tabs[0]
    budget.currency_formats[4, 3] = "[$$-409]#,##0"
    query = {"ranges": ["'Budget'!A1:F9"], "fields": client._FORMAT_FIELDS}
    path = f"{url}/v4/spreadsheets/{sandbox.program.spreadsheet_id}"
    reply = requests.get(path, query, timeout=10).json()
    validate(reply, "sheets.v4", "Spreadsheet")
    (sheet,) = reply["sheets"]
    rows = sheet["data"][0]["rowData"]
    assert [len(row["values"]) for row in rows] == [6] * 9
    assert rows[4]["values"][3]["effectiveFormat"]["numberFormat"]["pattern"] == "[$$-409]#,##0"
    assert rows[0]["values"][0] == {}


def test_values_are_value_ranges_without_blanks_at_the_end(google):
    """Ragged rows, dates as serial numbers, blanks between as empty texts."""
    sandbox, url = google
    titles = [tab.title for tab in sandbox.program.spreadsheet_versions[-1].tabs]
    query = {"ranges": [f"'{title}'" for title in titles], "valueRenderOption": "UNFORMATTED_VALUE"}
    path = f"{url}/v4/spreadsheets/{sandbox.program.spreadsheet_id}/values:batchGet"
    reply = requests.get(path, query, timeout=10).json()
    validate(reply, "sheets.v4", "BatchGetValuesResponse")
    for block in reply["valueRanges"]:
        assert block["values"][-1]
        assert all(row[-1] != "" for row in block["values"] if row)
        assert all(isinstance(cell, str | int | float | bool) for row in block["values"] for cell in row)
    posted = requests.post(path, query, headers={"x-http-method-override": "GET"}, timeout=10).json()
    assert posted == reply


def test_a_file_is_a_file_whose_version_grows(google):
    """The number is a text of digits, as Drive's int64 are."""
    sandbox, url = google
    path = f"{url}/drive/v3/files/{sandbox.program.spreadsheet_id}"
    numbers = []
    for weeks in (3, 0):
        sandbox.now = NOW - timedelta(weeks=weeks)
        reply = requests.get(path, {"fields": "version,modifiedTime,trashed"}, timeout=10).json()
        validate(reply, "drive.v3", "File")
        numbers.append(int(reply["version"]))
    assert numbers[0] < numbers[1]


def test_errors_have_googles_form(google):
    """An unknown range fails the batch, another file does not exist, a token nobody gave is refused."""
    sandbox, url = google
    file = f"{url}/v4/spreadsheets/{sandbox.program.spreadsheet_id}"
    query = {"ranges": ["'Budget'", "'Nope'"], "valueRenderOption": "UNFORMATTED_VALUE"}
    bad = requests.get(f"{file}/values:batchGet", query, timeout=10)
    gone = requests.get(f"{url}/v4/spreadsheets/other", timeout=10)
    drive = requests.get(f"{url}/drive/v3/files/other", timeout=10)
    stranger = requests.get(file, headers={"Authorization": "Bearer ya29.other"}, timeout=10)
    assert [r.json()["error"]["code"] for r in (bad, gone, drive, stranger)] == [400, 404, 404, 401]
    assert bad.json()["error"] == {
        "code": 400,
        "message": "Unable to parse range: 'Nope'",
        "status": "INVALID_ARGUMENT",
    }
    assert drive.json()["error"]["errors"][0]["reason"] == "notFound"


def test_the_connector_asks_only_what_the_documents_allow(google):
    """Methods, paths and parameters of every request; scopes that suffice and only read."""
    sandbox, url = google
    tabs = {"budget": "Budget", "risks": "Risk register"}
    reader = connect(SheetsSettings("pmo", sandbox.program.spreadsheet_id, tabs, url=url))
    sandbox.requests.clear()
    assert [page for stream in STREAMS for page in stream.read(reader, None)]
    spreadsheets = document("sheets.v4")["resources"]["spreadsheets"]
    files = document("drive.v3")["resources"]["files"]["methods"]
    allowed = {
        "/v4/spreadsheets/{spreadsheetId}": (spreadsheets["methods"]["get"], "sheets.v4"),
        "/v4/spreadsheets/{spreadsheetId}/values:batchGet": (
            spreadsheets["resources"]["values"]["methods"]["batchGet"],
            "sheets.v4",
        ),
        "/drive/v3/files/{fileId}": (files["get"], "drive.v3"),
    }
    for line in sandbox.requests:
        method, _, target = line.partition(" ")
        path, _, query = target.partition("?")
        template = path.replace(sandbox.program.spreadsheet_id, "{fileId}" if "drive" in path else "{spreadsheetId}")
        rule, api = allowed[template]
        assert method == rule["httpMethod"]
        assert set(SCOPES) & set(rule["scopes"])
        names = set(urllib.parse.parse_qs(query))
        assert names <= set(rule["parameters"]) | set(document(api)["parameters"])
        for name, values in urllib.parse.parse_qs(query).items():
            choices = rule["parameters"].get(name, {}).get("enum")
            assert choices is None or set(values) <= set(choices)
    assert all(scope.endswith(".readonly") for scope in SCOPES)


def test_dates_go_over_the_wire_as_googles_document_counts_them():
    """Its own words: January 1st 1900 at noon is 2.5, February 1st at 3pm is 33.625."""
    assert played._wire(date(1900, 1, 1)) == 2
    assert played._wire(date(1900, 2, 1)) == 33
