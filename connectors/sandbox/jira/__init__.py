"""Jira Cloud and Jira Data Center, played over a program for the real client to read. Faults come from the server around it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from connectors.sandbox.jira import agile, platform, searching, worklogs
from connectors.sandbox.jira.catalogue import Deployment
from connectors.sandbox.jira.refusals import refused
from connectors.sandbox.jira.site import Behaviour, Site
from connectors.sandbox.server import Sandbox

__all__ = ["Behaviour", "app"]


class _Compact(DefaultJSONProvider):
    """Keys in the order in which they were written, as Jira does."""

    sort_keys = False


def app(
    sandbox: Sandbox,
    deployment: Deployment = "Cloud",
    *,
    behaviour: Behaviour | None = None,
) -> Flask:
    """The site as a WSGI app: the REST API below /rest/api/2 and /3 (Data Center: /latest), the Agile API below /rest/agile/1.0."""
    site = Site(sandbox, deployment, behaviour or Behaviour())
    flask = Flask(__name__)
    flask.json = _Compact(flask)
    versions = '"2", "3"' if site.is_cloud else '"2", "latest"'
    for part in (platform, searching, worklogs):
        flask.register_blueprint(part.blueprint(site), url_prefix=f"/rest/api/<any({versions}):version>")
    flask.register_blueprint(agile.blueprint(site), url_prefix="/rest/agile/1.0")

    @flask.url_value_preprocessor
    def in_any_version(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        (values or {}).pop("version", None)  # of those that a site has, all answer alike

    @flask.before_request
    def let_in() -> ResponseReturnValue | None:
        site.root = request.url_root.rstrip("/")
        if _is_known(site):
            return None
        return refused(401, "Client must be authenticated to access this resource.")

    @flask.errorhandler(HTTPException)
    def not_found(error: HTTPException) -> Any:
        return refused(error.code or 500, error.description or "")

    return flask


def _is_known(site: Site) -> bool:
    """Whether the request carries the token: as a password on Cloud, as a bearer token on either."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _is_accepted(site, value)
    if scheme.lower() != "basic" or not site.is_cloud:
        return False
    try:
        email, _, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return bool(email) and _is_accepted(site, password)


def _is_accepted(site: Site, token: str) -> bool:
    accepted = site.behaviour.token
    return bool(token) and accepted in (None, token)
