"""Google Sheets and Drive as far as a reader needs them: the story's spreadsheet as of the sandbox's clock.

Answers what Google answers: ragged rows without trailing blanks, no `values` for an empty tab, one unknown range failing
the whole batch, a Drive version that grows with every edit, tokens for service accounts and refusals without the scope.
Every reply shows unformatted values and serial dates, which is what the connector asks for.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from connectors.sandbox.program import Cell, SheetVersion, Tab
from connectors.sandbox.server import Sandbox

_EPOCH = date(1899, 12, 30)
_FIRST_VERSION = 101  # Drive's numbers do not begin at one
_NEEDED = {
    "/drive/v3/": ("drive.metadata.readonly", "drive.readonly", "drive"),
    "/v4/": ("spreadsheets.readonly", "spreadsheets", "drive.readonly", "drive"),
}
_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


class _RefusedError(Exception):
    """An answer in Google's form of an error."""

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.reason = status, reason


def app(sandbox: Sandbox, *, locale: str = "en_GB") -> Flask:
    """Sheets under /v4/, Drive under /drive/v3/ and the token service at /token, over one story."""
    google, flask = _Google(sandbox, locale), Flask(__name__)
    flask.register_error_handler(_RefusedError, _refusal)
    flask.register_error_handler(HTTPException, _no_such_path)
    flask.add_url_rule("/token", view_func=google.give_token, methods=["POST"])
    flask.add_url_rule("/drive/v3/files/<name>", view_func=google.file)
    flask.add_url_rule("/v4/spreadsheets/<name>", view_func=google.spreadsheet)
    batch = "/v4/spreadsheets/<name>/values:batchGet"
    flask.add_url_rule(batch, view_func=google.values, methods=["GET", "POST"])
    return flask


