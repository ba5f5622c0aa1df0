"""GitHub (github.com or Enterprise) through PyGithub: repositories, pull requests, deployments, releases. Reads only."""

from connectors.github.checks import check
from connectors.github.client import GitHubClient, GitHubSettings, connect
from connectors.github.deployments import DEPLOYMENTS, RELEASES
from connectors.github.pull_requests import PULL_REQUESTS
from connectors.github.repositories import REPOSITORIES
from connectors.stream import Stream

STREAMS: tuple[Stream[GitHubClient], ...] = (REPOSITORIES, PULL_REQUESTS, DEPLOYMENTS, RELEASES)

__all__ = ["STREAMS", "GitHubClient", "GitHubSettings", "check", "connect"]
