"""What went wrong, in words for the person who must mend it: a cause and a remedy, without secrets, headers or bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import requests

from connectors.transport import network_failure

PERMISSIONS = "Metadata, Contents, Pull requests, Deployments, Issues and Actions (read only)"
"""The least a fine-grained token or an app needs."""

_LONGEST_MESSAGE = 200
_GOES_ON = "Nothing is lost: the next run goes on from here."
_PROXIES = "If it stays, look at the proxies on the way."

_NEEDED = {
    "pullRequests": "Pull requests",
    "closingIssuesReferences": "Issues",
    "issues": "Issues",
    "deployments": "Deployments",
    "releases": "Contents",
    "commits": "Contents",
    "mergeCommit": "Contents",
    "tagCommit": "Contents",
}


class RefusedError(Exception):
    """The server answered a request, and every repetition of it, with an error status."""

    def __init__(self, status: int, message: str, *, is_limit: bool = False) -> None:
        self.status, self.message = status, shortened(message)
        self.is_limit = is_limit  # a rate limit, used up for longer than a run waits
        super().__init__(f"{status} {self.message}")


class UnusableKeyError(Exception):
    """No token can be signed with the app's private key."""


class HeavyPageError(Exception):
    """The server could not finish a GraphQL page in time: ask for a smaller one."""


class StaleCursorError(Exception):
    """The server no longer knows the place a walk had come to: begin it again."""


class UnreadableError(Exception):
    """One repository (or organisation) cannot be read; the others can."""

    def __init__(self, name: str, cause: str, remedy: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause, self.remedy = name, cause, remedy


def permission_for(field: str) -> str:
    """The permission that a refused GraphQL field asks for."""
    return _NEEDED.get(field, "Contents")


def explain(error: Exception, host: str) -> tuple[str, str]:
    """Cause and remedy of a request that failed for good."""
    if isinstance(error, RefusedError):
        return _refused(error)
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return f"{host} answered with something else than whole JSON, several times over", f"{_GOES_ON} {_PROXIES}"
    if isinstance(error, requests.exceptions.RequestException):
        cause, remedy = network_failure(error)
        return f"{host}: {cause}", remedy
    if isinstance(error, UnusableKeyError) or "PEM" in str(error):
        return "the app's private key cannot be used", "Give the text of the PEM file downloaded from the app's page."
    if isinstance(error, RuntimeError) and "redirected" in str(error):
        return f"{host} redirects to another address", "Put the address it redirects to into `url`."
    return f"{type(error).__name__}: {shortened(str(error))}", _GOES_ON


def _refused(error: RefusedError) -> tuple[str, str]:  # noqa: PLR0911  # one line per answer reads best
    message = error.message
    if error.is_limit:
        cause = "the rate limit is used up for longer than a run waits"
        return cause, f"{_GOES_ON} Give the hub a token of its own if this happens often."
    if error.status == 401:
        cause = f"the token was refused (401 {message})"
        return cause, f"Create a fine-grained token with {PERMISSIONS} and put it where `token` in [[github]] points."
    if error.status == 403 and re.search(r"\b(saml|sso)\b", message, re.IGNORECASE):
        return f"forbidden (403 {message})", "Authorise the token for the organisation's single sign-on."
    if error.status == 403:
        return f"forbidden (403 {message})", f"Give the token these permissions: {PERMISSIONS}."
    if error.status in {404, 410, 451}:
        cause = f"not visible ({error.status} {message}); nothing of it is deleted here"
        return cause, "Give the token access to it, or correct its name in the [[github]] section."
    if error.status >= 500:
        return f"the server failed ({error.status}), several times over", _GOES_ON
    return f"the server answered {error.status} {message}", "Check `url` in the [[github]] section."


def nothing_found(name: str, error: dict[str, Any]) -> UnreadableError:
    """Why a query about a repository found nothing: it is not visible, or a field at its top was refused."""
    message = shortened(str(error.get("message", "")))
    path = error.get("path") or []
    if len(path) > 1:
        field = next((part for part in reversed(path) if isinstance(part, str)), "")
        remedy = f'Give the token the permission "{permission_for(field)}" (read only).'
        return UnreadableError(name, f"{field} refused: {message}", remedy)
    if error.get("type") == "FORBIDDEN":
        return UnreadableError(name, *_refused(RefusedError(403, message)))
    if error.get("type") == "NOT_FOUND":
        return UnreadableError(name, *_refused(RefusedError(404, message)))
    return UnreadableError(name, f"the server found no answer: {message}", _GOES_ON)


def shortened(text: str) -> str:
    """One line of at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def without_secrets(text: str, secrets: Iterable[str | None]) -> str:
    """The text without the secrets, and without anything that looks like a token of GitHub's."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return re.sub(r"\b(gh[pousr]_|github_pat_)\w+", "***", text)
