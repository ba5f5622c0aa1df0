"""What can go wrong between the hub and Jira, in words for people: cause and remedy. Not here: what is tried again (transport.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeVar

from requests import RequestException

from connectors.jira.client import JiraClient, JiraSettings, RefusedError
from connectors.stream import Cursor, Page, SourceError
from connectors.transport import NotJson, network_failure, scrubbed

Yielded = TypeVar("Yielded")

FAILURES = (RefusedError, RequestException, NotJson)
"""What reading raises when the site or the way to it fails."""

_ODD_SHAPES = (KeyError, TypeError, ValueError, AttributeError)


def source_error(settings: JiraSettings, stream: str, error: Exception) -> SourceError:
    """The failure as a SourceError, without secrets."""
    if isinstance(error, RefusedError):
        cause, remedy = _refusal(settings, error)
    elif isinstance(error, NotJson):
        cause, remedy = f"{settings.url}: {error.what}", error.remedy
    elif isinstance(error, RequestException):
        cause, remedy = network_failure(error)
        cause = f"{settings.url}: {cause}"
    else:
        cause = f"{settings.url} answered in a shape that is not documented ({type(error).__name__}: {error})"
        remedy = "Run again; if it stays so, compare the reply with the vendor's documentation."
    return SourceError("jira", settings.name, stream, scrubbed(cause, settings.secrets), remedy)


def _refusal(settings: JiraSettings, error: RefusedError) -> tuple[str, str]:
    """Cause and remedy of a reply with an error status."""
    said = scrubbed(error.said, settings.secrets)
    cause = f"HTTP {error.status} from {settings.url}" + (f": {said}" if said else "")
    if error.wait:
        cause += f" (it asks to wait: {error.wait})"
    if error.status == 401:
        if settings.email:
            remedy = f"The API token of {settings.email} is wrong, revoked or expired: create one at id.atlassian.com and set token."
        else:
            remedy = (
                "The personal access token is wrong, revoked or expired: create one in the Jira profile and set token."
            )
        return cause, remedy
    remedies = {
        400: "Check projects and jql of this instance in the settings.",
        403: "The account may not read this: give it Browse Projects (and Jira Software) access, or solve its CAPTCHA by logging in once.",
        404: "Check url (the site's root, with its context path on Data Center) and the account's access.",
        410: "The site has removed this part of its API: update the hub.",
        429: "The site limits calls: run less often or at a quieter hour, or ask its administrators for an exemption.",
    }
    later = "The site has trouble: run again later; https://status.atlassian.com tells for Cloud."
    return cause, remedies.get(error.status, later)


def named(
    stream: str, read: Callable[[JiraClient, Cursor | None], Iterator[Page]]
) -> Callable[[JiraClient, Cursor | None], Iterator[Page]]:
    """The read, with whatever goes wrong in it raised as a SourceError of the stream."""

    @wraps(read)
    def pages(client: JiraClient, cursor: Cursor | None) -> Iterator[Page]:
        try:
            yield from read(client, cursor)
        except FAILURES as error:
            raise source_error(client.settings, stream, error) from None
        except _ODD_SHAPES as error:
            raise source_error(client.settings, stream, error) from error

    return pages
