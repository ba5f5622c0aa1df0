"""The connection to one GitHub: pages of raw JSON, limits waited for, failures in words. What is asked for is in the stream modules."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import requests

from connectors.github.failures import (
    HeavyPageError,
    RefusedError,
    StaleCursorError,
    UnreadableError,
    UnusableKeyError,
    explain,
    nothing_found,
    shortened,
    without_secrets,
)
from connectors.github.settings import GitHubSettings, Meter
from connectors.patience import clock_of
from connectors.stream import SourceError
from connectors.transport import is_unreachable, parsed
from connectors.turns import turn

if TYPE_CHECKING:
    from connectors.github.wire import Wire

_TRIES = 4  # of a request whose body arrives broken
_LONGEST_RESET_SECONDS = 3660  # a GraphQL limit is renewed within the hour
_BROKEN_BODY = (json.JSONDecodeError, UnicodeDecodeError, requests.exceptions.ChunkedEncodingError)
_LIMITED = RefusedError(403, "", is_limit=True)


class Reply(NamedTuple):
    """A REST reply: body None where the server said "not modified"."""

    body: Any
    headers: dict[str, Any]

    @property
    def date(self) -> datetime:
        """The server's clock."""
        return clock_of(self.headers)


class Answer(NamedTuple):
    """A GraphQL answer: what was found, and the errors that came beside it."""

    data: dict[str, Any]
    errors: list[dict[str, Any]]
    date: datetime


