"""GitHub's GraphQL: queries executed with graphql-core against the sandbox's schema. HTTP is rest.py's and __init__'s."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate

from connectors.sandbox.github.paging import Resolver, connection, iso, reset_at
from connectors.sandbox.github.world import Shown, ShownIssue, World, login, node_id, node_of
from connectors.sandbox.program import Commit, Deployment, Person, Release, Repository

_DEPLOYMENT_STATES = {"SUCCESS": "ACTIVE"}  # the other states of a status are called the same on the deployment


class HeavyPageError(Exception):
    """The query asks for more than the server can answer in time."""


@cache
def schema() -> GraphQLSchema:
    """The sandbox's part of GitHub's schema."""
    return build_schema((Path(__file__).parent / "schema.graphql").read_text())


def execute(world: World, published: GraphQLSchema, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The body GitHub would answer; raises HeavyPageError."""
    largest = world.behaviour.largest_page
    if largest is not None and variables.get("first", 0) > largest:
        raise HeavyPageError
    remaining = world.behaviour.spend("graphql", 1)
    root = {
        "node": lambda _info, **named: node(world, named["id"]),
        "viewer": actor(Person("Sandbox", None, None, "sandbox-reader", None, None)),
        "rateLimit": lambda _info, **_: {
            "cost": 1,
            "limit": world.behaviour.points,
            "remaining": remaining,
            "resetAt": iso(reset_at(world.now)),
        },
    }
    document = _valid(published, query)
    if isinstance(document, list):
        return {"errors": [{"message": error.message} for error in document]}
    result = execute_sync(published, document, root, variable_values=variables)
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [
            {"type": (error.extensions or {}).get("type"), "path": error.path, "message": error.message}
            for error in result.errors
        ]
    return body


