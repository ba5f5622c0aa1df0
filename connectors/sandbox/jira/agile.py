"""The Agile API: boards, their configuration, sprints. Not here: sprints inside issues (documents.py)."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from connectors.sandbox.jira import documents
from connectors.sandbox.jira.platform import page
from connectors.sandbox.jira.refusals import refused
from connectors.sandbox.jira.site import Site
from connectors.sandbox.program import STATUSES, JiraProject

_COLUMNS = {"To Do": "To Do", "In Progress": "In Progress", "Done": "Done"}


def blueprint(site: Site) -> Blueprint:
    """The routes below /rest/agile/1.0."""
    routes = Blueprint("agile", __name__)

    def home_of(board_id: int) -> JiraProject | None:
        return next((one for one in site.projects if one.board_id == board_id), None)

    def unknown(board_id: int) -> ResponseReturnValue:
        return refused(
            404,
            f"The requested board cannot be viewed because it either does not exist or you do not have permission to view it: {board_id}.",
        )

    @routes.get("/board")
    def boards() -> ResponseReturnValue:
        asked = request.args.get("projectKeyOrId")
        if asked and site.project(asked) is None:
            return refused(400, f"No project could be found with key or id '{asked}'.")
        found = [one for one in site.projects if asked in (None, one.key, one.id)]
        return jsonify(_without_self(page([_board(site, one) for one in found], most=50)))

    @routes.get("/board/<int:board_id>")
    def board(board_id: int) -> ResponseReturnValue:
        home = home_of(board_id)
        return jsonify(_board(site, home)) if home else unknown(board_id)

    @routes.get("/board/<int:board_id>/configuration")
    def configuration(board_id: int) -> ResponseReturnValue:
        home = home_of(board_id)
        return jsonify(_configuration(site, home)) if home else unknown(board_id)

    @routes.get("/board/<int:board_id>/sprint")
    def sprints(board_id: int) -> ResponseReturnValue:
        home = home_of(board_id)
        if home is None:
            return unknown(board_id)
        if home.board_type != "scrum":
            return refused(400, "The board does not support sprints")
        shown = _sprints(site, board_id, request.args.get("state", "closed,active,future").split(","))
        return jsonify(_without_self(page(shown, most=50)))

    @routes.get("/sprint/<int:sprint_id>")
    def sprint(sprint_id: int) -> ResponseReturnValue:
        known = {one.id: one for one in site.sandbox.program.sprints if one.created_at <= site.sandbox.now}
        if sprint_id in known and home_of(known[sprint_id].board_id):
            return jsonify(documents.sprint(site, known[sprint_id]))
        return refused(404, "Sprint does not exist or you do not have permission to view it.")

    return routes


def _sprints(site: Site, board_id: int, states: list[str]) -> list[documents.Document]:
    """The sprints of a board in these states: closed ones first, then by age."""
    now = site.sandbox.now
    order = {"closed": 0, "active": 1, "future": 2}
    found = [one for one in site.sandbox.program.sprints if one.board_id == board_id and one.created_at <= now]
    shown = [documents.sprint(site, one) for one in found]
    return sorted((one for one in shown if one["state"] in states), key=lambda one: (order[one["state"]], one["id"]))


def _without_self(found: documents.Document) -> documents.Document:
    return {name: value for name, value in found.items() if name != "self"}


def _board(site: Site, home: JiraProject) -> documents.Document:
    return {
        "id": home.board_id,
        "self": f"{site.agile}/board/{home.board_id}",
        "name": f"{home.name} board",
        "type": home.board_type,
        "location": {
            "projectId": int(home.id),
            "displayName": f"{home.name} ({home.key})",
            "projectName": home.name,
            "projectKey": home.key,
            "projectTypeKey": "software",
            "avatarURI": f"{site.root}/avatar/project/{home.id}",
            "name": f"{home.name} ({home.key})",
        },
        **({"isPrivate": False} if site.is_cloud else {}),
    }


def _configuration(site: Site, home: JiraProject) -> documents.Document:
    columns = [
        {
            "name": column,
            "statuses": [
                {"id": one.id, "self": f"{site.api}/status/{one.id}"} for one in STATUSES if one.category == category
            ],
        }
        for category, column in _COLUMNS.items()
    ]
    found: documents.Document = {
        "id": home.board_id,
        "name": f"{home.name} board",
        "type": home.board_type,
        "self": f"{site.agile}/board/{home.board_id}/configuration",
        "location": {"type": "project", "projectKeyOrId": home.key},
        "filter": {"id": str(10_000 + home.board_id), "self": f"{site.api}/filter/{10_000 + home.board_id}"},
        "columnConfig": {"columns": columns, "constraintType": "none"},
        "ranking": {"rankCustomFieldId": int(site.custom.rank.removeprefix("customfield_"))},
    }
    if home.board_type == "scrum":
        field = {"fieldId": site.points_field(home.key), "displayName": site.points_name(home.key)}
        found["estimation"] = {"type": "field", "field": field}
    return found
