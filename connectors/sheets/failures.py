"""What a failed call to Google means: cause, remedy, and whether another attempt may help."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import Any

from connectors.patience import asked_by

_MINUTE = 60.0
"""Google's quotas count per minute and its 429 names no time: anything shorter only burns the next minute's calls."""
_THROTTLED = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"})


@dataclass(frozen=True, slots=True)
class Failure:
    """`may_pass`: another attempt may help, after as many seconds as are `asked` for; None: after a pause of our own."""

    cause: str
    remedy: str
    may_pass: bool = False
    asked: float | None = None
    is_unreachable: bool = False  # nobody listens at the address, or its host is unknown


def failure_of(error: BaseException, attempt: int) -> Failure:
    """The failure behind an exception of Google's client, of httplib2 below it or of the network."""
    from google.auth.exceptions import GoogleAuthError
    from googleapiclient.errors import HttpError
    from httplib2 import ServerNotFoundError

    if isinstance(error, HttpError):
        return _refused(error, attempt)
    known: tuple[tuple[type[BaseException], bool, str, str], ...] = (
        (
            GoogleAuthError,
            bool(getattr(error, "retryable", False)),
            "Google did not accept the credentials",
            "Create a new key for the service account and set credentials in hub.toml; without one only public files open.",
        ),
        (
            ssl.SSLCertVerificationError,
            False,
            "the server's certificate is not trusted",
            "Mend the certificate or this host's trust store.",
        ),
        (
            ssl.SSLError,
            False,
            "the server does not speak TLS",
            "Correct url in hub.toml: http where it begins with https, or another port.",
        ),
        (ServerNotFoundError, True, "the host name is unknown", "Correct url in hub.toml, or the name service here."),
        (
            TimeoutError,
            True,
            "the server did not answer in time",
            "See whether a firewall or proxy drops the traffic.",
        ),
        (
            ValueError,
            False,
            "the answer is not JSON",
            "Something else answers there (a proxy, a login page?): open the address and see.",
        ),
    )
    for kind, may_pass, cause, remedy in known:
        if isinstance(error, kind):
            return Failure(cause, remedy, may_pass=may_pass, is_unreachable=kind is ServerNotFoundError)
    cause = f"the connection broke ({type(error).__name__})"
    is_refused = isinstance(error, ConnectionRefusedError)
    return Failure(cause, "See that the endpoint can be reached.", may_pass=True, is_unreachable=is_refused)


_REFUSALS: tuple[tuple[int, frozenset[str], str, str], ...] = (
    (
        401,
        frozenset(),
        "Google refused the credentials (401)",
        "Create a new key for the service account and set credentials in hub.toml to it.",
    ),
    (
        403,
        frozenset({"accessNotConfigured", "SERVICE_DISABLED"}),
        "an API is switched off in the Cloud project (403)",
        "Enable the Google Sheets API and the Google Drive API for the service account's project.",
    ),
    (
        403,
        frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}),
        "the credentials lack a scope (403)",
        "Use a key that may ask for spreadsheets.readonly and drive.metadata.readonly.",
    ),
    (
        403,
        frozenset(),
        "the account may not read this spreadsheet (403)",
        "Share it with the service account's e-mail address as a viewer.",
    ),
    (
        404,
        frozenset(),
        "there is no such spreadsheet, or it is not shared with the account (404)",
        "Copy the id from the spreadsheet's address into hub.toml and share it with the service account as a viewer.",
    ),
)
"""Status, reasons of which one must be given (none: any), cause, remedy; the first that fits counts."""


def _refused(error: Any, attempt: int) -> Failure:
    status, reasons = int(error.resp.status), _reasons(error.content)
    asked = asked_by(error.resp)
    if status == 429 or (status == 403 and reasons & _THROTTLED):
        wait = _MINUTE if asked is None else asked
        remedy = "Read less often, or raise the quota of the Cloud project."
        return Failure(f"Google throttled the reads ({status}) {attempt} times", remedy, may_pass=True, asked=wait)
    if status >= 500 or status == 408:
        remedy = "What has landed stays; the next run tries again."
        return Failure(f"Google answered {status} {attempt} times", remedy, may_pass=True, asked=asked)
    for refused, needed, cause, remedy in _REFUSALS:
        if status == refused and (not needed or needed & reasons):
            return Failure(cause, remedy)
    return Failure(f"Google answered {status}", "Run `hub check`; if it stays, report it with the time of this run.")


def _reasons(content: bytes) -> set[str]:
    """Every machine-readable reason in an error of Google's: of the old form, of the new one, or of both."""
    try:
        error = json.loads(content)["error"]
        listed = [*error.get("errors", []), *error.get("details", [])]
        return {str(error.get("status", "")), *(str(item.get("reason", "")) for item in listed)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
