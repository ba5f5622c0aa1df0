"""The addresses of Jira's platform API that the hub and the `jira` client use. Not here: searching (searching.py), boards (agile.py), worklogs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from connectors.sandbox.jira import catalogue, documents
from connectors.sandbox.jira.histories import histories
from connectors.sandbox.jira.issue_documents import issue
from connectors.sandbox.jira.refusals import refused
from connectors.sandbox.jira.site import Site
from connectors.sandbox.program import STATUSES


def page(values: list[Any], *, default: int = 50, most: int = 100) -> dict[str, Any]:
    """The page of a list that the request's startAt and maxResults ask for."""
    start = int(request.args.get("startAt", 0))
    size = min(int(request.args.get("maxResults", default)), most)
    shown = values[start : start + size]
    return {
        "self": request.url,
        "maxResults": size,
        "startAt": start,
        "total": len(values),
        "isLast": start + len(shown) >= len(values),
        "values": shown,
    }


def blueprint(site: Site) -> Blueprint:
    """The routes below /rest/api/<version>."""
    routes = Blueprint("platform", __name__)
    _add_site(routes, site)
    _add_projects(routes, site)
    _add_issues(routes, site)
    return routes


def _add_site(routes: Blueprint, site: Site) -> None:
    @routes.get("/serverInfo")
    def server_info() -> ResponseReturnValue:
        version = [1001, 0, 0] if site.is_cloud else [9, 12, 8]
        return jsonify(
            {
                "baseUrl": site.root,
                "version": ".".join(map(str, version)) + ("-SNAPSHOT" if site.is_cloud else ""),
                "versionNumbers": version,
                "deploymentType": site.deployment,
                "buildNumber": 100_290 if site.is_cloud else 9_120_008,
                "buildDate": "2026-01-05T09:00:00.000+0000",
                "serverTime": documents.jira_time(site.sandbox.now),
                "scmInfo": "5f3c1c2",
                "serverTitle": "Jira",
                **({"serverTimeZone": "Etc/UTC"} if site.is_cloud else {}),
            }
        )

    @routes.get("/myself")
    def myself() -> ResponseReturnValue:
        account = site.user(site.sandbox.program.people[0])
        groups: dict[str, Any] = {"size": 1, "items": []}
        return jsonify({**account, "locale": "en_US", "groups": groups, "applicationRoles": groups, "expand": "groups"})

    @routes.get("/field")
    def fields() -> ResponseReturnValue:
        return jsonify(catalogue.fields(site.deployment))

    @routes.get("/status")
    def statuses() -> ResponseReturnValue:
        return jsonify([documents.status(site, one) for one in STATUSES])

    @routes.get("/issuetype")
    def issue_types() -> ResponseReturnValue:
        return jsonify([documents.issue_type(site, name) for name in catalogue.ISSUE_TYPES])

    @routes.get("/priority")
    def priorities() -> ResponseReturnValue:
        colours = {"statusColor": "#ff7452", "description": ""}
        return jsonify([{**documents.priority(site, name), **colours} for name in catalogue.PRIORITIES])

    @routes.get("/issueLinkType")
    def link_types() -> ResponseReturnValue:
        found = [
            {
                "id": one_id,
                "name": name,
                "inward": inward,
                "outward": outward,
                "self": f"{site.api}/issueLinkType/{one_id}",
            }
            for name, (one_id, inward, outward) in catalogue.LINK_TYPES.items()
        ]
        return jsonify({"issueLinkTypes": found})


