"""Reading one spreadsheet through Google's own client: all its tabs in one read, shared by the streams.

Not here: what the values mean (records.py) and what goes wrong in words (failures.py).
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from connectors.patience import Patience, clock_of
from connectors.sheets.cells import currency_of
from connectors.sheets.contract import contracts
from connectors.sheets.failures import Failure, failure_of
from connectors.sheets.grid import Grid, letters
from connectors.stream import SourceError
from connectors.transport import parsed
from connectors.turns import turn

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets.readonly",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
)
_TIMEOUT = 60.0
_READS_OF_A_MOVING_FILE = 3
_FIELDS = "properties(title,locale,timeZone),sheets(properties(sheetId,title,sheetType,hidden),merges)"
_HIDDEN_FIELDS = "sheets(properties(title),data(startRow,rowMetadata(hiddenByUser,hiddenByFilter)))"
_FORMAT_FIELDS = (
    "sheets(properties(sheetId),data(startRow,startColumn,rowData(values(effectiveFormat(numberFormat(pattern))))))"
)


@dataclass(frozen=True, slots=True)
class SheetsSettings:
    """One spreadsheet and which tab is what. `credentials` is a service account's JSON or its file; None reads openly."""

    name: str
    spreadsheet: str
    tabs: dict[str, str]  # kind -> title
    credentials: str | None = field(default=None, repr=False)
    url: str | None = None  # another endpoint, for Sheets and Drive alike
    fiscal_start: int = 1  # the month in which fiscal years begin


