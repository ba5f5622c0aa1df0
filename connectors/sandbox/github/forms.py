"""REST representations: every URL shares the scheme, host, port and prefix of the request."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.github.paging import iso, reset_at
from connectors.sandbox.github.world import Shown, ShownIssue, World, account_id, node_id
from connectors.sandbox.program import Person, Repository, WorkflowRun

_REPOSITORY_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_USER_URLS = {
    "events_url": "/events{/privacy}",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "received_events_url": "/received_events",
    "repos_url": "/repos",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
}


def account(base: str, login: str, kind: str = "User") -> dict[str, Any]:
    """A "simple user": a person, bot or organisation."""
    url = f"{base}/users/{login}"
    return {
        "login": login,
        "id": account_id(login),
        "node_id": node_id(kind[0], login),
        "avatar_url": f"{url}/avatar",
        "gravatar_id": "",
        "url": url,
        "html_url": url,
        **{name: url + path for name, path in _USER_URLS.items()},
        "type": kind,
        "site_admin": False,
    }


def user(base: str, person: Person) -> dict[str, Any] | None:
    """A person's account; None if there is none. A bot's login ends in "[bot]" here."""
    if person.github_login is None:
        return None
    if person.is_bot:
        return account(base, f"{person.github_login.removesuffix('[bot]')}[bot]", "Bot")
    return account(base, person.github_login)


def private_user(base: str, login: str) -> dict[str, Any]:
    """What GET /user answers about the token's owner."""
    empty = dict.fromkeys(["bio", "blog", "company", "email", "hireable", "location"])
    counts = dict.fromkeys(
        [
            "followers",
            "following",
            "public_gists",
            "public_repos",
            "collaborators",
            "disk_usage",
            "owned_private_repos",
        ],
        0,
    )
    return {
        **account(base, login),
        **empty,
        **counts,
        "name": "Sandbox Reader",
        "private_gists": 0,
        "total_private_repos": 0,
        "two_factor_authentication": True,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "user_view_type": "private",
    }


def repository(world: World, base: str, home: Repository, *, is_full: bool = False) -> dict[str, Any]:
    """A repository as lists show it; with `is_full` as it answers for itself."""
    owner, name = world.name(home)
    full_name = f"{owner}/{name}"
    url = f"{base}/repos/{full_name}"
    shown = world.pull_requests(home.id)
    moved = max([home.created_at, *(each.updated_at for each in shown)])
    opened = sum(each.state == "OPEN" for each in shown)
    body: dict[str, Any] = {
        "id": home.id,
        "node_id": node_id("R", home.id),
        "name": name,
        "full_name": full_name,
        "private": True,
        "owner": account(base, owner, "Organization"),
        "html_url": url,
        "description": home.description,
        "fork": False,
        "url": url,
        **{key: url + path for key, path in _REPOSITORY_URLS.items()},
        **dict.fromkeys(["clone_url", "git_url", "ssh_url", "svn_url"], url),
        "homepage": None,
        "mirror_url": None,
        "license": None,
        "language": home.language,
        "default_branch": home.default_branch,
        "visibility": "private",
        **dict.fromkeys(["archived", "disabled", "has_pages", "has_wiki", "has_projects", "has_discussions"], False),
        **dict.fromkeys(["has_issues", "has_downloads"], True),
        **dict.fromkeys(["forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size"], 0),
        "open_issues": opened,
        "open_issues_count": opened,
        "topics": [],
        "created_at": iso(home.created_at),
        "pushed_at": iso(moved),
        "updated_at": iso(moved),
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
    }
    if is_full:
        body |= {"network_count": 0, "subscribers_count": 0, "organization": account(base, owner, "Organization")}
    return body


def pull_request(world: World, base: str, home: Repository, shown: Shown) -> dict[str, Any]:
    """A pull request as the list shows it: no counts, no merger, no reviews."""
    given = shown.pull_request
    url = f"{base}/repos/{world.full_name(home)}"
    pull, as_issue = f"{url}/pulls/{given.number}", f"{url}/issues/{given.number}"
    head = shown.commits[-1].sha if shown.commits else "0" * 40
    author = user(base, given.author)

    def branch(name: str, sha: str) -> dict[str, Any]:
        owner = world.name(home)[0]
        place = repository(world, base, home)
        return {"label": f"{owner}:{name}", "ref": name, "sha": sha, "repo": place, "user": place["owner"]}

    links = {
        "self": pull,
        "html": pull,
        "issue": as_issue,
        "comments": f"{as_issue}/comments",
        "review_comments": f"{pull}/comments",
        "review_comment": f"{url}/pulls/comments{{/number}}",
        "commits": f"{pull}/commits",
        "statuses": f"{url}/statuses/{head}",
    }
    return {
        "id": given.id,
        "node_id": node_id("PR", given.id),
        "url": pull,
        "html_url": pull,
        "diff_url": f"{pull}.diff",
        "patch_url": f"{pull}.patch",
        "issue_url": as_issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "number": given.number,
        "state": "open" if shown.state == "OPEN" else "closed",
        "locked": False,
        "title": given.title,
        "user": author,
        "body": given.body,
        "labels": [_label(url, name) for name in given.labels],
        "milestone": None,
        "created_at": iso(given.created_at),
        "updated_at": iso(shown.updated_at),
        "closed_at": iso(shown.closed_at),
        "merged_at": iso(shown.merged_at),
        "merge_commit_sha": given.merge_sha if shown.merged_at else None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": branch(given.head_branch, head),
        "base": branch(given.base_branch, "0" * 40),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": "MEMBER",
        "auto_merge": None,
        "draft": shown.is_draft,
    }


