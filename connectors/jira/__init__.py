"""Jira, Cloud and Data Center, read through the `jira` client's session. Raw records out; renaming is staging's work."""

from connectors.jira.check import check
from connectors.jira.client import JiraClient, JiraSettings, connect
from connectors.jira.streams import STREAMS

__all__ = ["STREAMS", "JiraClient", "JiraSettings", "check", "connect"]
