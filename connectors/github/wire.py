"""PyGithub, confined: its requester with our retry, its errors as ours. Imported with the first request, as it takes half a second.

Not here: what is asked for and what an answer means (client.py).
"""

from __future__ import annotations

import json
from typing import Any

from github import Auth, Github
from github.GithubException import GithubException, RateLimitExceededException
from jwt import PyJWTError

from connectors.github.failures import RefusedError, UnusableKeyError
from connectors.github.retry import MeteredRetry
from connectors.github.settings import GitHubSettings, Meter

_SECONDS_BETWEEN_REQUESTS = 0.25


class Wire:
    """Sends requests with the settings' credentials; what it replies is raw."""

    def __init__(self, settings: GitHubSettings, meter: Meter, *, timeout: int) -> None:
        # Pacing protects a shared vendor. Queries travel as POST: without this they would be paced like writes.
        pace = 0 if settings.host in {"127.0.0.1", "localhost", "::1"} else _SECONDS_BETWEEN_REQUESTS
        self._github = Github(
            auth=_auth(settings),
            base_url=settings.url,
            timeout=timeout,
            verify=settings.verify,
            user_agent="ml-program-hub",
            per_page=100,
            retry=MeteredRetry.polite(meter),
            seconds_between_requests=pace,
            seconds_between_writes=pace,
            api_version="2022-11-28",
        )
        self._meter = meter

    def get(self, path: str, parameters: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any], str]:
        """Status, headers and body of the reply to a GET of a path, or of a link of a former reply."""
        return self._sent("GET", path, parameters, headers)

    def query(self, query: str, variables: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Headers and body of a GraphQL answer. Not PyGithub's `graphql_query`: that drops data which has an error beside it."""
        body = {"query": query, "variables": variables}
        _, headers, text = self._sent("POST", self._github.requester.graphql_url, None, None, body)
        return headers, text

    def close(self) -> None:
        """Closes the connections."""
        self._github.close()

    def _sent(self, *request: Any) -> tuple[int, dict[str, Any], str]:
        try:
            status, headers, text = self._github.requester.requestJson(*request)
            self._note(headers)
            if status >= 400:
                raise self._github.requester.createException(status, headers, _said(text))
        except GithubException as error:
            is_limit = isinstance(error, RateLimitExceededException)
            raise RefusedError(error.status, _message_of(error), is_limit=is_limit) from None
        except PyJWTError:
            raise UnusableKeyError from None
        return status, headers, text

    def _note(self, headers: dict[str, Any]) -> None:
        remaining = headers.get("x-ratelimit-remaining")
        if remaining is not None:
            self._meter.left[headers.get("x-ratelimit-resource", "core")] = int(float(remaining))


def _auth(settings: GitHubSettings) -> Auth.Auth | None:
    if settings.app_id is not None and settings.private_key is not None and settings.installation_id is not None:
        return Auth.AppAuth(settings.app_id, settings.private_key).get_installation_auth(settings.installation_id)
    return Auth.Token(settings.token) if settings.token else None


def _said(text: str) -> dict[str, Any]:
    """The body of a refusal; empty where it is none of GitHub's."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _message_of(error: GithubException) -> str:
    """The server's own sentence; never the body."""
    text = error.message or (error.data.get("message") if isinstance(error.data, dict) else None)
    return text if isinstance(text, str) else ""
