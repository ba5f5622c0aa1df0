"""The sandbox's program, read over HTTP by the real clients, against figures counted in plain Python from the story itself.

Jira is read as Cloud and as Data Center: both forms must give the same marts.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from connectors import github, jira, sheets
from connectors.sandbox import github as sandbox_github
from connectors.sandbox import jira as sandbox_jira
from connectors.sandbox import sheets as sandbox_sheets
from connectors.sandbox import story
from connectors.sandbox.server import Sandbox, Server
from connectors.sandbox.story.initiatives import INITIATIVES
from connectors.sandbox.story.sheet import TABS
from tests.warehouse.dbt_delivery.proof import figures_of, proved

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
STAGES = {"To Do": 1, "Selected": 1, "In Progress": 2, "In Review": 2, "Blocked": 2, "Done": 9}
PROJECTS = ("DEM", "CUS", "PLT")
MARTS = (
    "issues", "sprints", "pull_requests", "pull_request_issues", "deployments", "flow_weekly", "dora_monthly", "dora_evidence",
)  # fmt: skip


@pytest.fixture(scope="module")
def program():
    """The story as told at NOW."""
    return story.tell(NOW)


def land(raw, source, streams, client):
    """Every record of every stream, as a first read brings it; what comes twice counts as it came last."""
    for stream in streams:
        records = {stream.key(record): record for page in stream.read(client, None) for record in page.records}
        for key, record in records.items():
            raw.land(f"{source}_{stream.name}", key, record)


@pytest.fixture(scope="module", params=["Cloud", "Server"])
def told(request, program, open_warehouse, bare_raw):
    """The marts over one deployment's form of Jira, and over GitHub."""
    sandbox, raw = Sandbox(program, NOW), bare_raw()
    with Server(sandbox_jira.app(sandbox, request.param), sandbox) as server:
        email = "hub@lindholm.example" if request.param == "Cloud" else None
        with jira.connect(jira.JiraSettings("acme", server.url, "sandbox", PROJECTS, email=email)) as client:
            land(raw, "jira", jira.STREAMS, client)
    with Server(sandbox_github.app(sandbox), sandbox) as server:
        settings = github.GitHubSettings("acme", f"{server.url}/api/v3", "sandbox", organizations=("lindholm-home",))
        with github.connect(settings) as client:
            land(raw, "github", github.STREAMS, client)
    with Server(sandbox_sheets.app(sandbox), sandbox) as server:
        tabs = {kind: title for kind, title in TABS.items() if kind in {"people", "roadmap"}}
        with sheets.connect(sheets.SheetsSettings("acme", program.spreadsheet_id, tabs, url=server.url)) as client:
            land(raw, "sheets", [one for one in sheets.STREAMS if one.name in tabs], client)
    warehouse = open_warehouse(NOW)
    warehouse.run(raw, *MARTS)
    return warehouse


def naive(moment):
    """A story's moment as the warehouse holds it."""
    return moment and moment.astimezone(UTC).replace(tzinfo=None)


def close(left, right):
    """Equal to the second: the vendors cut off or round what is finer."""
    return (left is None and right is None) or (
        left is not None and right is not None and abs((left - right).total_seconds()) <= 1
    )


def visible(program):
    """Issues that exist at NOW."""
    return [
        issue
        for issue in program.issues
        if issue.created_at <= NOW and not (issue.deleted_at and issue.deleted_at <= NOW)
    ]


def stage_dates(issue):
    """First entry per stage that still stands: each entry clears the later stages."""
    entered = {}
    entries = [(issue.created_at, issue.initial["status"])]
    entries += [(change.at, change.new) for change in issue.changes if change.field == "status" and change.at <= NOW]
    for at, status in entries:
        rank = STAGES[status]
        entered = {other: date for other, date in entered.items() if other <= rank}
        entered.setdefault(rank, at)
    return entered


def test_every_issue_starts_and_ends_when_the_story_says(told, program):
    """started_at and done_at of some 700 issues, moved and reopened ones among them."""
    found = {
        row[0]: row[1:]
        for row in told.rows("select issue_id, started_at, done_at, story_points, issue_key from marts.issues")
    }
    issues = visible(program)
    assert len(found) == len(issues)
    wrong = []
    for issue in issues:
        entered = stage_dates(issue)
        started, done, points, key = found[f"acme:{issue.id}"]
        expected = (naive(entered.get(2)), naive(entered.get(9)))
        same = close(started, expected[0]) and close(done, expected[1]) and key == issue.value("key", NOW)
        if not same or points != issue.value("points", NOW):
            wrong.append((issue.key, (started, done, points, key), expected, issue.value("points", NOW)))
    assert wrong == []


def test_every_sprint_counts_what_the_story_did(told, program):
    """Committed, added, removed, completed and carried over, sprint by sprint."""
    columns = "committed_count, added_count, removed_count, completed_count, carried_over_count, committed_points, completed_points"
    found = {row[0]: row[1:] for row in told.rows(f"select sprint_id, {columns} from marts.sprints")}
    items = [issue for issue in visible(program) if issue.type not in {"Epic", "Sub-task"}]
    wrong = []
    for sprint in program.sprints:
        if sprint.created_at > NOW or sprint.activated_at is None or sprint.activated_at > NOW:
            continue
        start, is_closed = sprint.activated_at, sprint.completed_at is not None and sprint.completed_at <= NOW
        end = sprint.completed_at if is_closed else NOW
        expected = _scope(items, sprint.id, start, end)
        carried = expected[4] if is_closed else None
        expected = (*expected[:4], carried, *expected[5:])
        if found[f"acme:{sprint.id}"] != expected:
            wrong.append((sprint.name, found[f"acme:{sprint.id}"], expected))
    assert wrong == []