@dataclass(frozen=True, slots=True)
class Version:
    """Where the file stands: Drive's number, which grows with every change, and the server's clock."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Workbook:
    """All wanted tabs as they were at one version."""

    version: Version
    locale: str
    timezone: str
    tabs: dict[str, Grid]  # by title

    def tab(self, title: str, sheet_id: int | None) -> Grid | None:
        """The tab of a title; if none has it any more, the one that had it when last read."""
        renamed = (grid for grid in self.tabs.values() if sheet_id is not None and grid.sheet_id == sheet_id)
        return self.tabs.get(title) or next(renamed, None)


class SheetsClient:
    """One spreadsheet. Nothing is sent before the first read; what a read brought serves every stream once."""

    def __init__(self, settings: SheetsSettings, *, patience: Patience) -> None:
        self.settings = settings
        self.calls = 0
        self.calls_left: int | None = None  # Google tells the quota only when it is used up
        self._patience = patience
        self._turn = turn(settings.url or "https://www.googleapis.com", settings.credentials)
        self._resources: tuple[Any, ...] = ()  # Drive's files and Sheets' spreadsheets, once they are needed
        self._version: Version | None = None
        self._workbook: Workbook | None = None
        self._served: set[str] = set()
        self._unreachable: Failure | None = None  # once the host could not be reached: it is not tried again

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for resource in self._resources:
            resource.close()

    def version(self, stream: str) -> Version:
        """The file's version: asked for once for all streams, again when a stream comes for the second time."""
        if stream in self._served:
            self._version, self._workbook = None, None
            self._served.clear()
        self._served.add(stream)
        if self._version is None:
            self._version = self._ask_version(stream)
        return self._version

    def workbook(self, stream: str) -> Workbook:
        """All wanted tabs, read in one go and again if somebody edited meanwhile. Call version() before."""
        if self._workbook is None:
            before = self._version or self._ask_version(stream)
            for _ in range(_READS_OF_A_MOVING_FILE):
                workbook = self._read(stream, before)
                after = self._ask_version(stream)
                if after.number == before.number:
                    break
                before = after
            # A file that never rests keeps the version from before its last read: the next run reads it again.
            self._workbook, self._version = workbook, workbook.version
        return self._workbook

    def hidden_rows(self, stream: str) -> dict[str, list[int]]:
        """By title, the rows that nobody sees because somebody or a filter hides them. They are read like any other."""
        _, spreadsheets = self._opened(stream)
        request = spreadsheets.get(spreadsheetId=self.settings.spreadsheet, fields=_HIDDEN_FIELDS)
        return {
            sheet["properties"]["title"]: [
                row
                for block in sheet.get("data", [])
                for row, about in enumerate(block.get("rowMetadata", []), start=block.get("startRow", 0))
                if about.get("hiddenByUser") or about.get("hiddenByFilter")
            ]
            for sheet in self._execute(stream, request).get("sheets", [])
        }

    def fail(self, stream: str, failure: Failure) -> NoReturn:
        """Raises SourceError for this spreadsheet, without the original error, whose text may hold a token."""
        raise SourceError("sheets", self.settings.name, stream, failure.cause, failure.remedy) from None

    def _ask_version(self, stream: str) -> Version:
        files, _ = self._opened(stream)
        request = files.get(
            fileId=self.settings.spreadsheet, fields="version,modifiedTime,trashed", supportsAllDrives=True
        )
        at: list[datetime] = []
        request.add_response_callback(lambda reply: at.append(clock_of(reply)))
        file = self._execute(stream, request)
        if file.get("trashed"):
            self.fail(
                stream, Failure("the spreadsheet is in the bin", "Restore it in Google Drive, or name another one.")
            )
        return Version(str(file["version"]), at[-1])

    def _read(self, stream: str, version: Version) -> Workbook:
        _, spreadsheets = self._opened(stream)
        spreadsheet = self.settings.spreadsheet
        file = self._execute(stream, spreadsheets.get(spreadsheetId=spreadsheet, fields=_FIELDS))
        present = [sheet for sheet in file.get("sheets", []) if sheet["properties"].get("sheetType", "GRID") == "GRID"]
        wanted = set(self.settings.tabs.values())
        # A title that is missing may have been renamed: then the other tabs are read too and known by their ids.
        is_complete = wanted <= {sheet["properties"]["title"] for sheet in present}
        read = [sheet for sheet in present if not is_complete or sheet["properties"]["title"] in wanted]
        ranges = [_quoted(sheet["properties"]["title"]) for sheet in read]
        grids = {}
        if ranges:
            request = spreadsheets.values().batchGet(
                spreadsheetId=spreadsheet,
                ranges=ranges,
                majorDimension="ROWS",
                valueRenderOption="UNFORMATTED_VALUE",
                dateTimeRenderOption="SERIAL_NUMBER",
            )
            values = self._execute(stream, request)["valueRanges"]
            formats = self._currencies(stream, read, values)
            for sheet, block in zip(read, values, strict=True):
                properties = sheet["properties"]
                merges = tuple(_range(merge) for merge in sheet.get("merges", []))
                currencies = formats.get(properties["sheetId"], {})
                grid = Grid(properties["title"], properties["sheetId"], block.get("values", []), merges, currencies)
                grids[properties["title"]] = grid
        about = file.get("properties", {})
        return Workbook(version, about.get("locale", "en_US"), about.get("timeZone", "Etc/UTC"), grids)

    def _currencies(
        self, stream: str, read: list[dict[str, Any]], values: list[dict[str, Any]]
    ) -> dict[int, dict[tuple[int, int], str]]:
        """By sheet id, the currencies that cells' number formats show, of tabs whose rows may have a currency.

        Values do not carry it. One more call, and only for the cells that hold something.
        """
        kinds = [kind for kind in self.settings.tabs if kind in contracts()]
        titles = {self.settings.tabs[kind] for kind in kinds if contracts()[kind].has_currency}
        ranges = []
        for sheet, block in zip(read, values, strict=True):
            rows, title = block.get("values", []), sheet["properties"]["title"]
            if title in titles and rows:
                width = max(len(row) for row in rows)
                ranges.append(f"{_quoted(title)}!A1:{letters(width - 1)}{len(rows)}")
        if not ranges:
            return {}
        _, spreadsheets = self._opened(stream)
        request = spreadsheets.get(spreadsheetId=self.settings.spreadsheet, ranges=ranges, fields=_FORMAT_FIELDS)
        found: dict[int, dict[tuple[int, int], str]] = {}
        for sheet in self._execute(stream, request).get("sheets", []):
            currencies = found.setdefault(sheet["properties"].get("sheetId", 0), {})
            for block in sheet.get("data", []):
                for row, cells in enumerate(block.get("rowData", []), start=block.get("startRow", 0)):
                    for column, cell in enumerate(cells.get("values", []), start=block.get("startColumn", 0)):
                        pattern = cell.get("effectiveFormat", {}).get("numberFormat", {}).get("pattern", "")
                        if currency := currency_of(pattern):
                            currencies[row, column] = currency
        return found

    def _opened(self, stream: str) -> tuple[Any, ...]:
        """Drive's files and Sheets' spreadsheets, made at the first need and kept."""
        if not self._resources:
            from google_auth_httplib2 import AuthorizedHttp
            from googleapiclient.discovery import build_from_document

            http = AuthorizedHttp(self._credentials(stream), http=_counting_http(self))
            base = self.settings.url.rstrip("/") if self.settings.url else None
            ends = (f"{base}/drive/v3/", f"{base}/") if base else (None, None)
            drive, sheets = (
                build_from_document(
                    _discovered(api, version),
                    http=http,
                    model=_strict_model(),
                    client_options={"api_endpoint": end} if end else None,
                )
                for api, version, end in zip(("drive", "sheets"), ("v3", "v4"), ends, strict=True)
            )
            self._resources = (drive.files(), sheets.spreadsheets())
        return self._resources

    def _credentials(self, stream: str) -> Any:
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import GoogleAuthError
        from google.oauth2.service_account import Credentials

        given = self.settings.credentials
        if given is None:
            return AnonymousCredentials()  # type: ignore[no-untyped-call]  # google-auth leaves it untyped
        try:
            text = given if given.lstrip().startswith("{") else Path(given).expanduser().read_text(encoding="utf-8")
            return Credentials.from_service_account_info(json.loads(text), scopes=SCOPES)
        except OSError:
            cause = "the service account's file cannot be read"
        except (ValueError, GoogleAuthError):
            cause = "the credentials are not a service account's JSON key"
        remedy = "Set credentials in hub.toml to the key file of a service account, or to its text."
        return self.fail(stream, Failure(cause, remedy))

    def _execute(self, stream: str, request: Any) -> Any:
        """The answer to a request, sent up to five times while the failure may pass."""
        with self._turn:
            return self._answered(stream, request)

    def _answered(self, stream: str, request: Any) -> Any:
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import HttpError
        from httplib2 import HttpLib2Error

        if self._unreachable:
            self.fail(stream, self._unreachable)
        for attempt in itertools.count(1):
            try:
                answer = request.execute()
                if isinstance(answer, dict):
                    return answer
                failure = failure_of(ValueError(), attempt)  # the client hands on what it could not decode
            except (
                HttpError,
                HttpLib2Error,
                GoogleAuthError,
                OSError,
                ValueError,
                EOFError,
                _http_exceptions(),
            ) as error:
                failure = failure_of(error, attempt)
            wait = self._patience.wait(attempt, failure.asked)
            if wait is None or not failure.may_pass:
                if failure.is_unreachable:
                    self._unreachable = failure
                self.fail(stream, failure)
            self._patience.sleep(wait)
        raise AssertionError("the last attempt returns or raises")


