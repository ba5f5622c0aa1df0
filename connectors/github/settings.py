"""What a connection to one GitHub is made of, and what it has used so far. Light: nothing of PyGithub is imported here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """One GitHub with its credentials, resolved. `repositories` may hold patterns ("acme/ml-*") and exceptions ("!acme/old")."""

    name: str
    url: str = "https://api.github.com"
    token: str | None = field(default=None, repr=False)
    app_id: str | int | None = None
    installation_id: int | None = None
    private_key: str | None = field(default=None, repr=False)
    repositories: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    verify: str | bool = True  # the file of a certificate authority, where the system's own are not enough

    @property
    def host(self) -> str:
        """The name of the machine that is asked."""
        return urlsplit(self.url).hostname or self.url


@dataclass(slots=True)
class Meter:
    """Requests sent, points left per resource ("core", "graphql"), and the way to wait."""

    wait: Callable[[float], None] = time.sleep
    calls: int = 0
    left: dict[str, int] = field(default_factory=dict)
