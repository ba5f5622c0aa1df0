"""What a test may set about the sandbox's GitHub beyond the story: renames, hidden repositories, limits, permissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Behaviour:
    """How the server treats its caller. The defaults let any token read everything."""

    token: str | None = None  # the only one accepted; None accepts any
    scopes: str = ""  # of a classic token, e.g. "repo"; a fine-grained one has none
    renamed: dict[str, int] = field(default_factory=dict)  # former full name -> repository id, answered by a 301
    names: dict[int, tuple[str, str]] = field(default_factory=dict)  # repository id -> owner and name it has now
    hidden: dict[int, int] = field(default_factory=dict)  # repository id -> 404, 403 or 451
    forbidden: set[str] = field(default_factory=set)  # fields the token has no permission for, e.g. "deployments"
    largest_page: int | None = None  # a pull request page with a larger `first` answers 502
    per_page_cap: int = 100  # REST lists never bring more
    most_runs: int = 1000  # that a search of workflow runs shows, whatever it counts
    points: int = 5000  # of the hourly limit, per resource
    used: dict[str, int] = field(default_factory=dict)  # resource -> points spent
    queries: list[dict[str, Any]] = field(default_factory=list)  # variables of each GraphQL request, in order

    def spend(self, resource: str, points: int) -> int:
        """The points left after a request."""
        self.used[resource] = self.used.get(resource, 0) + points
        return self.remaining(resource)

    def remaining(self, resource: str) -> int:
        """The points left, never below zero."""
        return max(self.points - self.used.get(resource, 0), 0)