@lru_cache(maxsize=32)
def _valid(published: GraphQLSchema, query: str) -> DocumentNode | list[GraphQLError]:
    """The parsed query, or what is wrong with it; parsing costs as much as executing."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return [error]
    return validate(published, document) or document


def actor(person: Person | None) -> dict[str, Any] | None:
    """A user or bot; None for an account that is gone."""
    name = login(person) if person else None
    if person is None or name is None:
        return None
    kind = "Bot" if person.is_bot else "User"
    return {"__typename": kind, "id": node_id(kind[0], name), "login": name, "url": f"/{name}"}


def ghost(person: Person) -> dict[str, Any]:
    """The actor where GitHub always shows one: an account that is gone is "ghost"."""
    return actor(person) or {"__typename": "User", "id": node_id("U", "ghost"), "login": "ghost", "url": "/ghost"}


def node(world: World, identifier: str) -> dict[str, Any]:
    """Any object by its id."""
    kind, number = node_of(identifier) or ("", "")
    found: dict[str, Any] | None = None
    if kind == "R" and (home := world.repository(int(number))):
        found = repository(world, home) if world.is_visible(home) else None
    elif kind == "PR" and (shown := world.pull_request(int(number))):
        found = pull_request(world, shown)
    elif kind == "DE" and (made := world.deployment(int(number))):
        found = deployment(world, made)
    if found is None:
        text = f"Could not resolve to a node with the global id of '{identifier}'"
        raise GraphQLError(text, extensions={"type": "NOT_FOUND"})
    return found


def repository(world: World, home: Repository) -> dict[str, Any]:
    """A repository with its connections."""
    owner, name = world.name(home)
    forbidden = world.behaviour.forbidden
    return {
        "__typename": "Repository",
        "id": node_id("R", home.id),
        "databaseId": home.id,
        "name": name,
        "nameWithOwner": f"{owner}/{name}",
        "url": f"/{owner}/{name}",
        "createdAt": iso(home.created_at),
        "pullRequests": lambda info, **options: _pull_requests(world, home, options.pop("orderBy", None))(
            info, **options
        ),
        "deployments": lambda info, **options: connection(
            "deployments",
            world.deployments(home.id),
            lambda made: deployment(world, made),
            key=lambda made: [iso(made.created_at), made.id],
            descending=options["orderBy"]["direction"] == "DESC",
            forbidden="deployments" in forbidden,
        )(info, **options),
        "releases": lambda info, **options: connection(
            "releases",
            world.releases(home.id),
            lambda made: release(world, made),
            key=lambda made: [iso(made.created_at), made.id],
            descending=(options.get("orderBy") or {}).get("direction", "DESC") == "DESC",
            forbidden="releases" in forbidden,
        )(info, **options),
        "issues": lambda info, **options: _issues(world, home, options.get("filterBy"), options.get("orderBy"))(
            info, **options
        ),
    }


def _issues(world: World, home: Repository, narrowed: dict[str, str] | None, order: dict[str, str] | None) -> Resolver:
    since = (narrowed or {}).get("since")
    found = [
        each for each in world.issues(home.id) if since is None or each.updated_at >= datetime.fromisoformat(since)
    ]
    return connection(
        "issues",
        found,
        lambda each: issue(world, home, each),
        key=lambda each: [iso(each.issue.created_at), each.issue.number],
        descending=(order or {}).get("direction") == "DESC",
        forbidden="issues" in world.behaviour.forbidden,
    )


def _pull_requests(world: World, home: Repository, order: dict[str, str] | None) -> Resolver:
    by = (order or {}).get("field", "CREATED_AT")

    def key(shown: Shown) -> list[Any]:
        moment = shown.updated_at if by == "UPDATED_AT" else shown.pull_request.created_at
        return [iso(moment), shown.pull_request.id]

    return connection(
        "pullRequests",
        world.pull_requests(home.id),
        lambda shown: pull_request(world, shown),
        key=key,
        descending=(order or {}).get("direction") == "DESC",
        forbidden="pullRequests" in world.behaviour.forbidden,
    )


def issue(world: World, home: Repository, shown: ShownIssue) -> dict[str, Any]:
    """An issue."""
    given = shown.issue
    return {
        "__typename": "Issue",
        "id": node_id("I", f"{home.id}-{given.number}"),
        "fullDatabaseId": str(given.id),
        "number": given.number,
        "title": given.title,
        "url": f"/{world.full_name(home)}/issues/{given.number}",
        "state": "CLOSED" if shown.closed_at else "OPEN",
        "stateReason": given.state_reason if shown.closed_at else None,
        "author": actor(given.author),
        "createdAt": iso(given.created_at),
        "updatedAt": iso(shown.updated_at),
        "closedAt": iso(shown.closed_at),
        "labels": connection("labels", given.labels, label),
        "repository": lambda _info: repository(world, home),
    }


def label(name: str) -> dict[str, Any]:
    """A label."""
    return {"__typename": "Label", "id": node_id("LA", name), "name": name}


def pull_request(world: World, shown: Shown) -> dict[str, Any]:
    """A pull request with its connections."""
    given = shown.pull_request
    home = world.repository(given.repository_id)
    if home is None:
        raise GraphQLError("the repository is gone", extensions={"type": "NOT_FOUND"})
    merged = shown.merged_at
    merge_commit = {"__typename": "Commit", "id": node_id("C", given.merge_sha or ""), "oid": given.merge_sha}
    return {
        "__typename": "PullRequest",
        "id": node_id("PR", given.id),
        "fullDatabaseId": str(given.id),
        "number": given.number,
        "title": given.title,
        "body": given.body,
        "url": f"/{world.full_name(home)}/pull/{given.number}",
        "state": shown.state,
        "isDraft": shown.is_draft,
        "author": actor(given.author),
        "createdAt": iso(given.created_at),
        "updatedAt": iso(shown.updated_at),
        "closedAt": iso(shown.closed_at),
        "mergedAt": iso(merged),
        "mergedBy": actor(given.merged_by) if merged else None,
        "mergeCommit": merge_commit if merged and given.merge_sha else None,
        "baseRefName": given.base_branch,
        "headRefName": given.head_branch,
        "headRefOid": shown.commits[-1].sha if shown.commits else "0" * 40,
        "additions": sum(added for _, added, _ in given.files),
        "deletions": sum(deleted for _, _, deleted in given.files),
        "changedFiles": len(given.files),
        "repository": lambda _info: repository(world, home),
        **_lists(world, shown, home),
    }


def _lists(world: World, shown: Shown, home: Repository) -> dict[str, Resolver]:
    """The connections of a pull request."""
    given = shown.pull_request
    number = given.id
    return {
        "labels": connection("labels", given.labels, label),
        "files": connection(
            "files", given.files, lambda file: {"path": file[0], "additions": file[1], "deletions": file[2]}
        ),
        "commits": connection("commits", shown.commits, lambda made: _pull_request_commit(number, made)),
        "reviews": connection("reviews", shown.reviews, _review),
        "reviewThreads": connection("reviewThreads", shown.threads, _thread),
        "comments": connection("comments", list(enumerate(shown.comments)), lambda made: _comment(number, *made)),
        "timelineItems": lambda info, **options: _timeline(shown, options.pop("itemTypes", None))(info, **options),
        "closingIssuesReferences": connection(
            "closingIssuesReferences",
            [each for number, _ in given.closes if (each := world.issue(home.id, number))],
            lambda each: issue(world, home, each),
            forbidden="issues" in world.behaviour.forbidden,
        ),
    }


def _pull_request_commit(pull_request_id: int, made: Commit) -> dict[str, Any]:
    who = actor(made.author)
    return {
        "__typename": "PullRequestCommit",
        "id": node_id("PRC", f"{pull_request_id}-{made.sha}"),
        "commit": {
            "__typename": "Commit",
            "id": node_id("C", made.sha),
            "oid": made.sha,
            "messageHeadline": made.message.split("\n", 1)[0],
            "authoredDate": iso(made.authored_at),
            "committedDate": iso(made.committed_at),
            "author": {
                "name": made.author.name,
                "email": made.author.email,
                "date": iso(made.authored_at),
                "user": who if who and who["__typename"] == "User" else None,
            },
        },
    }


def _review(made: Any) -> dict[str, Any]:
    return {
        "__typename": "PullRequestReview",
        "id": node_id("PRR", made.id),
        "fullDatabaseId": str(made.id),
        "state": made.state,
        "submittedAt": iso(made.at),
        "author": actor(made.author),
    }


def _thread(made: Any) -> dict[str, Any]:
    first = {
        "__typename": "PullRequestReviewComment",
        "id": node_id("PRRC", made.id),
        "author": actor(made.author),
        "createdAt": iso(made.at),
    }
    return {
        "__typename": "PullRequestReviewThread",
        "id": node_id("PRRT", made.id),
        "isResolved": False,
        "comments": connection("comments", [first], dict),
    }


def _comment(pull_request_id: int, place: int, made: Any) -> dict[str, Any]:
    return {
        "__typename": "IssueComment",
        "id": node_id("IC", f"{pull_request_id}-{place}"),
        "author": actor(made.author),
        "createdAt": iso(made.at),
    }


def _timeline(shown: Shown, kinds: list[str] | None) -> Resolver:
    number = shown.pull_request.id
    wanted = {kind.replace("_", "").lower() for kind in kinds} if kinds else None
    events = [event for event in shown.events if wanted is None or event[0].lower() in wanted]
    return connection(
        "timelineItems",
        events,
        lambda event: {
            "__typename": event[0],
            "id": node_id(event[0], f"{number}-{iso(event[1])}"),
            "createdAt": iso(event[1]),
            "actor": actor(event[2]),
        },
    )


def deployment(world: World, made: Deployment) -> dict[str, Any]:
    """A deployment with its statuses so far, newest first."""
    home = world.repository(made.repository_id)
    statuses = [(place, *status) for place, status in enumerate(made.statuses) if status[0] <= world.now][::-1]

    def show(status: tuple[int, datetime, str]) -> dict[str, Any]:
        place, at, state = status
        return {
            "__typename": "DeploymentStatus",
            "id": node_id("DES", f"{made.id}-{place}"),
            "state": state,
            "createdAt": iso(at),
            "updatedAt": iso(at),
            "creator": ghost(made.creator),
        }

    state = statuses[0][2] if statuses else "PENDING"
    return {
        "__typename": "Deployment",
        "id": node_id("DE", made.id),
        "commitOid": made.sha,
        "environment": made.environment,
        "originalEnvironment": made.environment,
        "task": "deploy",
        "ref": {"__typename": "Ref", "id": node_id("REF", made.ref), "name": made.ref},
        "state": _DEPLOYMENT_STATES.get(state, state),
        "createdAt": iso(made.created_at),
        "updatedAt": iso(statuses[0][1] if statuses else made.created_at),
        "creator": ghost(made.creator),
        "latestStatus": show(statuses[0]) if statuses else None,
        "statuses": connection("statuses", statuses, show),
        "repository": lambda _info: repository(world, home) if home else None,
    }


def release(world: World, made: Release) -> dict[str, Any]:
    """A release; a draft until it is published."""
    home = world.repository(made.repository_id)
    published = made.published_at if made.published_at and made.published_at <= world.now else None
    who = actor(made.author)
    newest = max(
        (other for other in world.releases(made.repository_id) if other.published_at),
        key=lambda r: r.created_at,
        default=None,
    )
    return {
        "__typename": "Release",
        "id": node_id("RE", made.id),
        "tagName": made.tag,
        "name": made.name,
        "url": f"/{world.full_name(home)}/releases/tag/{made.tag}" if home else "",
        "isDraft": published is None,
        "isPrerelease": False,
        "isLatest": made is newest,
        "createdAt": iso(made.created_at),
        "publishedAt": iso(published),
        "updatedAt": iso(published or made.created_at),
        "author": who if who and who["__typename"] == "User" else None,
        "tagCommit": {"__typename": "Commit", "id": node_id("C", made.sha), "oid": made.sha},
        "repository": lambda _info: repository(world, home) if home else None,
    }
