"""Deployments to staging and production with their outcomes, and releases, all from the merges of the story."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.sandbox.program import Deployment, PullRequest, Release, Repository
from connectors.sandbox.story.issues import Desk
from connectors.sandbox.story.moments import local_day, utc

_PRODUCTION_DAYS = {  # repository: weekdays on which what was merged goes out
    "demand-forecast": (1,),
    "search-ranking": (0, 2, 3),
    "recommender": (0, 1, 2, 3, 4),
    "fraud-scoring": (1, 3),
    "ml-platform": (2,),
}


def merges(requests: list[PullRequest], repository: Repository) -> list[PullRequest]:
    """What was merged into the default branch of a repository, in order."""
    merged = [
        one for one in requests if one.repository_id == repository.id and one.merged_at and one.base_branch == "main"
    ]
    return sorted(merged, key=lambda one: (one.merged_at, one.number))


def deployments(desk: Desk, repos: dict[str, Repository], requests: list[PullRequest]) -> list[Deployment]:
    """All deployments by time with ids."""
    found: list[Deployment] = []
    for repository in repos.values():
        found += _staging(desk, repository, merges(requests, repository))
        found += _production(desk, repository, merges(requests, repository))
    found.sort(key=lambda one: (one.created_at, one.repository_id))
    for index, one in enumerate(found):
        one.id = 1_640_000_000 + 13 * index
    return found


def _deployment(desk: Desk, repository: Repository, environment: str, merged: PullRequest, at: datetime) -> Deployment:
    return Deployment(0, repository.id, environment, str(merged.merge_sha), "main", at, desk.staff.release_bot, [])


def _staging(desk: Desk, repository: Repository, merged: list[PullRequest]) -> list[Deployment]:
    """Each second merge goes to staging within the hour; one in twelve fails there."""
    found = []
    for one in merged[::2]:
        if one.merged_at is None:
            continue
        at = one.merged_at + timedelta(minutes=desk.random.randint(6, 50))
        if at > desk.calendar.now - timedelta(minutes=30):
            continue
        staged = _deployment(desk, repository, "staging", one, at)
        state = "FAILURE" if desk.random.random() < 0.08 else "SUCCESS"
        staged.statuses = [(at + timedelta(minutes=1), "IN_PROGRESS"), (at + timedelta(minutes=7), state)]
        found.append(staged)
    return found


def _production(desk: Desk, repository: Repository, merged: list[PullRequest]) -> list[Deployment]:
    """On its days the repository's head goes to production if it moved; a failed one is repeated two hours later."""
    random, now = desk.random, desk.calendar.now
    found: list[Deployment] = []
    last_sha = None
    day = local_day(repository.created_at)
    while day <= desk.calendar.today:
        at = utc(day, random.choice((10.5, 13.25, 15.0))) + timedelta(minutes=random.randint(0, 25))
        head = [one for one in merged if one.merged_at and one.merged_at < at]
        is_due = day.weekday() in _PRODUCTION_DAYS[repository.name] and at < now - timedelta(hours=3)
        day += timedelta(days=1)
        if not (is_due and head) or head[-1].merge_sha == last_sha:
            continue
        last_sha = head[-1].merge_sha
        first = _deployment(desk, repository, "production", head[-1], at)
        first.statuses = [(at + timedelta(minutes=2), "QUEUED"), (at + timedelta(minutes=3), "IN_PROGRESS")]
        if random.random() < 0.06:
            first.statuses.append((at + timedelta(minutes=12), "FAILURE"))
            found.append(first)
            at += timedelta(hours=2)
            first = _deployment(desk, repository, "production", head[-1], at)
            first.statuses = [(at + timedelta(minutes=2), "IN_PROGRESS")]
        first.statuses.append((at + timedelta(minutes=14), "SUCCESS"))
        for before in reversed(found):
            if before.statuses[-1][1] == "SUCCESS":
                before.statuses.append((at + timedelta(minutes=14), "INACTIVE"))
                break
        found.append(first)
    return found


def releases(desk: Desk, repos: dict[str, Repository], deployed: list[Deployment]) -> list[Release]:
    """A release for every sixth production deployment, and one draft that is not published."""
    found: list[Release] = []
    for repository in repos.values():
        production = [one for one in deployed if one.repository_id == repository.id and one.environment == "production"]
        for index, one in enumerate(production[5::6]):
            tag = f"v{1 + index // 8}.{index % 8}.0"
            name = f"{repository.name} {tag}"
            found.append(
                Release(0, repository.id, tag, name, one.sha, desk.staff.release_bot, one.created_at, one.created_at)
            )
    found.sort(key=lambda one: one.created_at)
    if found:
        found[-1].published_at = None
    for index, release in enumerate(found):
        release.id = 98_000_000 + 17 * index
    return found
