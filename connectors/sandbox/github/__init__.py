"""GitHub played on loopback: REST at /api/v3, GraphQL at /api/graphql, as an Enterprise server has them.

Not played: writing, webhooks, search.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, request

from connectors.sandbox.github import forms, graph
from connectors.sandbox.github.behaviour import Behaviour
from connectors.sandbox.github.paging import iso, reset_at
from connectors.sandbox.github.world import Shown, World
from connectors.sandbox.program import Repository
from connectors.sandbox.server import Sandbox

__all__ = ["Behaviour", "app"]

_PREFIX = "/api/v3"
_DOCUMENTATION = "https://docs.github.com/rest"


def app(sandbox: Sandbox, *, behaviour: Behaviour | None = None) -> Flask:
    """The server over the sandbox's program, as of the sandbox's moment."""
    world = World(sandbox, behaviour or Behaviour())
    flask = Flask(__name__)
    flask.json.sort_keys = False  # type: ignore[attr-defined]  # flask's default provider has it, its base does not
    _add_graphql(flask, world)
    _add_accounts(flask, world)
    _add_repositories(flask, world)
    flask.register_error_handler(404, lambda _: _refusal(world, 404, "Not Found"))
    return flask


def _base() -> str:
    return request.host_url.rstrip("/") + _PREFIX


def _reply(world: World, body: Any, status: int = 200, *, resource: str = "core", cost: int = 1) -> Response:
    remaining = world.behaviour.spend(resource, cost)
    response = Response(json.dumps(body), status=status, content_type="application/json; charset=utf-8")
    response.headers["x-ratelimit-limit"] = str(world.behaviour.points)
    response.headers["x-ratelimit-remaining"] = str(remaining)
    response.headers["x-ratelimit-used"] = str(world.behaviour.points - remaining)
    response.headers["x-ratelimit-reset"] = str(int(reset_at(world.now).timestamp()))
    response.headers["x-ratelimit-resource"] = resource
    return response


def _refusal(world: World, status: int, message: str) -> Response:
    return _reply(world, {"message": message, "documentation_url": _DOCUMENTATION, "status": str(status)}, status)


def _unauthorised(world: World) -> Response | None:
    """A 401 for a caller without an accepted token."""
    given = request.headers.get("Authorization", "").partition(" ")[2]
    accepted = world.behaviour.token
    if not given:
        return _refusal(world, 401, "Requires authentication")
    if accepted is not None and given != accepted:
        return _refusal(world, 401, "Bad credentials")
    return None


def _add_graphql(flask: Flask, world: World) -> None:
    published = graph.schema()

    @flask.post("/api/graphql")
    def graphql() -> Response:
        if refusal := _unauthorised(world):
            return refusal
        asked = request.get_json()
        variables = asked.get("variables") or {}
        world.behaviour.queries.append(variables)
        if world.behaviour.remaining("graphql") == 0:
            body: dict[str, Any] = {
                "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]
            }
            return _reply(world, body, resource="graphql", cost=0)
        try:
            body = graph.execute(world, published, asked["query"], variables)
        except graph.HeavyPageError:
            text = "Something went wrong while executing your query. This may be the result of a timeout."
            return _reply(world, {"data": None, "errors": [{"message": text}]}, 502, resource="graphql", cost=0)
        return _reply(world, body, resource="graphql", cost=0)


def _add_accounts(flask: Flask, world: World) -> None:
    @flask.get(f"{_PREFIX}/user")
    def user() -> Response:
        response = _unauthorised(world) or _reply(world, forms.private_user(_base(), "sandbox-reader"))
        response.headers["x-oauth-scopes"] = world.behaviour.scopes
        return response

    @flask.get(f"{_PREFIX}/rate_limit")
    def rate_limit() -> Response:
        return _unauthorised(world) or _reply(world, forms.rate_limit(world), cost=0)

    @flask.post(f"{_PREFIX}/app/installations/<int:installation>/access_tokens")
    def access_token(installation: int) -> Response:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return _refusal(world, 401, "A JSON web token could not be decoded")
        body = {
            "token": world.behaviour.token or f"ghs_installation_{installation}",
            # The client compares this with its own clock, not with the server's.
            "expires_at": iso(datetime.now(UTC) + timedelta(hours=1)),
            "permissions": {"metadata": "read", "contents": "read", "pull_requests": "read"},
            "repository_selection": "selected",
        }
        return _reply(world, body, 201)

    @flask.get(f"{_PREFIX}/installation/repositories")
    def installation_repositories() -> Response:
        if refusal := _unauthorised(world):
            return refusal
        visible = [home for home in world.repositories() if world.is_visible(home)]
        return _listed(
            world,
            visible,
            lambda home: forms.repository(world, _base(), home),
            wrap=lambda page: {"total_count": len(visible), "repository_selection": "selected", "repositories": page},
        )

    @flask.get(f"{_PREFIX}/orgs/<organization>/repos")
    def organization_repositories(organization: str) -> Response:
        if refusal := _unauthorised(world):
            return refusal
        owned = [home for home in world.repositories() if world.name(home)[0].lower() == organization.lower()]
        if not owned:
            return _refusal(world, 404, "Not Found")
        visible = [home for home in owned if world.is_visible(home)]
        return _listed(world, visible, lambda home: forms.repository(world, _base(), home))


def _add_repositories(flask: Flask, world: World) -> None:
    def answer(home: Repository | None, rest: str) -> Response:
        """The repository itself or one of its lists."""
        return _unauthorised(world) or _hidden(world, home) or _shown(world, home, rest)

    @flask.get(f"{_PREFIX}/repositories/<int:identifier>", defaults={"rest": ""})
    @flask.get(f"{_PREFIX}/repositories/<int:identifier>/<path:rest>")
    def by_id(identifier: int, rest: str) -> Response:
        return answer(world.repository(identifier), rest)

    @flask.get(f"{_PREFIX}/repos/<owner>/<name>", defaults={"rest": ""})
    @flask.get(f"{_PREFIX}/repos/<owner>/<name>/<path:rest>")
    def by_name(owner: str, name: str, rest: str) -> Response:
        home = world.repository_named(f"{owner}/{name}")
        former = world.behaviour.renamed.get(f"{owner}/{name}")
        if home is None and former is not None:
            location = f"{_base()}/repositories/{former}" + (f"/{rest}" if rest else "")
            query = request.query_string.decode()
            response = _refusal(world, 301, "Moved Permanently")
            response.headers["Location"] = location + (f"?{query}" if query else "")
            return response
        return answer(home, rest)


def _hidden(world: World, home: Repository | None) -> Response | None:
    """The refusal a test has ordered for a repository."""
    status = world.behaviour.hidden.get(home.id) if home else None
    if status is None:
        return None
    texts = {404: "Not Found", 403: "Resource not accessible by personal access token"}
    return _refusal(world, status, texts.get(status, "Repository access blocked"))


def _shown(world: World, home: Repository | None, rest: str) -> Response:
    if home is None or rest not in {"", "pulls", "issues", "actions/runs"}:
        return _refusal(world, 404, "Not Found")
    if rest == "pulls":
        return _pulls(world, home)
    if rest == "issues":
        return _listed(world, world.issues(home.id), lambda found: forms.issue(world, _base(), home, found))
    if rest == "actions/runs":
        return _runs(world, home)
    return _conditional(world, forms.repository(world, _base(), home, is_full=True))


def _runs(world: World, home: Repository) -> Response:
    """GET actions/runs: newest first; narrowed by branch, status and created. At most 1,000 are shown, whatever is counted."""
    if "actions" in world.behaviour.forbidden:
        return _refusal(world, 403, "Resource not accessible by personal access token")
    begin, end = _span(request.args.get("created", ""))
    found = [
        run
        for run in world.workflow_runs(home.id)
        if request.args.get("branch", run.branch) == run.branch
        and (request.args.get("status") != "completed" or (run.finished_at and run.finished_at <= world.now))
        and begin <= run.created_at.replace(microsecond=0) <= end
    ]
    found.sort(key=lambda run: (run.created_at, run.id), reverse=True)
    return _listed(
        world,
        found[: world.behaviour.most_runs],
        lambda run: forms.workflow_run(world, _base(), home, run),
        wrap=lambda page: {"total_count": len(found), "workflow_runs": page},
    )


def _span(text: str) -> tuple[datetime, datetime]:
    """What "2026-01-01T00:00:00Z..2026-02-01T00:00:00Z" or ">=2026-01-01T00:00:00Z" covers."""
    begin, _, end = text.removeprefix(">=").partition("..")
    ever = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    return (
        datetime.fromisoformat(begin) if begin else ever[0],
        datetime.fromisoformat(end) if end else ever[1],
    )


def _pulls(world: World, home: Repository) -> Response:
    """GET pulls: no `since`; state, sort and direction."""
    wanted = request.args.get("state", "open")
    shown = [
        each for each in world.pull_requests(home.id) if wanted == "all" or (each.state == "OPEN") == (wanted == "open")
    ]
    by_update = request.args.get("sort", "created") == "updated"

    def key(each: Shown) -> tuple[datetime, int]:
        return (each.updated_at if by_update else each.pull_request.created_at, each.pull_request.id)

    shown.sort(key=key, reverse=request.args.get("direction", "asc" if by_update else "desc") == "desc")
    return _listed(world, shown, lambda each: forms.pull_request(world, _base(), home, each))


def _listed(
    world: World,
    items: Sequence[Any],
    show: Callable[[Any], dict[str, Any]],
    *,
    wrap: Callable[[list[Any]], Any] = lambda page: page,
) -> Response:
    """One page of a list with a Link header."""
    size = min(request.args.get("per_page", 30, type=int), world.behaviour.per_page_cap, 100)
    number = request.args.get("page", 1, type=int)
    response = _conditional(world, wrap([show(item) for item in items[(number - 1) * size : number * size]]))
    last = max(-(-len(items) // size), 1)

    def link(page: int, relation: str) -> str:
        others = "&".join(f"{key}={value}" for key, value in request.args.items() if key != "page")
        return f'<{request.host_url.rstrip("/")}{request.path}?{others}{"&" if others else ""}page={page}>; rel="{relation}"'

    links = [link(number + 1, "next"), link(last, "last")] if number < last else []
    links += [link(number - 1, "prev"), link(1, "first")] if number > 1 else []
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def _conditional(world: World, body: Any) -> Response:
    """The body with its ETag, or a 304 that costs nothing if the caller has it."""
    tag = f'W/"{hashlib.sha256(json.dumps(body).encode()).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        response = _reply(world, None, 304, cost=0)
        response.set_data(b"")
    else:
        response = _reply(world, body)
    response.headers["ETag"] = tag
    return response
