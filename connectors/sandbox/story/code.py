"""Repositories and pull requests: most follow an issue from its start to its end, some follow none.

Deployments and releases are in deployments.py, the odd cases in code_oddities.py.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha1

from connectors.sandbox.program import Comment, Commit, Issue, Person, PullRequest, Repository, Review
from connectors.sandbox.story.drafts import Draft
from connectors.sandbox.story.initiatives import initiative
from connectors.sandbox.story.issues import Desk
from connectors.sandbox.story.moments import Calendar, between, local_day, utc
from connectors.sandbox.story.people import ORGANIZATION

_REPOSITORIES = (  # name, description, months from the current one
    ("demand-forecast", "Forecast of weekly demand per store and article", -10.1),
    ("search-ranking", "Learned ranking and query understanding for the shop's search", -18.0),
    ("recommender", "Recommendations for home page and basket", -9.2),
    ("fraud-scoring", "Fraud score for orders, at the review desk and in the checkout", -14.0),
    ("ml-platform", "Feature store, training cluster, registry and serving", -18.0),
)
_FOLDERS = {
    "demand-forecast": (
        "forecast/features.py",
        "forecast/train.py",
        "forecast/calendar.py",
        "tests/test_features.py",
        "sql/sales.sql",
    ),
    "search-ranking": (
        "ranking/model.py",
        "ranking/features.py",
        "query/spelling.py",
        "tests/test_ranking.py",
        "serving/handler.py",
    ),
    "recommender": (
        "recommender/train.py",
        "recommender/candidates.py",
        "serving/basket.py",
        "tests/test_candidates.py",
    ),
    "fraud-scoring": (
        "scoring/model.py",
        "scoring/rules.py",
        "reasons/explain.py",
        "tests/test_rules.py",
        "stream/velocity.py",
    ),
    "ml-platform": (
        "terraform/cluster.tf",
        "features/store.py",
        "registry/deploy.yaml",
        "jobs/scheduler.py",
        "tests/test_store.py",
    ),
}
_CARE_REPOSITORY = {"PLT": "ml-platform", "CUS": "search-ranking", "DEM": "demand-forecast"}
_MESSAGES = ("Address review", "Fix test", "Rename for clarity", "Handle missing values")
_REMARKS = (
    "Could this be read from the settings instead?",
    "Please add a test for the empty store.",
    "Nice, much clearer than before.",
    "What happens when the feature is missing?",
    "The name says hours, the value is minutes.",
    "Looks good once the pipeline is green.",
)


def repositories(calendar: Calendar) -> dict[str, Repository]:
    """The five repositories by name."""
    return {
        name: Repository(810_400_100 + 37 * index, ORGANIZATION, name, text, calendar.month_at(month))
        for index, (name, text, month) in enumerate(_REPOSITORIES)
    }


def sha(*parts: object) -> str:
    """A commit hash that is always the same for the same words."""
    return sha1("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def slug(text: str) -> str:
    """A branch name's tail."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:6])


def repository_of(one: Draft) -> str:
    """Where the code of an issue is."""
    if "Checkout rules" in one.initial["components"]:
        return "fraud-scoring"
    return initiative(one.initiative).repository if one.initiative else _CARE_REPOSITORY[one.project]


def pull_request(
    desk: Desk,
    repository: Repository,
    *,
    title: str,
    branch: str,
    author: Person,
    first_commit_at: datetime,
    opened_at: datetime,
    merged_at: datetime | None,
    team: list[Person],
) -> PullRequest:
    """A pull request with commits, files, reviews and, if `merged_at` is given, its merge. Numbers come later."""
    random = desk.random
    count = random.choices((1, 2, 3, 4, 6, 9), (18, 26, 24, 16, 10, 6))[0]
    commits = []
    for index in range(count):
        at = between(first_commit_at, opened_at, index / count)
        if author.team == "Fraud" and random.random() < 0.3:
            at = _evening(at, first_commit_at)
        text = title if index == 0 else random.choice(_MESSAGES)
        commits.append(Commit(sha(repository.name, branch, index), at, at + timedelta(seconds=20), author, text))
    commits.sort(key=lambda one: one.committed_at)
    names = random.sample(_FOLDERS[repository.name], random.choice((1, 2, 3)))
    files = [(name, int(random.lognormvariate(3.4, 1)) + 1, int(random.lognormvariate(2.2, 1))) for name in names]
    request = PullRequest(
        0, 0, repository.id, title, "", author, branch, "main", opened_at, commits, files,
    )  # fmt: skip
    until = merged_at or min(desk.calendar.now - timedelta(minutes=30), opened_at + timedelta(days=3))
    if random.random() < 0.12:
        request.is_draft, request.draft_until = True, between(opened_at, until, 0.3)
    _review(desk, request, [one for one in team if one is not author], until)
    if merged_at:
        request.merged_at = request.closed_at = merged_at
        request.merged_by = random.choice((author, team[0]))
        request.merge_sha = sha(repository.name, branch, "merge")
    return request