class GitHubClient:
    """Sends requests, counts them, waits for limits, and says what failed as SourceError, UnreadableError or HeavyPageError."""

    def __init__(
        self, settings: GitHubSettings, *, wait: Callable[[float], None] = time.sleep, timeout: int = 60
    ) -> None:
        self.settings = settings
        self.meter = Meter(wait)
        self.known: dict[str, Any] = {}  # repository lists already read in this run
        self.records: dict[int, dict[str, Any]] = {}  # repositories that have come in this run, by id
        self.host = settings.host
        self._timeout = timeout
        self._turn = turn(settings.url, settings.token, settings.app_id, settings.installation_id)
        self._unreachable: tuple[str, str] | None = None  # cause and remedy: such a host is not tried again

    @cached_property
    def _wire(self) -> Wire:
        """PyGithub's requester, made for the first request."""
        from connectors.github.wire import Wire

        return Wire(self.settings, self.meter, timeout=self._timeout)

    @property
    def calls(self) -> int:
        """Requests sent so far, repetitions included."""
        return self.meter.calls

    @property
    def calls_left(self) -> int | None:
        """Points left of the scarcest hourly limit used so far."""
        return min(self.meter.left.values(), default=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections, if any were made."""
        if "_wire" in self.__dict__:
            self._wire.close()

    def rest(
        self,
        path: str,
        *,
        stream: str,
        name: str = "",
        shape: type[dict[str, Any] | list[Any]] = dict,
        etag: str | None = None,
        **parameters: Any,
    ) -> Reply:
        """GET a REST path (or an absolute link of a former reply) whose body is of a shape.

        404, 403, 410 and 451 raise UnreadableError if `name` says whose they are, everything else raises SourceError.
        """
        headers = {"If-None-Match": etag} if etag else {}

        def send() -> Reply:
            status, replied, text = self._wire.get(path, parameters, dict(headers))
            return Reply(None if status == 304 else _json(text, shape), replied)

        reply: Reply = self._sent(send, stream, name)
        return reply

    def pages(
        self, path: str, *, stream: str, name: str, shape: type[dict[str, Any] | list[Any]] = list, **parameters: Any
    ) -> Iterator[Reply]:
        """The pages of a REST list, along its Link headers."""
        reply = self.rest(path, stream=stream, name=name, shape=shape, per_page=100, **parameters)
        yield reply
        yield from self.following(reply, stream=stream, name=name, shape=shape)

    def following(
        self, reply: Reply, *, stream: str, name: str, shape: type[dict[str, Any] | list[Any]] = list
    ) -> Iterator[Reply]:
        """The pages after one, along their Link headers."""
        seen = set()
        while True:
            link = requests.utils.parse_header_links(reply.headers.get("link", ""))
            following = next((each["url"] for each in link if each.get("rel") == "next"), None)
            if following is None:
                return
            if following in seen:
                raise UnreadableError(name, "the server repeats a page of its list", "Run it again later.")
            seen.add(following)
            reply = self.rest(following, stream=stream, name=name, shape=shape)
            yield reply

    def graphql(self, query: str, variables: dict[str, Any], *, stream: str, name: str) -> Answer:
        """Runs a query about one repository. Data may be partial: the errors beside it are in the answer.

        Raises HeavyPageError for a page the server cannot finish, StaleCursorError for a place it no longer knows, UnreadableError
        where nothing of the repository can be seen. Waits for the limit to be renewed.
        """
        with self._turn:
            return self._answer(query, variables, stream=stream, name=name)

    def _answer(self, query: str, variables: dict[str, Any], *, stream: str, name: str) -> Answer:
        for _ in range(_TRIES):
            headers, body = self._sent(lambda: self._graphql(query, variables), stream, name)
            errors = body.get("errors") or []
            data = body.get("data") or {}
            if limit := data.get("rateLimit"):
                self.meter.left["graphql"] = limit["remaining"]
            if any(error.get("type") in {"RATE_LIMITED", "RATE_LIMIT"} for error in errors):
                self._await_reset(headers, stream)
                continue
            _raise_what_a_smaller_page_heals(errors)
            if unknown := [
                error for error in errors if (error.get("extensions") or {}).get("code") == "undefinedField"
            ]:
                cause = f"{self.host} is too old: {shortened(str(unknown[0].get('message', '')))}"
                raise self.failure(stream, cause, "Update GitHub Enterprise Server.")
            if errors and not any(value for key, value in data.items() if key != "rateLimit"):
                raise nothing_found(name, errors[0])
            return Answer(data, errors, clock_of(headers))
        raise self.failure(stream, *explain(_LIMITED, self.host))

    def failure(self, stream: str, cause: str, remedy: str) -> SourceError:
        """A SourceError of this instance without its secrets."""
        secrets = [self.settings.token, self.settings.private_key]
        return SourceError(
            "github", self.settings.name, stream, without_secrets(cause, secrets), without_secrets(remedy, secrets)
        )

    def _graphql(self, query: str, variables: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Headers and body, whatever errors it tells of."""
        try:
            headers, text = self._wire.query(query, variables)
        except RefusedError as error:
            if error.status in {502, 504}:
                raise HeavyPageError(error.message) from None
            raise
        body = parsed(text)
        is_answer = (
            isinstance(body, dict) and isinstance(body.get("data") or {}, dict) and body.keys() & {"data", "errors"}
        )
        if not is_answer:
            raise json.JSONDecodeError("not a GraphQL answer", "", 0)
        return headers, body

    def _sent(self, send: Callable[[], Any], stream: str, name: str) -> Any:
        """The result of sending, tried again where a body arrived broken; failures in our own words."""
        with self._turn:
            return self._result(send, stream, name)

    def _result(self, send: Callable[[], Any], stream: str, name: str) -> Any:
        if self._unreachable:
            raise self.failure(stream, *self._unreachable)
        for attempt in range(1, _TRIES + 1):
            try:
                return send()
            except _BROKEN_BODY as error:
                if attempt == _TRIES:
                    raise self.failure(stream, *explain(error, self.host)) from None
                self.meter.wait(2**attempt)
            except RefusedError as error:
                if name and not error.is_limit and error.status in {403, 404, 410, 451}:
                    raise UnreadableError(name, *explain(error, self.host)) from None
                raise self.failure(stream, *explain(error, self.host)) from None
            except (requests.exceptions.RequestException, UnusableKeyError, RuntimeError, OSError, ValueError) as error:
                told = explain(error, self.host)
                if is_unreachable(error):
                    self._unreachable = told
                raise self.failure(stream, *told) from None
        raise AssertionError  # the loop returns or raises

    def _await_reset(self, headers: dict[str, Any], stream: str) -> None:
        """Waits until the GraphQL limit is renewed, by the server's clock."""
        reset = headers.get("x-ratelimit-reset")
        seconds = max(float(reset) - clock_of(headers).timestamp(), 0) + 1 if reset else 60.0
        if seconds > _LONGEST_RESET_SECONDS:
            raise self.failure(stream, *explain(_LIMITED, self.host))
        self.meter.wait(seconds)


def connect(settings: GitHubSettings, *, wait: Callable[[float], None] = time.sleep, timeout: int = 60) -> GitHubClient:
    """A client that has sent nothing yet. `wait` sleeps; `timeout` is how many seconds an answer may take. Tests shorten both."""
    return GitHubClient(settings, wait=wait, timeout=timeout)


def _json(text: str, shape: type) -> Any:
    """The body; an empty one, one that is no JSON (a proxy's page) or of another shape raises JSONDecodeError."""
    body = parsed(text)
    if not isinstance(body, shape):
        raise json.JSONDecodeError(f"expected a {shape.__name__}", "", 0)
    return body


def _raise_what_a_smaller_page_heals(errors: list[dict[str, Any]]) -> None:
    for error in errors:
        message = str(error.get("message", "")).lower()
        if error.get("type") == "INVALID_CURSOR_ARGUMENTS" or "valid cursor" in message:
            raise StaleCursorError
        if (
            error.get("type") in {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"}
            or "resource limits" in message
            or "something went wrong while executing your query" in message
            or "timeout" in message
        ):
            raise HeavyPageError(shortened(str(error.get("message", ""))))