@dataclass(slots=True)
class _Google:
    """The answers, each to one kind of request."""

    sandbox: Sandbox
    locale: str
    tokens: dict[str, str] = field(default_factory=dict)  # token -> its scopes

    def give_token(self) -> Response:
        scopes = _scopes_asked(request.form.get("assertion", ""))
        if request.form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" or scopes is None:
            return _json({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        token = f"ya29.sandbox-{len(self.tokens) + 1}"
        self.tokens[token] = scopes
        return _json({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def file(self, name: str) -> Response:
        number, version = self._shown(name)
        whole = {
            "kind": "drive#file",
            "id": name,
            "name": self.sandbox.program.spreadsheet_title,
            "mimeType": "application/vnd.google-apps.spreadsheet",
            "version": str(number),
            "modifiedTime": version.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "trashed": False,
        }
        return _json(masked(whole, request.args.get("fields", "kind,id,name,mimeType")))

    def spreadsheet(self, name: str) -> Response:
        _, version = self._shown(name)
        properties = {
            "title": self.sandbox.program.spreadsheet_title,
            "locale": self.locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": self.sandbox.program.spreadsheet_timezone,
        }
        whole = {
            "spreadsheetId": name,
            "properties": properties,
            "sheets": self._sheets(version, request.args.getlist("ranges")),
            "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{name}/edit",
        }
        return _json(masked(whole, request.args.get("fields", "*")))

    def _sheets(self, version: SheetVersion, ranges: list[str]) -> list[dict[str, Any]]:
        """All tabs, or those of the ranges, each with the formats of the cells in it."""
        if not ranges:
            return [_sheet(index, tab) for index, tab in enumerate(version.tabs)]
        found = []
        for wanted in ranges:
            title, _, cells = wanted.rpartition("!")
            asked = [(index, tab) for index, tab in enumerate(version.tabs) if _quoted(tab.title) == title]
            last = re.fullmatch(r"A1:(?P<letters>[A-Z]+)(?P<row>\d+)", cells)
            if not asked or not last:
                raise _RefusedError(400, f"Unable to parse range: {wanted}")
            index, tab = asked[0]
            width = 0
            for letter in last["letters"]:
                width = width * 26 + ord(letter) - ord("A") + 1
            found.append(_sheet(index, tab) | {"data": [_formats(tab, int(last["row"]), width)]})
        return found

    def values(self, name: str) -> Response:
        _, version = self._shown(name)
        asked = request.args
        if request.method == "POST":  # the client sends a long address as a form
            if request.headers.get("x-http-method-override") != "GET":
                raise _RefusedError(404, "Requested entity was not found.")
            asked = request.form
        if asked.get("valueRenderOption") != "UNFORMATTED_VALUE":
            raise _RefusedError(400, "The sandbox only plays valueRenderOption=UNFORMATTED_VALUE")
        tabs = {tab.title: tab for tab in version.tabs}
        blocks = [_block(tabs, wanted) for wanted in asked.getlist("ranges")]
        return _json({"spreadsheetId": name, "valueRanges": blocks})

    def _shown(self, name: str) -> tuple[int, SheetVersion]:
        """The version that is the newest at the sandbox's moment, and its number."""
        _authorise(self.tokens)
        versions = [v for v in self.sandbox.program.spreadsheet_versions if v.at <= self.sandbox.now]
        if name != self.sandbox.program.spreadsheet_id or not versions:
            raise _RefusedError(404, "Requested entity was not found.", "notFound")
        return _FIRST_VERSION + len(versions) - 1, versions[-1]


def _refusal(refusal: _RefusedError) -> Response:
    error: dict[str, Any] = {"code": refusal.status, "message": str(refusal)}
    if request.path.startswith("/drive/"):
        error["errors"] = [{"domain": "global", "reason": refusal.reason, "message": str(refusal)}]
    else:
        error["status"] = _STATUSES[refusal.status]
    return _json({"error": error}, refusal.status)


def _no_such_path(error: HTTPException) -> Response:
    return Response("<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>", error.code or 404)


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content, indent=2), status, content_type="application/json; charset=UTF-8")


def _authorise(tokens: dict[str, str]) -> None:
    """Refuses a token it never gave and one without the scope. Without any token the file is public."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token:
        return
    if token not in tokens:
        raise _RefusedError(401, "Request had invalid authentication credentials.", "authError")
    needed = next(scopes for path, scopes in _NEEDED.items() if request.path.startswith(path))
    given = {scope.rpartition("/")[2] for scope in tokens[token].split()}
    if not given.intersection(needed):
        message = "Request had insufficient authentication scopes."
        raise _RefusedError(403, message, "insufficientPermissions")


def _scopes_asked(assertion: str) -> str | None:
    """The scopes in a signed request for a token; None if it is no such thing. Its signature is not checked."""
    try:
        _, claims, _ = assertion.split(".")
        scope = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["scope"]
    except (ValueError, KeyError, binascii.Error):
        return None
    return scope if isinstance(scope, str) else None


def _sheet(index: int, tab: Tab) -> dict[str, Any]:
    merges = [
        {
            "sheetId": tab.sheet_id,
            "startRowIndex": first_row,
            "endRowIndex": end_row,
            "startColumnIndex": first_column,
            "endColumnIndex": end_column,
        }
        for first_row, end_row, first_column, end_column in tab.merges
    ]
    properties = {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": max(1000, len(tab.rows)), "columnCount": 26},
    }
    rows = [{"hiddenByUser": True} if row in tab.hidden_rows else {} for row in range(len(tab.rows))]
    return {"properties": properties, "data": [{"rowMetadata": rows}]} | ({"merges": merges} if merges else {})


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _formats(tab: Tab, rows: int, width: int) -> dict[str, Any]:
    """Grid data as far as number formats go: a cell without a format of its own is an empty one."""

    def cell(row: int, column: int) -> dict[str, Any]:
        pattern = tab.currency_formats.get((row, column))
        number = {"numberFormat": {"type": "CURRENCY", "pattern": pattern}}
        return {"userEnteredFormat": number, "effectiveFormat": number} if pattern else {}

    return {"rowData": [{"values": [cell(row, column) for column in range(width)]} for row in range(rows)]}


def _block(tabs: dict[str, Tab], wanted: str) -> dict[str, Any]:
    quoted = re.fullmatch(r"'(?P<title>(?:[^']|'')+)'", wanted)
    title = quoted["title"].replace("''", "'") if quoted else wanted
    if title not in tabs:
        raise _RefusedError(400, f"Unable to parse range: {wanted}")
    rows = _trimmed(tabs[title].rows)
    shown = f"'{title}'!A1:Z{max(1000, len(tabs[title].rows))}"
    return {"range": shown, "majorDimension": "ROWS"} | ({"values": rows} if rows else {})


def _trimmed(rows: list[list[Cell]]) -> list[list[Any]]:
    """Rows as the API gives them: without blanks at the end, blank cells between as empty texts, dates as numbers."""
    wired = [[_wire(cell) for cell in row] for row in rows]
    for row in wired:
        while row and row[-1] == "":
            row.pop()
    while wired and not wired[-1]:
        wired.pop()
    return wired


def _wire(cell: Cell) -> Any:
    if cell is None:
        return ""
    return (cell - _EPOCH).days if isinstance(cell, date) else cell


def masked(whole: Any, mask: str) -> Any:
    """The parts of a reply that a field mask such as "id,sheets(properties(title),merges)" names; "*" is all of it."""
    if mask == "*":
        return whole
    return _kept(whole, list(_parsed(iter(re.findall(r"[^,()]+|[,()]", mask.replace(" ", ""))))))


def _parsed(marks: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Names with the mask below each, None for all of it; ends at the closing bracket."""
    name, below = "", None
    for mark in marks:
        if mark == "(":
            below = list(_parsed(marks))
        elif mark in {",", ")"}:
            if name:
                yield name, below
            name, below = "", None
            if mark == ")":
                return
        else:
            name = mark
    if name:
        yield name, below


def _kept(whole: Any, mask: list[tuple[str, Any]]) -> Any:
    if isinstance(whole, list):
        return [_kept(part, mask) for part in whole]
    if not isinstance(whole, dict):
        return whole
    return {name: whole[name] if below is None else _kept(whole[name], below) for name, below in mask if name in whole}