def _evening(at: datetime, begin: datetime) -> datetime:
    """Ten at night of the day before, unless that is before `begin`."""
    late = utc(local_day(at) - timedelta(days=1), 22.1)
    return late if late > begin else at


def _review(desk: Desk, request: PullRequest, reviewers: list[Person], until: datetime) -> None:
    """One to three rounds between opening and `until`; the last one of a merged request approves."""
    random = desk.random
    begin = request.draft_until or request.created_at
    if random.random() < 0.15:
        request.comments.append(
            Comment(between(begin, until, 0.05), request.author, "Note to self: measure this on the full data first.")
        )
    rounds = random.choices((1, 2, 3), (55, 33, 12))[0]
    for index in range(rounds):
        share = (index + random.uniform(0.3, 0.9)) / rounds
        at = between(begin, until, share)
        reviewer = random.choice(reviewers)
        if index < rounds - 1:
            state = random.choice(("CHANGES_REQUESTED", "COMMENTED"))
            request.reviews.append(Review(0, at, reviewer, state, random.choice(_REMARKS)))  # type: ignore[arg-type]  # choice widens the literals
            request.comments.append(
                Comment(between(begin, until, share + 0.02), request.author, "Done, please look again.")
            )
        else:
            request.reviews.append(Review(0, at, reviewer, "APPROVED", ""))


def issue_pull_requests(
    desk: Desk, repos: dict[str, Repository], drafts: list[Draft], issues: dict[str, Issue]
) -> list[PullRequest]:
    """Pull requests of finished and running issues; how they name their issue varies, a few forget to."""
    random, requests = desk.random, []
    for one in drafts:
        if one.type in {"Epic", "Sub-task"} or one.started_at is None or one.worker is None or random.random() > 0.74:
            continue
        repository = repos[repository_of(one)]
        if one.started_at < repository.created_at + timedelta(days=1):
            continue
        end = one.done_at or desk.calendar.now
        if end - one.started_at < timedelta(hours=1):
            continue
        first = between(one.started_at, end, random.uniform(0.05, 0.3))
        opened = between(one.started_at, end, random.uniform(0.5, 0.7))
        merged = between(one.started_at, end, random.uniform(0.92, 0.99))
        if one.done_at is None and (one.is_held or random.random() < 0.3):
            continue
        key = str(issues[one.id].value("key", end))
        title, branch = _naming(desk, issues[one.id], key)
        request = pull_request(
            desk, repository, title=title, branch=branch, author=one.worker, first_commit_at=first, opened_at=opened,
            merged_at=merged if one.done_at else None,
            team=desk.staff.teams[one.worker.team or "Forecasting"],
        )  # fmt: skip
        notes = ("", "", f"See {key}.", "Checked on last month's data.", "No change for users.")
        request.body = random.choice(notes)
        if key not in title and key not in branch:
            _name_elsewhere(desk, request, key)
        requests.append(request)
    return requests


def _naming(desk: Desk, issue: Issue, key: str) -> tuple[str, str]:
    """Title and branch: with the key in both, in one of them, or in none."""
    summary = str(issue.initial["summary"])
    tail = f"{slug(summary)}-{issue.id[-3:]}"
    luck = desk.random.random()
    if luck < 0.48:
        return f"{key}: {summary}", f"feature/{key.lower()}-{slug(summary)}"
    if luck < 0.68:
        return f"[{key}] {summary}", f"feature/{tail}"
    if luck < 0.82:
        return summary, f"{key}-{slug(summary)}"
    return summary, f"fix/{tail}"


def _name_elsewhere(desk: Desk, request: PullRequest, key: str) -> None:
    """A key that is in neither title nor branch may be in a commit or in a GitHub issue that is closed, or nowhere."""
    luck = desk.random.random()
    if luck < 0.35:
        request.commits[0].message = f"{key} {request.title}"
    elif luck < 0.5:
        request.closes.append((9000 + len(request.title), f"{key} {request.title}"))


def number_pull_requests(requests: list[PullRequest]) -> list[PullRequest]:
    """All requests by time, with numbers per repository, ids and review ids. Ids pass 2**31, as the real ones have."""
    counters: dict[int, int] = {}
    review_id = 2_147_480_000
    ordered = sorted(requests, key=lambda one: one.created_at)
    for index, one in enumerate(ordered):
        counters[one.repository_id] = counters.get(one.repository_id, 0) + 1
        one.number, one.id = counters[one.repository_id], 2_147_481_000 + 11 * index
        one.reviews.sort(key=lambda review: review.at)
        one.comments.sort(key=lambda comment: comment.at)
        for review in one.reviews:
            review_id += 3
            review.id = review_id
    return ordered