def _scope(items, sprint_id, start, end):
    committed, added, removed, completed, carried, first_points, last_points = 0, 0, 0, 0, 0, [], []
    for issue in items:
        moments = [issue.created_at, *(change.at for change in issue.changes if change.field == "sprints")]
        stays = [(at, sprint_id in (issue.value("sprints", at) or [])) for at in moments if at < end]
        was_in = issue.created_at <= start and sprint_id in (issue.value("sprints", start) or [])
        came = any(is_in for at, is_in in stays if at > start)
        if not was_in and not came:
            continue
        is_in = stays[-1][1]
        done_at = stage_dates(issue).get(9)
        status = issue.value("status", end)
        is_delivered = issue.value("resolution", NOW) not in {"Won't Do", "Duplicate"} or done_at is None
        committed += was_in
        added += not was_in
        removed += not is_in or (status == "Done" and not is_delivered)
        completed += is_in and status == "Done" and is_delivered
        carried += is_in and status != "Done"
        if was_in and issue.value("points", start) is not None:
            first_points.append(issue.value("points", start))
        if is_in and status == "Done" and is_delivered and issue.value("points", end) is not None:
            last_points.append(issue.value("points", end))
    return (committed, added, removed, completed, carried, sum(first_points) or None, sum(last_points) or None)


def test_every_pull_request_has_the_stages_of_the_story(told, program):
    """First commit, ready, first review, merged and deployed; what nobody did is unknown."""
    names = {repository.id: f"{repository.owner}/{repository.name}" for repository in program.repositories}
    merged_at = {(one.repository_id, one.merge_sha): one.merged_at for one in program.pull_requests if one.merge_sha}
    moments = "first_commit_at, ready_at, first_review_at, merged_at, deployed_at"
    found = {row[:2]: row[2:] for row in told.rows(f"select repository, number, {moments} from marts.pull_requests")}
    wrong = []
    for one in program.pull_requests:
        if one.created_at > NOW:
            continue
        merged = one.merged_at if one.merged_at and one.merged_at <= NOW else None
        end = merged or (one.closed_at if one.closed_at and one.closed_at <= NOW else NOW)
        landed = _landed(program, one) or datetime.max.replace(tzinfo=UTC)
        responses = [
            r.at
            for r in [*one.reviews, *one.comments]
            if r.author != one.author and not r.author.is_bot and r.at <= end
        ]
        deployed = [
            at
            for deployment in program.deployments
            if deployment.environment == "production" and deployment.repository_id == one.repository_id
            for at, state in deployment.statuses
            if state == "SUCCESS"
            and at <= NOW
            and merged
            and merged_at[deployment.repository_id, deployment.sha] >= landed
        ]
        ready = (
            one.created_at
            if not one.is_draft
            else one.draft_until
            if one.draft_until and one.draft_until <= NOW
            else None
        )
        commits = [commit.authored_at for commit in one.commits if commit.committed_at <= NOW]
        expected = (
            min(commits, default=None),
            ready,
            min(responses, default=None),
            merged,
            min(deployed, default=None),
        )
        row = found[names[one.repository_id], one.number]
        if not all(close(a, naive(b)) for a, b in zip(row, expected, strict=True)):
            wrong.append((names[one.repository_id], one.number, row, tuple(map(naive, expected))))
    assert wrong == []


def _landed(program, one):
    """When a pull request reached the default branch: stacked ones with the one whose branch they were merged into."""
    while one.base_branch != "main" and one.merged_at:
        above = [
            other
            for other in program.pull_requests
            if other.repository_id == one.repository_id and other.head_branch == one.base_branch and other.merged_at
        ]
        if not above:
            return None
        one = above[0]
    return one.merged_at


def test_throughput_of_all_weeks_is_what_got_done(told, program):
    """Finished work items of the weeks sum to the finished ones of the story."""
    items = [issue for issue in visible(program) if issue.type not in {"Epic", "Sub-task"}]
    done = [
        issue
        for issue in items
        if 9 in stage_dates(issue) and issue.value("resolution", NOW) not in {"Won't Do", "Duplicate"}
    ]
    assert told.rows("select sum(finished_count), sum(arrived_count) from marts.flow_weekly") == [
        (len(done), len(items))
    ]


def test_the_evidence_gives_every_dora_figure_again(told):
    """For every repository, team and month, and for the whole program."""
    figures = figures_of(told)
    assert proved(told, NOW.date()) == figures
    assert Counter(kind for kind, *_ in figures) == {"repository": 74, "team": 64, "program": 19}
    assert (
        told.rows(
            "select * from marts.dora_evidence anti join marts.dora_monthly using (scope_kind, scope_id, month_date)"
        )
        == []
    )


def test_teams_release_what_their_people_wrote(told, program):
    """The changes of October by team: its people's, and what people of no team changed in the repositories that it owns."""
    teams = {person.name: person.team for person in program.people}
    authors = {person.github_login: person.team for person in program.people if person.github_login}
    owners = {f"lindholm-home/{plan.repository}": teams[plan.owner] for plan in INITIATIVES}
    deployed = told.rows(
        """select author_login, repository from marts.pull_requests
        where deployed_at >= '2026-09-30 22:00' and deployed_at < '2026-10-31 23:00' and first_commit_at is not null"""
    )
    expected = Counter(authors.get(login) or owners.get(repository) for login, repository in deployed)
    found = told.rows(
        "select scope_id, change_count from marts.dora_monthly where scope_kind = 'team' and month_date = '2026-10-01'"
    )
    assert dict(found) == {team: count for team, count in expected.items() if team}
