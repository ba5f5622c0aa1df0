"""The search of Jira: pages chained by tokens on Cloud, by offset on Data Center. Not here: the query language (jql.py)."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from connectors.sandbox.jira.documents import Document
from connectors.sandbox.jira.issue_documents import issue
from connectors.sandbox.jira.jql import JqlError, Query, parse
from connectors.sandbox.jira.refusals import refused
from connectors.sandbox.jira.site import Shown, Site

_REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is "
    "available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def blueprint(site: Site) -> Blueprint:
    """The routes below /rest/api/<version>/search."""
    routes = Blueprint("searching", __name__)

    @routes.route("/search", methods=["GET", "POST"])
    def search() -> ResponseReturnValue:
        return refused(410, _REMOVED) if site.is_cloud else _by_offset(site, _asked())

    @routes.route("/search/jql", methods=["GET", "POST"])
    def search_by_token() -> ResponseReturnValue:
        return _by_token(site, _asked()) if site.is_cloud else refused(404, "null for uri: search/jql")

    @routes.post("/search/approximate-count")
    def approximate_count() -> ResponseReturnValue:
        if not site.is_cloud:
            return refused(404, "null for uri: search/approximate-count")
        try:
            query = _bounded(site, request.get_json()["jql"])
        except JqlError as error:
            return refused(400, str(error))
        return jsonify({"count": len(query.select(site.indexed().by_id.values()))})

    return routes


def _asked() -> Document:
    """What is asked for, from the body or the address; fields and expand as lists."""
    asked: Document = request.get_json() if request.method == "POST" else request.args.to_dict()
    for name in ("fields", "expand"):
        if isinstance(asked.get(name), str):
            asked[name] = asked[name].split(",")
    return asked


def _bounded(site: Site, text: str) -> Query:
    query = parse(site, text)
    if query.test is None:
        raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    return query


def _shown(site: Site, found: list[Shown], asked: Document, default: list[str]) -> list[Document]:
    """The issues as they are now, though the index may know older ones; those deleted since are left out."""
    now = site.now()
    fields = asked.get("fields") or default
    most = site.behaviour.changelog_limit if "changelog" in (asked.get("expand") or []) else None
    return [
        issue(site, now, now.by_id[one.id], fields=fields, with_changelog=most) for one in found if one.id in now.by_id
    ]


def _by_token(site: Site, asked: Document) -> ResponseReturnValue:
    behaviour = site.behaviour
    token = asked.get("nextPageToken")
    start = _offset(token, asked["jql"]) if token else 0
    if start is None or token in behaviour.expired_tokens:
        return refused(400, "The provided nextPageToken is invalid or has expired.")
    try:
        found = _bounded(site, asked.get("jql", "")).select(site.indexed().by_id.values())
    except JqlError as error:
        return refused(400, str(error))
    is_ids_only = set(asked.get("fields") or ["id"]) <= {"id", "key"}
    size = min(int(asked.get("maxResults", 50)), behaviour.id_page_limit if is_ids_only else behaviour.page_limit)
    if behaviour.is_short_paged and start % 2:
        size = 1
    end = start + size
    reply: dict[str, Any] = {"issues": _shown(site, found[start:end], asked, ["id"]), "isLast": end >= len(found)}
    if end < len(found):
        is_repeated = token is not None and token == behaviour.repeats_token
        reply["nextPageToken"] = token if is_repeated else _token(end, asked["jql"])
        behaviour.issued_tokens.append(reply["nextPageToken"])
    if behaviour.warnings:
        reply["warnings"] = behaviour.warnings
    return jsonify(reply)


def _token(offset: int, jql: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, jql]).encode()).decode()


def _offset(token: str, jql: str) -> int | None:
    """The offset in a token; None for one that is no token or belongs to another query."""
    try:
        offset, of_query = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        return None
    return int(offset) if of_query == jql else None


def _by_offset(site: Site, asked: Document) -> ResponseReturnValue:
    try:
        found = parse(site, asked.get("jql", "")).select(site.indexed().by_id.values())
    except JqlError as error:
        return refused(400, str(error))
    start = int(asked.get("startAt", 0))
    size = min(int(asked.get("maxResults", 50)), site.behaviour.page_limit if asked.get("fields") != ["id"] else 1000)
    return jsonify(
        {
            "expand": "schema,names",
            "startAt": start,
            "maxResults": size,
            "total": len(found),
            "issues": _shown(site, found[start : start + size], asked, ["*navigable"]),
        }
    )
