"""What requests-based clients of ours share: waiting as long as told, counting calls, telling failures apart.

Lives here: `PatientAdapter`, mounted into a client's own requests session (`session.mount(url, adapter)`) so that
authentication, proxies and certificates stay the client's; `decoded`, JSON or a reason why it is none; `is_unreachable`,
the failures after which a host is not tried again; `network_failure` and `scrubbed`, words for people. Not here: any
vendor's paths, fields or wording; how long is waited (patience.py).
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

import orjson
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,  # noqa: A004  # requests' own, caught below
    ConnectTimeout,
    ContentDecodingError,
    SSLError,
    Timeout,
)

from connectors.patience import Patience, asked_by

_log = logging.getLogger(__name__)

_PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})
_PASSING_FAILURES = (ConnectionError, Timeout, ChunkedEncodingError, ContentDecodingError)


class PatientAdapter(HTTPAdapter):
    """Tries each request again while its failure may pass; waits exactly as long as the server asks.

    Every method is tried again, POST too: the hub sends nothing but reads. A body is received within the attempt, so
    that one cut short counts as a failure like any other. `calls` counts requests sent, repeats included. All of it happens
    while `turn` is held (turns.py). A host that could not be reached at all is not tried again: what is asked of it next
    fails at once, in the same way.
    """

    def __init__(self, patience: Patience, turn: AbstractContextManager[Any]) -> None:
        super().__init__(pool_maxsize=10)
        self.patience = patience
        self.calls = 0
        self.calls_left: int | None = None
        self._turn = turn
        self._unreachable: dict[str, Exception] = {}  # by the host's address

    def send(  # noqa: PLR0917  # the signature is requests'
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # the signature is requests'
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002  # the signature is requests'
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        """The reply to the request, or to its last repetition."""
        options = {"stream": stream, "timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
        with self._turn:
            return self._answered(request, options)

    def _answered(self, request: PreparedRequest, options: dict[str, Any]) -> Response:
        host = urlsplit(str(request.url)).netloc
        if failure := self._unreachable.get(host):
            raise failure
        attempt = 1
        while True:
            self.calls += 1
            try:
                response = super().send(request, **options)
                if not options["stream"]:
                    _ = response.content
            except _PASSING_FAILURES as error:
                wait, reason = self.patience.wait(attempt), type(error).__name__
                if isinstance(error, SSLError) or wait is None:
                    if is_unreachable(error):
                        self._unreachable[host] = error
                    raise
            else:
                self._note_budget(response)
                if response.status_code not in _PASSING_STATUSES:
                    return response
                # Jira Data Center sends "retry-after: 0" while tokens remain: no wait is asked then, so pause as without it.
                wait, reason = (
                    self.patience.wait(attempt, asked_by(response.headers) or None),
                    str(response.status_code),
                )
                if wait is None:
                    return response
            _log.warning("%s %s: %s, trying again in %.0f s", request.method, _path(request), reason, wait)
            self.patience.sleep(wait)
            attempt += 1

    def _note_budget(self, response: Response) -> None:
        left = response.headers.get("X-RateLimit-Remaining", "")
        if left.isdigit():
            self.calls_left = int(left)


def _path(request: PreparedRequest) -> str:
    """The path without its query, which may hold more than a log should."""
    return request.path_url.split("?", 1)[0]


def parsed(text: bytes | str) -> Any:
    """The value of a JSON text; raises ValueError. NaN and infinities, which are not JSON, become their names."""
    try:
        return orjson.loads(text)
    except (
        orjson.JSONDecodeError
    ):  # a lone surrogate, NaN, a number beyond all others: the standard library takes these
        return json.loads(text, parse_constant=str, parse_float=_finite)


def _finite(number: str) -> float | str:
    value = float(number)
    return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"


class NotJson(Exception):  # noqa: N818  # says what the body is
    """A reply that should be JSON is not; `what` says what it is instead."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def decoded(response: Response) -> Any:
    """The JSON value of a reply. Raises NotJson for a login or proxy page, an empty body or a broken one."""
    try:
        return parsed(response.content)
    except ValueError:
        pass
    start = response.content[:200].lstrip().lower()
    if start.startswith(b"<"):
        what = "an HTML page came instead of JSON: a proxy, a login page or a wrong address answered"
        remedy = "Open the url from this machine; check url, proxy settings (HTTPS_PROXY, NO_PROXY) and single sign-on."
    elif not start:
        what, remedy = "an empty body came instead of JSON", "Run again; if it stays so, ask who runs the server."
    else:
        what = "a broken body came instead of JSON"
        remedy = "Run again; if it stays so, a proxy may be cutting long replies."
    raise NotJson(what, remedy)


_NETWORK_FAILURES: tuple[tuple[tuple[type[Exception], ...], str, str, str], ...] = (
    # error types, a word in the error's text that says the same, cause, remedy; the first that fits counts
    (
        (),
        "CERTIFICATE_VERIFY_FAILED",
        "its TLS certificate is not trusted",
        "Name the certificate authority's file in the setting verify, or correct the host name in url.",
    ),
    (
        (),
        "NameResolution",
        "its host name is not known here",
        "Check the host in url, and DNS and VPN of this machine.",
    ),
    ((ConnectTimeout,), "", "no connection within the time limit", "Check url, firewall, VPN and proxy settings."),
    (
        (Timeout,),
        "Read timed out",
        "no answer within the time limit, again and again",
        "It is overloaded or far away: run again later.",
    ),
    (
        (ChunkedEncodingError,),
        "IncompleteRead",
        "its replies are cut off before their end",
        "Run again; if it stays so, a proxy may be cutting long replies.",
    ),
    ((), "refused", "nothing listens at its address", "Check host and port in url, and whether the server is up."),
    (
        (Exception,),
        "",
        "the connection was cut, again and again",
        "Run again; if it stays so, check proxy and firewall.",
    ),
)


def network_failure(error: Exception) -> tuple[str, str]:
    """Cause and remedy of a failure of requests that no reply explains."""
    text = repr(error)
    return next(
        (cause, remedy)
        for types, word, cause, remedy in _NETWORK_FAILURES
        if isinstance(error, types) or (word and word in text)
    )


def is_unreachable(error: BaseException | None) -> bool:
    """Whether a failure of requests says that nobody listens at the address, or that its host is unknown."""
    return any(word in repr(error) for word in ("NameResolution", "Connection refused"))


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """Text of a server made fit for a log: one line, no tags, no secret, at most 200 characters."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    text = re.sub(r"<[^>]*>", " ", text)
    return re.sub(r"\s+", " ", text).strip()[:200]