def _discovered(api: str, version: str) -> dict[str, Any]:
    """The discovery document that the client ships, with what its objects hold left out.

    Only the manual that the client writes of every method needs that, which takes a third of a second each time.
    """
    from googleapiclient.discovery_cache import get_static_doc

    document: dict[str, Any] = json.loads(get_static_doc(api, version))
    document["schemas"] = {name: {"id": name, "type": "object"} for name in document["schemas"]}
    return document


def _http_exceptions() -> type[Exception]:
    from http.client import HTTPException

    return HTTPException


def _strict_model() -> Any:
    """How replies are decoded: as those of every other source, NaN and infinities by their names."""
    from googleapiclient.model import JsonModel

    class StrictModel(JsonModel):  # type: ignore[misc]  # the client ships no types
        def deserialize(self, content: bytes) -> Any:
            return parsed(content)

    return StrictModel()


def _counting_http(client: SheetsClient) -> Any:
    """An httplib2 connection that counts what it sends: requests for tokens and its own silent repeats included."""
    import httplib2

    class Plain(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # httplib2 ships no types
        def request(self, *arguments: Any, **options: Any) -> None:
            client.calls += 1
            super().request(*arguments, **options)

    class Secure(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # httplib2 ships no types
        def request(self, *arguments: Any, **options: Any) -> None:
            client.calls += 1
            super().request(*arguments, **options)

    class CountingHttp(httplib2.Http):  # type: ignore[misc]  # httplib2 ships no types
        def request(self, uri: str, *arguments: Any, **options: Any) -> Any:
            options["connection_type"] = Secure if uri.startswith("https:") else Plain
            return super().request(uri, *arguments, **options)

    return CountingHttp(timeout=_TIMEOUT)


def _quoted(title: str) -> str:
    """A tab's title as ranges name it."""
    return "'" + title.replace("'", "''") + "'"


def _range(merge: dict[str, int]) -> tuple[int, int, int, int]:
    """A merged range as first row, end row, first column, end column; a missing start is 0."""
    return (
        merge.get("startRowIndex", 0),
        merge.get("endRowIndex", 0),
        merge.get("startColumnIndex", 0),
        merge.get("endColumnIndex", 0),
    )


def connect(settings: SheetsSettings, *, wait: Callable[[float], None] = time.sleep) -> SheetsClient:
    """A client of one spreadsheet; `wait` is what it does between attempts."""
    return SheetsClient(settings, patience=Patience(sleep=wait))
