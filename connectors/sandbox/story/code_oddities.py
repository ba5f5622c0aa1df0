"""The odd cases every repository holds: bots, abandoned, stacked and reverted work, one giant, some without any issue."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.sandbox.program import Comment, Commit, Person, PullRequest, Repository, Review
from connectors.sandbox.story.code import pull_request, sha, slug
from connectors.sandbox.story.issues import Desk
from connectors.sandbox.story.moments import at_work

TEAMS = {
    "demand-forecast": "Forecasting",
    "search-ranking": "Search",
    "recommender": "Platform",
    "fraud-scoring": "Fraud",
    "ml-platform": "Platform",
}
_PACKAGES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "fastapi",
    "pyarrow",
    "lightgbm",
    "urllib3",
    "jinja2",
    "torch",
    "cryptography",
)
_CHORES = (
    "Read supplier files as UTF-8", "Drop COVID-19 weeks from the training data", "Fix typos in the readme", "Raise the log level of the loader",
    "Pin the base image", "Speed up the test suite", "Remove dead feature flags", "Sort imports", "Add a code owners file", "Rename the package",
    "Document the release steps", "Cache the test data", "Use the shared logging setup", "Delete the old notebooks",
)  # fmt: skip
_OPEN_FOR_DAYS = (("fraud-scoring", 16.0), ("fraud-scoring", 9.5), ("demand-forecast", 12.0))
_ABANDONED = (
    "Try a neural forecast",
    "Replace the scheduler",
    "Rank with a transformer",
    "Cache scores for an hour",
    "Rewrite the loader in Rust",
)


def odd_pull_requests(desk: Desk, repos: dict[str, Repository], requests: list[PullRequest]) -> list[PullRequest]:
    """What comes in addition to the requests that follow issues; a few of those are changed."""
    _reopen(requests)
    _rebase(requests)
    _generate(requests)
    new: list[PullRequest] = []
    for repository in repos.values():
        new += [*_updates(desk, repository), *_chores(desk, repository), *_abandoned(desk, repository)]
    new += [_forgotten(desk, repos[name], days) for name, days in _OPEN_FOR_DAYS]
    new += [
        _giant(desk, repos["ml-platform"]),
        *_drafts(desk, repos),
        *_reverts(desk, requests, repos),
        *_stacked(desk, requests, repos),
    ]
    return new


def _team(desk: Desk, repository: Repository) -> list[Person]:
    return desk.staff.teams[TEAMS[repository.name]]


def _moments(desk: Desk, repository: Repository, count: int) -> list[datetime]:
    """Working moments spread over a repository's life, the last ten days left out."""
    begin = repository.created_at + timedelta(days=6)
    span = desk.calendar.now - timedelta(days=10) - begin
    return [at_work(begin + span * ((index + desk.random.random()) / count)) for index in range(count)]


def _updates(desk: Desk, repository: Repository) -> list[PullRequest]:
    """Dependabot's updates, which touch a generated lock file; every fifth is superseded."""
    new = []
    for index, at in enumerate(_moments(desk, repository, 7)):
        package = desk.random.choice(_PACKAGES)
        version = f"{desk.random.randint(1, 4)}.{desk.random.randint(0, 30)}"
        request = pull_request(
            desk, repository, title=f"Bump {package} from {version}.0 to {version}.{index + 1}",
            branch=f"dependabot/pip/{package}-{version}.{index + 1}", author=desk.staff.dependabot, first_commit_at=at, opened_at=at,
            merged_at=at + timedelta(hours=desk.random.uniform(5, 60)) if index % 5 != 3 else None, team=_team(desk, repository),
        )  # fmt: skip
        request.commits = request.commits[:1]
        request.files = [("requirements.lock", desk.random.randint(20, 900), desk.random.randint(20, 900))]
        request.labels, request.is_draft, request.draft_until = ["dependencies"], False, None
        if request.merged_at:
            request.merged_by = _team(desk, repository)[0]
        else:
            request.reviews, request.comments = [], []
            request.closed_at = at + timedelta(days=6)
        new.append(request)
    return new


