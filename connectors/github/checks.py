"""What `hub check` looks at: the token, its limits, every repository, and each permission by asking for one record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.github import queries
from connectors.github.client import GitHubClient
from connectors.github.failures import PERMISSIONS, HeavyPageError, UnreadableError, permission_for
from connectors.github.repositories import Target, targets
from connectors.stream import Finding, SourceError

_STREAM = "check"
_SOON = timedelta(days=14)
_FEW_POINTS = 500


def check(client: GitHubClient) -> Iterator[Finding]:
    """Findings on the credentials, the rate limit, each repository and the permissions on it."""
    subject = f"github {client.settings.name}"
    try:
        yield from _credentials(client, subject)
        yield from _rate_limit(client, subject)
        lost: list[UnreadableError] = []
        count = 0
        for target in targets(client, {}, stream=_STREAM, lost=lost):
            count += 1
            try:
                yield from _permissions(client, target.node_id, f"{subject}: {target.name}")
                yield from _actions(client, target, f"{subject}: {target.name}")
            except (UnreadableError, HeavyPageError) as error:
                yield Finding("error", f"{subject}: {target.name}", str(error), getattr(error, "remedy", ""))
        for missing in lost:
            yield Finding("error", f"{subject}: {missing.name}", missing.cause, missing.remedy)
        if count == 0 and not lost:
            text = "no repository is named and none is found"
            yield Finding("error", subject, text, "Name `repositories` or `organizations` in the [[github]] section.")
    except (SourceError, HeavyPageError) as error:
        cause, remedy = (
            (error.cause, error.remedy) if isinstance(error, SourceError) else (str(error), "Try again later.")
        )
        yield Finding("error", subject, cause, remedy)


def _credentials(client: GitHubClient, subject: str) -> Iterator[Finding]:
    if client.settings.app_id is not None:
        return  # an app has no user; its token is proven by the limits that follow
    reply = client.rest("/user", stream=_STREAM)
    yield Finding("ok", subject, f"signed in as {reply.body.get('login')}")
    scopes = {scope.strip() for scope in str(reply.headers.get("x-oauth-scopes") or "").split(",")} - {""}
    writing = sorted(scope for scope in scopes if scope == "repo" or scope.startswith(("admin:", "write:", "delete")))
    if writing:
        yield Finding(
            "warning",
            subject,
            f"the token could also write ({', '.join(writing)})",
            f"A fine-grained token with {PERMISSIONS} is enough.",
        )
    expires = _expiry(reply.headers.get("github-authentication-token-expiration"))
    if expires and expires - reply.date < _SOON:
        yield Finding("warning", subject, f"the token expires on {expires:%Y-%m-%d}", "Renew it before then.")


def _expiry(text: Any) -> datetime | None:
    """The header reads "2026-12-01 09:00:00 UTC" or has an offset."""
    try:
        return datetime.strptime(str(text).replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None


def _rate_limit(client: GitHubClient, subject: str) -> Iterator[Finding]:
    resources = client.rest("/rate_limit", stream=_STREAM).body["resources"]
    for name in ["core", "graphql"]:
        left, limit = resources[name]["remaining"], resources[name]["limit"]
        text = f"{left} of {limit} {name} points left this hour"
        if left < min(_FEW_POINTS, limit / 10):
            yield Finding(
                "warning",
                subject,
                text,
                "Give the hub a token of its own; a first read may pause until the hour is over.",
            )
        else:
            yield Finding("ok", subject, text)


def _permissions(client: GitHubClient, node_id: str, subject: str) -> Iterator[Finding]:
    answer = client.graphql(queries.PERMISSIONS, {"repository": node_id}, stream=_STREAM, name=subject)
    refused = {str(error["path"][0]) for error in answer.errors if error.get("path")}
    for name in sorted(refused):
        text = f"{name} cannot be read"
        yield Finding("error", subject, text, f'Give the token the permission "{permission_for(name)}" (read only).')
    if not refused:
        count = answer.data["pullRequests"]["pullRequests"]["totalCount"]
        yield Finding("ok", subject, f"visible, {count} pull requests")


def _actions(client: GitHubClient, target: Target, subject: str) -> Iterator[Finding]:
    try:
        client.rest(f"/repositories/{target.id}/actions/runs", stream=_STREAM, name=target.name, per_page=1)
    except UnreadableError as error:
        remedy = 'Give the token the permission "Actions" (read only).'
        yield Finding("error", subject, f"workflow runs cannot be read: {error.cause}", remedy)