def _add_projects(routes: Blueprint, site: Site) -> None:
    @routes.get("/project/search")
    def project_search() -> ResponseReturnValue:
        if not site.is_cloud:
            abort(404)
        keys = request.args.getlist("keys")
        found = [one for one in site.projects if not keys or one.key in keys]
        return jsonify(page([documents.project(site, one) for one in found]))

    @routes.get("/project")
    def projects() -> ResponseReturnValue:
        return jsonify([documents.project(site, one) for one in site.projects])

    def versions_of(key_or_id: str) -> list[documents.Document] | None:
        found = site.project(key_or_id)
        if found is None:
            return None
        now = site.sandbox.now
        return [
            documents.version(site, one)
            for one in site.sandbox.program.versions
            if one.project == found.key and one.created_at <= now
        ]

    @routes.get("/project/<key_or_id>/version")
    def version_page(key_or_id: str) -> ResponseReturnValue:
        found = versions_of(key_or_id)
        return (
            jsonify(page(found))
            if found is not None
            else refused(404, f"No project could be found with key '{key_or_id}'.")
        )

    @routes.get("/project/<key_or_id>/versions")
    def versions(key_or_id: str) -> ResponseReturnValue:
        found = versions_of(key_or_id)
        return (
            jsonify(found) if found is not None else refused(404, f"No project could be found with key '{key_or_id}'.")
        )


def _add_issues(routes: Blueprint, site: Site) -> None:
    missing = "Issue does not exist or you do not have permission to see it."

    @routes.get("/issue/<id_or_key>")
    def one_issue(id_or_key: str) -> ResponseReturnValue:
        view = site.now()
        shown = view.find(id_or_key)
        if shown is None:
            return refused(404, missing)
        fields = request.args.get("fields", "*all").split(",")
        # The whole changelog on Data Center, the newest hundred on Cloud.
        most = (100 if site.is_cloud else 1_000_000) if "changelog" in request.args.get("expand", "") else None
        return jsonify(issue(site, view, shown, fields=fields, with_changelog=most))

    @routes.get("/issue/<id_or_key>/changelog")
    def one_changelog(id_or_key: str) -> ResponseReturnValue:
        shown = site.now().find(id_or_key)
        if shown is None or not site.is_cloud:
            return refused(404, missing)
        return jsonify(page(histories(site, shown.issue, shown.at), default=100))

    @routes.post("/issue/bulkfetch")
    def bulk_fetch() -> ResponseReturnValue:
        return (
            _bulk_issues(site, request.get_json()) if site.is_cloud else refused(404, "null for uri: issue/bulkfetch")
        )

    @routes.post("/changelog/bulkfetch")
    def bulk_changelogs() -> ResponseReturnValue:
        return (
            _bulk_changelogs(site, request.get_json())
            if site.is_cloud
            else refused(404, "null for uri: changelog/bulkfetch")
        )


def _bulk_issues(site: Site, body: documents.Document) -> ResponseReturnValue:
    asked: list[str] = body["issueIdsOrKeys"]
    if len(asked) > 100:
        return refused(400, "The number of issues to fetch must be at most 100.")
    view = site.now()
    undecided = [one for one in asked if one in site.behaviour.undecided_issues]
    found = {shown.id: shown for one in asked if one not in undecided and (shown := view.find(one))}
    most = site.behaviour.changelog_limit if "changelog" in body.get("expand", []) else None
    fields = body.get("fields", ["*navigable"])
    return jsonify(
        {
            "issues": [issue(site, view, shown, fields=fields, with_changelog=most) for shown in found.values()],
            "issueErrors": [{"id": one, "errorMessage": "The issue could not be read just now."} for one in undecided],
        }
    )


def _bulk_changelogs(site: Site, body: documents.Document) -> ResponseReturnValue:
    asked: list[str] = body["issueIdsOrKeys"]
    if not 1 <= len(asked) <= 1000:
        return refused(400, "issueIdsOrKeys must hold 1 to 1000 values.")
    view = site.now()
    rows = [
        (shown.id, {**history, "created": _epoch_ms(history["created"])})
        for one in asked
        if (shown := view.find(one))
        for history in histories(site, shown.issue, shown.at)
    ]
    start = int(body.get("nextPageToken") or 0)
    size = min(int(body.get("maxResults", 1000)), site.behaviour.bulk_histories)
    logs: dict[str, list[documents.Document]] = {}
    for issue_id, history in rows[start : start + size]:
        logs.setdefault(issue_id, []).append(history)
    found = [{"issueId": issue_id, "changeHistories": of_issue} for issue_id, of_issue in logs.items()]
    is_last = start + size >= len(rows)
    return jsonify({"issueChangeLogs": found, **({} if is_last else {"nextPageToken": str(start + size)})})


def _epoch_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
