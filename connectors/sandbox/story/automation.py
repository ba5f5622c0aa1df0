"""What GitHub does by itself in the story, and what people report there: workflow runs of merges, and a few issues.

The program keeps its incidents in Jira; in GitHub there are questions and small bugs of the platform's users.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from connectors.sandbox.program import GitHubIssue, PullRequest, Repository, WorkflowRun
from connectors.sandbox.story.deployments import merges
from connectors.sandbox.story.issues import Desk

Conclusion = Literal["success", "failure", "cancelled"]
_DAYS = 150
_ISSUES = (
    # days ago, days until closed (None: open), title, labels
    (121, 4, "Feature store client times out behind the proxy", ["bug"]),
    (96, 12, "How do I register a model without a run?", ["question"]),
    (64, None, "Docs: the example of batch scoring is outdated", ["documentation"]),
    (38, 2, "Batch scoring fails on empty partitions", ["bug", "incident"]),
    (11, None, "Allow more than one alias per deployment", ["enhancement"]),
)


def workflow_runs(desk: Desk, repos: dict[str, Repository], requests: list[PullRequest]) -> list[WorkflowRun]:
    """One run of the tests for each merge of the last months; one in ten fails and half of those are run again."""
    since = desk.calendar.ago(days=_DAYS)
    found: list[WorkflowRun] = []
    for repository in repos.values():
        for number, merged in enumerate(merges(requests, repository), start=1):
            if merged.merged_at is None or merged.merged_at < since:
                continue
            draw = desk.random.random()
            conclusion: Conclusion = "success" if draw < 0.88 else "failure" if draw < 0.97 else "cancelled"
            attempt = 2 if conclusion == "failure" and desk.random.random() < 0.5 else 1
            finished = merged.merged_at + timedelta(minutes=desk.random.randint(6, 34) * attempt)
            found.append(
                WorkflowRun(
                    0,
                    repository.id,
                    "Tests",
                    number,
                    "push",
                    repository.default_branch,
                    str(merged.merge_sha),
                    merged.merged_by or merged.author,
                    merged.merged_at,
                    finished,
                    "success" if attempt == 2 else conclusion,
                    attempt,
                )
            )
    found.sort(key=lambda run: (run.created_at, run.repository_id))
    for index, run in enumerate(found):
        run.id = 9_700_000_000 + 31 * index
    return found


def github_issues(desk: Desk, repos: dict[str, Repository]) -> list[GitHubIssue]:
    """A handful in the platform's repository."""
    people = desk.staff.teams["Search"]
    made = []
    for index, (days, closed_after, title, labels) in enumerate(_ISSUES):
        at = desk.calendar.ago(days=days)
        closed = at + timedelta(days=closed_after) if closed_after is not None else None
        author = people[index % len(people)]
        home = repos["ml-platform"].id
        made.append(GitHubIssue(2_100_000_000 + index, 7001 + index, home, title, author, list(labels), at, closed))
    return made