def _chores(desk: Desk, repository: Repository) -> list[PullRequest]:
    """Small work without an issue, some of it by the contractor and by a login nobody knows; and the bot's releases."""
    new = []
    team = _team(desk, repository)
    for index, at in enumerate(_moments(desk, repository, 7)):
        author = (team[index % len(team)], team[-1], desk.staff.contractor)[index % 3]
        title = desk.random.choice(_CHORES)
        new.append(
            pull_request(
                desk, repository, title=title, branch=f"chore/{slug(title)}-{index}", author=desk.staff.stranger if index == 3 else author,
                first_commit_at=at - timedelta(hours=desk.random.uniform(1, 9)), opened_at=at,
                merged_at=at + timedelta(hours=desk.random.uniform(2, 70)), team=team,
            )
        )  # fmt: skip
    for index, at in enumerate(_moments(desk, repository, 2)):
        release = pull_request(
            desk, repository, title=f"Release v0.{index + 1}.0", branch=f"release/v0.{index + 1}.0", author=desk.staff.release_bot,
            first_commit_at=at, opened_at=at, merged_at=at + timedelta(hours=3), team=team,
        )  # fmt: skip
        release.files = [("CHANGELOG.md", 24, 1), ("pyproject.toml", 1, 1)]
        new.append(release)
    return new


def _abandoned(desk: Desk, repository: Repository) -> list[PullRequest]:
    """Attempts that were closed without a merge."""
    new = []
    team = _team(desk, repository)
    for index, at in enumerate(_moments(desk, repository, 2)):
        title = desk.random.choice(_ABANDONED)
        attempt = pull_request(
            desk, repository, title=title, branch=f"try/{slug(title)}-{index}", author=team[(index + 1) % len(team)],
            first_commit_at=at - timedelta(days=2), opened_at=at, merged_at=None, team=team,
        )  # fmt: skip
        attempt.reviews = [one for one in attempt.reviews if one.state != "APPROVED"]
        attempt.closed_at = at + timedelta(days=desk.random.uniform(4, 9.5))
        new.append(attempt)
    return new


def _forgotten(desk: Desk, repository: Repository, days: float) -> PullRequest:
    """Open for more than a week and never reviewed."""
    at, team = desk.calendar.ago(days=days), _team(desk, repository)
    request = pull_request(
        desk, repository, title="Log the features behind each decision", branch=f"feature/log-features-{int(days)}", author=team[2],
        first_commit_at=at - timedelta(days=1), opened_at=at, merged_at=None, team=team,
    )  # fmt: skip
    request.reviews, request.comments, request.is_draft, request.draft_until = [], [], False, None
    return request


def _giant(desk: Desk, repository: Repository) -> PullRequest:
    """More commits and reviews than one page of a nested list holds, and a lot of generated code."""
    at, team = desk.calendar.month_at(-4.4), _team(desk, repository)
    request = pull_request(
        desk, repository, title="Move serving to the second region", branch="feature/second-region", author=team[1],
        first_commit_at=at - timedelta(days=24), opened_at=at, merged_at=at + timedelta(days=19), team=team,
    )  # fmt: skip
    request.commits = [
        Commit(sha("giant", index), moment, moment, team[index % 3], f"Step {index + 1} of the second region")
        for index in range(128)
        for moment in [at - timedelta(days=24) + timedelta(hours=7 * index)]
    ]
    request.reviews = [
        Review(
            0, at + timedelta(hours=4 * index + 3), team[2 + index % 3], "COMMENTED", "One more remark on the routing."
        )
        for index in range(108)
    ]
    request.reviews.append(Review(0, at + timedelta(days=18.5), team[0], "APPROVED", ""))
    request.files = [
        ("terraform/region.tf", 2140, 310),
        ("serving/api_pb2.py", 5210, 4890),
        ("dist/console.min.js", 9120, 8700),
    ]
    return request


def _drafts(desk: Desk, repos: dict[str, Repository]) -> list[PullRequest]:
    """Two that are still drafts at `now`."""
    new = []
    for name, days in (("search-ranking", 3.0), ("demand-forecast", 5.0)):
        at, team = desk.calendar.ago(days=days), _team(desk, repos[name])
        request = pull_request(
            desk, repos[name], title="Sketch: share features between teams", branch="sketch/shared-features", author=team[1],
            first_commit_at=at - timedelta(days=1), opened_at=at, merged_at=None, team=team,
        )  # fmt: skip
        request.is_draft, request.draft_until, request.reviews, request.comments = True, None, [], []
        new.append(request)
    return new


