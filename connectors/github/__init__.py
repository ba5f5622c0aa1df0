"""GitHub (github.com or Enterprise) through PyGithub: repositories, pull requests, deployments, releases, issues, workflow runs."""

from connectors.github.checks import check
from connectors.github.client import GitHubClient, connect
from connectors.github.deployments import DEPLOYMENTS, RELEASES
from connectors.github.issues import ISSUES
from connectors.github.pull_requests import PULL_REQUESTS
from connectors.github.repositories import REPOSITORIES
from connectors.github.settings import GitHubSettings
from connectors.github.workflow_runs import WORKFLOW_RUNS
from connectors.stream import Stream

STREAMS: tuple[Stream[GitHubClient], ...] = (
    REPOSITORIES,
    PULL_REQUESTS,
    DEPLOYMENTS,
    RELEASES,
    ISSUES,
    WORKFLOW_RUNS,
)

__all__ = ["STREAMS", "GitHubClient", "GitHubSettings", "check", "connect"]