def _label(url: str, name: str) -> dict[str, Any]:
    return {
        "id": account_id(name),
        "node_id": node_id("LA", name),
        "url": f"{url}/labels/{name}",
        "name": name,
        "description": "",
        "color": "ededed",
        "default": False,
    }


def issue(world: World, base: str, home: Repository, shown: ShownIssue) -> dict[str, Any]:
    """An issue, as its list shows it."""
    given = shown.issue
    url = f"{base}/repos/{world.full_name(home)}"
    link = f"{url}/issues/{given.number}"
    return {
        "id": given.id,
        "node_id": node_id("I", f"{home.id}-{given.number}"),
        "url": link,
        "repository_url": url,
        "labels_url": f"{link}/labels{{/name}}",
        "comments_url": f"{link}/comments",
        "events_url": f"{link}/events",
        "html_url": link,
        "number": given.number,
        "state": "closed" if shown.closed_at else "open",
        "state_reason": given.state_reason.lower() if shown.closed_at else None,
        "title": given.title,
        "body": None,
        "user": user(base, given.author),
        "labels": [_label(url, name) for name in given.labels],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "comments": 0,
        "author_association": "MEMBER",
        "created_at": iso(given.created_at),
        "updated_at": iso(shown.updated_at),
        "closed_at": iso(shown.closed_at),
    }


def workflow_run(world: World, base: str, home: Repository, run: WorkflowRun) -> dict[str, Any]:
    """A run of a workflow, as the list shows it."""
    url = f"{base}/repos/{world.full_name(home)}"
    link = f"{url}/actions/runs/{run.id}"
    finished = run.finished_at if run.finished_at and run.finished_at <= world.now else None
    workflow_id = account_id(f"{home.id} {run.name}")
    place = repository(world, base, home)
    account_of_actor = user(base, run.actor) or account(base, "ghost")
    commit = {
        "id": run.sha,
        "tree_id": run.sha,
        "message": run.name,
        "timestamp": iso(run.created_at),
        "author": {"name": run.actor.name, "email": run.actor.email or "noreply@example.com"},
        "committer": {"name": run.actor.name, "email": run.actor.email or "noreply@example.com"},
    }
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("WFR", run.id),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": f".github/workflows/{run.name.lower()}.yml",
        "display_title": run.name,
        "run_number": run.number,
        "event": run.event,
        "status": "completed" if finished else "in_progress",
        "conclusion": run.conclusion if finished else None,
        "workflow_id": workflow_id,
        "check_suite_id": run.id + 1,
        "check_suite_node_id": node_id("CS", run.id + 1),
        "url": link,
        "html_url": link,
        "pull_requests": [],
        "created_at": iso(run.created_at),
        "updated_at": iso(finished or run.created_at),
        "actor": account_of_actor,
        "triggering_actor": account_of_actor,
        "run_attempt": run.attempt,
        "referenced_workflows": [],
        "run_started_at": iso(run.created_at),
        **{f"{name}_url": f"{link}/{name}" for name in ("jobs", "logs", "artifacts", "cancel", "rerun")},
        "check_suite_url": f"{url}/check-suites/{run.id + 1}",
        "previous_attempt_url": None,
        "workflow_url": f"{url}/actions/workflows/{workflow_id}",
        "head_commit": commit,
        "repository": place,
        "head_repository": place,
    }


def rate_limit(world: World) -> dict[str, Any]:
    """What is left of each limit."""

    def left(resource: str) -> dict[str, int]:
        remaining = world.behaviour.remaining(resource)
        return {
            "limit": world.behaviour.points,
            "used": world.behaviour.points - remaining,
            "remaining": remaining,
            "reset": int(reset_at(world.now).timestamp()),
        }

    return {"resources": {name: left(name) for name in ["core", "search", "graphql"]}, "rate": left("core")}