def _reverts(desk: Desk, requests: list[PullRequest], repos: dict[str, Repository]) -> list[PullRequest]:
    """Two merges that were taken back the next day; name_reverted() completes their text."""
    new = []
    for name in ("search-ranking", "fraud-scoring"):
        repository, team = repos[name], _team(desk, repos[name])
        merged = [one for one in requests if one.repository_id == repository.id and one.merged_at]
        bad = sorted(merged, key=lambda one: one.created_at)[len(merged) * 3 // 4]
        if bad.merged_at is None:
            continue
        at = bad.merged_at + timedelta(hours=21)
        revert = pull_request(
            desk, repository, title=f'Revert "{bad.title}"', branch=f"revert-{bad.head_branch}", author=team[0],
            first_commit_at=at, opened_at=at, merged_at=at + timedelta(minutes=35), team=team,
        )  # fmt: skip
        revert.commits = [
            Commit(
                revert.commits[0].sha, at, at, team[0], f'Revert "{bad.title}"\n\nThis reverts commit {bad.merge_sha}.'
            )
        ]
        revert.files, revert.is_draft, revert.draft_until = (
            [(path, gone, added) for path, added, gone in bad.files],
            False,
            None,
        )
        revert.comments = []
        revert.reviews = [Review(0, at + timedelta(minutes=20), team[1], "APPROVED", "")]
        new.append(revert)
    return new


def name_reverted(repos: dict[str, Repository], requests: list[PullRequest]) -> None:
    """A revert's branch and body name the number of what they take back, as GitHub writes them."""
    names = {one.id: f"{one.owner}/{one.name}" for one in repos.values()}
    for revert in requests:
        if revert.head_branch.startswith("revert-"):
            branch = revert.head_branch.removeprefix("revert-")
            bad = next(
                one for one in requests if one.head_branch == branch and one.repository_id == revert.repository_id
            )
            revert.head_branch = f"revert-{bad.number}-{branch}"
            revert.body = f"Reverts {names[bad.repository_id]}#{bad.number}"


def _stacked(desk: Desk, requests: list[PullRequest], repos: dict[str, Repository]) -> list[PullRequest]:
    """Two that build on another's branch and were merged into it before that one was merged."""
    new = []
    for name in ("recommender", "demand-forecast"):
        repository, team = repos[name], _team(desk, repos[name])
        merged = [
            one
            for one in requests
            if one.repository_id == repository.id
            and one.merged_at
            and one.merged_at - one.created_at > timedelta(days=2)
        ]
        below = merged[len(merged) // 2]
        request = pull_request(
            desk, repository, title=f"Tests for: {below.title}", branch=f"{below.head_branch}-tests", author=below.author,
            first_commit_at=below.created_at + timedelta(hours=1), opened_at=below.created_at + timedelta(hours=5),
            merged_at=below.created_at + timedelta(hours=40), team=team,
        )  # fmt: skip
        request.base_branch = below.head_branch
        new.append(request)
    return new


def _reopen(requests: list[PullRequest]) -> None:
    """Every fiftieth was closed by mistake and opened again."""
    for one in [one for one in requests if one.merged_at][20::50]:
        if one.merged_at:
            one.reopened_at = one.created_at + (one.merged_at - one.created_at) * 0.25
            one.comments.append(Comment(one.reopened_at, one.author, "Closed by mistake."))


def _rebase(requests: list[PullRequest]) -> None:
    """Every fortieth was rebased after it was opened: its commits are younger than the request."""
    for one in [one for one in requests if one.merged_at][15::40]:
        for commit in one.commits:
            commit.authored_at = commit.committed_at = one.created_at + timedelta(minutes=50)


def _generate(requests: list[PullRequest]) -> None:
    """Every twentieth carries a notebook or a snapshot that nobody wrote by hand."""
    for index, one in enumerate(requests[7::20]):
        one.files.append(
            (("notebooks/exploration.ipynb", "tests/__snapshots__/report.snap")[index % 2], 1840 + 13 * index, 1700)
        )
