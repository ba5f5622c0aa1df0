"""Asking one MLflow server: MLflow's own HTTP function with explicit credentials, repeated as patience.py says, errors in words.

MLflow's client classes are not used: they take credentials from the process's environment, wait up to four minutes on a
failing server and turn each record into objects. What is asked for is in streams.py.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import wraps
from types import TracebackType
from typing import Any, Literal, NoReturn, Self

from connectors.patience import Patience, asked_by, clock_of
from connectors.stream import Cursor, Page, Record, SourceError
from connectors.transport import is_unreachable, parsed
from connectors.turns import turn

_TIMEOUT = (5.0, 60.0)  # seconds to connect, seconds between bytes
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_HEAVY = frozenset({502, 504})  # what a proxy says of a page that takes the server too long
_SMALLEST_PAGE = 25


@dataclass(frozen=True, slots=True)
class MlflowSettings:
    """One MLflow server and what of it is wanted. Patterns are shell-style; one that begins with "!" excludes."""

    name: str
    tracking_uri: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    experiments: tuple[str, ...] = ("*",)
    models: tuple[str, ...] = ("*",)
    metric_history: tuple[str, ...] = ()  # metrics whose every value is read, not only the last; none: no histories


class RefusedError(SourceError):
    """The server answered, but not with what was asked for."""

    def __init__(self, instance: str, stream: str, cause: str, remedy: str, *, status: int, code: str) -> None:
        super().__init__("mlflow", instance, stream, cause, remedy)
        self.status, self.code = status, code

    @property
    def is_absent(self) -> bool:
        """Whether the server says that what was asked for does not exist."""
        return self.code == "RESOURCE_DOES_NOT_EXIST"

    @property
    def is_not_offered(self) -> bool:
        """Whether the server does not know the address or its store cannot do this: an older MLflow, or a plain file store."""
        return self.status in {404, 501} and not self.is_absent


def wanted(named: Any, patterns: tuple[str, ...]) -> bool:
    """Whether a name matches one of the patterns and none of those that begin with "!"; what is no text is its text."""
    name = str(named)
    including = [pattern for pattern in patterns if not pattern.startswith("!")] or ["*"]
    excluding = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    return any(fnmatchcase(name, p) for p in including) and not any(fnmatchcase(name, p) for p in excluding)


def number(value: Any) -> int:
    """A whole number that came as one or as text; 0 for anything else: a payload of another form still lands."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """The ids that a complete read of all runs listed."""

    experiments: set[str]
    runs: set[str]


class TrackingClient:
    """One MLflow server. Nothing is sent before the first read."""

    def __init__(self, settings: MlflowSettings, *, patience: Patience, page_size: int) -> None:
        self.settings = settings
        self.page_size = self.largest_page_size = page_size  # the first is halved where the server cannot bear it
        self.calls = 0
        self.calls_left: int | None = None  # MLflow knows no quota
        self.swept: Sweep | None = None  # of a complete read of all runs, for the census that may follow
        self.answers: dict[tuple[str, str], Literal["absent", "hidden", "there"]] = {}  # to questions for one thing
        self._patience = patience
        self._turn = turn(settings.tracking_uri, settings.username, settings.password, settings.token)
        self._unreachable: tuple[str, str] | None = None  # cause and remedy: such a host is not tried again

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing to close: MLflow keeps one pool of connections for the process."""

    def ask(self, stream: str, method: str, endpoint: str, query: dict[str, Any]) -> tuple[dict[str, Any], datetime]:
        """The decoded answer to a GET or POST, and the server's clock when it gave it."""
        body, at = self.send(stream, method, endpoint, query)
        return self._decoded(stream, body), at

    def send(
        self, stream: str, method: str, endpoint: str, query: dict[str, Any] | None = None
    ) -> tuple[bytes, datetime]:
        """The body of one answer and its time, asked for up to five times while the server fails in a way that may pass.

        Raises SourceError with the cause and what to do about it; `stream` is only named in it.
        """
        with self._turn:
            return self._sent(stream, method, endpoint, query)

    def _sent(self, stream: str, method: str, endpoint: str, query: dict[str, Any] | None) -> tuple[bytes, datetime]:
        from mlflow.exceptions import MlflowException
        from mlflow.utils.rest_utils import MlflowHostCreds, http_request

        settings = self.settings
        if not settings.tracking_uri.startswith(("http://", "https://")):
            self.fail(
                stream,
                "tracking_uri is not an http or https address",
                "Give the address of a tracking server in hub.toml; local stores and databricks profiles are not read.",
            )
        credentials = MlflowHostCreds(
            settings.tracking_uri, username=settings.username, password=settings.password, token=settings.token
        )
        if self._unreachable:
            self.fail(stream, *self._unreachable)
        for attempt in itertools.count(1):
            self.calls += 1
            try:
                response = http_request(
                    credentials,
                    endpoint,
                    method,
                    max_retries=0,  # counted, bounded and told here instead
                    retry_codes=frozenset(),
                    raise_on_status=False,
                    timeout=_TIMEOUT,
                    **{"params" if method == "GET" else "json": query},
                )
            except MlflowException as error:
                failure = error.__cause__ or error.__context__
                cause, remedy, may_pass = _without_reply(failure)
                pause = self._patience.wait(attempt)
                if pause is None or not may_pass:
                    if is_unreachable(failure):
                        self._unreachable = cause, remedy
                    self.fail(stream, cause, remedy)
                self._patience.sleep(pause)
                continue
            if response.status_code in _PASSING:
                pause = self._patience.wait(attempt, asked_by(response.headers))
                if pause is not None:
                    self._patience.sleep(pause)
                    continue
            if response.status_code != 200:
                status, code = response.status_code, _error_code(response.text)
                cause, remedy = _refused(status, response.text, attempt)
                raise RefusedError(settings.name, stream, cause, remedy, status=status, code=code)
            return response.content, clock_of(response.headers)
        raise AssertionError("the last attempt returns or raises")

    def _decoded(self, stream: str, body: bytes) -> dict[str, Any]:
        try:
            answer = parsed(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            self.fail(
                stream,
                f"the answer is not JSON but begins with {body[:40].decode(errors='replace')!r}",
                "Something else answers at tracking_uri (a proxy, a login page?): open the address and see.",
            )
        return answer

    def fail(self, stream: str, cause: str, remedy: str) -> NoReturn:
        """Raises SourceError for this server. The original error is not shown: its text may hold the address's password."""
        raise SourceError("mlflow", self.settings.name, stream, cause, remedy) from None


@dataclass(frozen=True, slots=True)
class Listing:
    """One of MLflow's lists: how it is asked for and under which name its records come."""

    method: str
    path: str  # below /api/<version>/mlflow/
    records: str
    version: str = "2.0"
    largest_page: int = 1000


EXPERIMENTS = Listing("POST", "experiments/search", "experiments")
RUNS = Listing("POST", "runs/search", "runs")
REGISTERED_MODELS = Listing("GET", "registered-models/search", "registered_models")
MODEL_VERSIONS = Listing("GET", "model-versions/search", "model_versions")
LOGGED_MODELS = Listing("POST", "logged-models/search", "models")
TRACES = Listing("POST", "traces/search", "traces", version="3.0", largest_page=500)
METRIC_VALUES = Listing("GET", "metrics/get-history", "metrics")


def pages(
    client: TrackingClient, stream: str, listing: Listing, query: dict[str, Any]
) -> Iterator[tuple[list[Record], datetime]]:
    """The pages of a list, each with the server's time, until one comes without a token for the next.

    Smaller ones from now on if the server cannot produce one of this size; `remembering` keeps that beyond the run.
    """
    token: str | None = None
    seen: set[str] = set()
    while True:
        size = query.get("max_results", min(client.page_size, listing.largest_page))
        asked = query | {"max_results": size} | ({"page_token": token} if token else {})
        try:
            content, at = client.ask(stream, listing.method, f"/api/{listing.version}/mlflow/{listing.path}", asked)
        except RefusedError as error:
            if error.status not in _HEAVY or size <= _SMALLEST_PAGE:
                raise
            # Tokens are offsets: the next page may be of another size. The rest of the run asks for such pages too.
            client.page_size = max(_SMALLEST_PAGE, size // 2)
            continue
        yield content.get(listing.records, []), at
        token = content.get("next_page_token")
        if not token:
            return
        if token in seen:
            client.fail(
                stream, "the server gave the same page token twice", "Run again; if it stays, report it to MLflow."
            )
        seen.add(token)


def remembering(
    read: Callable[[TrackingClient, Cursor | None], Iterator[Page]],
) -> Callable[[TrackingClient, Cursor | None], Iterator[Page]]:
    """A stream's read whose cursor also holds the page size that the server could bear, if it was not the usual one.

    A read without a cursor, as the nightly sweep is, tries the usual one again. For streams that have a cursor; the others
    ask for few and small records, and ask for smaller pages as well once a stream before them had to.
    """

    @wraps(read)
    def remembered(client: TrackingClient, cursor: Cursor | None) -> Iterator[Page]:
        client.page_size = min(client.page_size, (cursor or {}).get("page_size", client.page_size))
        for page in read(client, cursor):
            kept = {name: value for name, value in page.cursor.items() if name != "page_size"}
            is_smaller = client.page_size < client.largest_page_size
            yield replace(page, cursor=kept | ({"page_size": client.page_size} if is_smaller else {}))

    return remembered


def _without_reply(cause: BaseException | None) -> tuple[str, str, bool]:
    """Cause and remedy of a request without a usable reply, and whether another attempt may help."""
    from requests import exceptions

    if isinstance(cause, exceptions.SSLError):
        return (
            "the server's certificate is not trusted",
            "Name the authority's certificate file in REQUESTS_CA_BUNDLE, or mend the certificate.",
            False,
        )
    # A read that takes too long comes as a broken connection from below requests.
    if isinstance(cause, exceptions.Timeout) or "Read timed out" in str(cause):
        return (
            "the server did not answer in time",
            "See whether the server is overloaded or a firewall drops the traffic.",
            True,
        )
    if isinstance(cause, exceptions.ChunkedEncodingError):
        return (
            "the answer broke off in the middle",
            "Run again; look at proxies between here and the server if it stays.",
            True,
        )
    if "NameResolutionError" in str(cause) or "getaddrinfo" in str(cause):
        return (
            "the host name of tracking_uri is unknown",
            "Correct tracking_uri in hub.toml, or the name service here.",
            True,
        )
    if isinstance(cause, exceptions.ConnectionError):
        return (
            "the server refused or cut the connection",
            "See that the MLflow server runs and that tracking_uri in hub.toml names its host and port.",
            True,
        )
    return (f"the request failed with {type(cause).__name__}", "Check tracking_uri in hub.toml.", False)


def _error_code(text: str) -> str:
    try:
        return str(json.loads(text)["error_code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _refused(status: int, text: str, attempts: int) -> tuple[str, str]:
    """Cause and remedy of a reply that is not 200."""
    if status == 401:
        return (
            "the server refused the credentials (401)",
            "Renew username and password, or token, of this server in hub.toml or the environment variable it names.",
        )
    if status == 403:
        return (
            "the credentials may not read this (403)",
            "Grant the hub's user READ on the experiments and registered models it is to see.",
        )
    if status == 404:
        return (
            "no MLflow answers there (404)",
            "Give tracking_uri without a path, or with the prefix the server is behind.",
        )
    if status in _PASSING:
        return (
            f"the server answered {status} {attempts} times",
            "What has landed stays and the next run goes on from there; look at the server's log if it persists.",
        )
    try:
        answer = json.loads(text)
        reason = f"{answer.get('error_code', '')}: {answer.get('message', '')}"[:200]
    except (ValueError, AttributeError):
        reason = "without a reason"
    return (
        f"the server answered {status}, {reason}",
        "See whether the server's MLflow is older than 2.9, or report this.",
    )


def connect(
    settings: MlflowSettings, *, wait: Callable[[float], None] = time.sleep, page_size: int = 500
) -> TrackingClient:
    """A client of one MLflow server; `wait` is what it does between attempts.

    500 records a page: the server is no slower for it, and a run with its metrics takes 15 times its text when decoded.
    """
    return TrackingClient(settings, patience=Patience(sleep=wait), page_size=page_size)
