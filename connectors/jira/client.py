"""The connection to one Jira site, through the session of the `jira` client. Not here: what is asked (issues.py, lists.py).

A client is meant for one run: lists that several streams need (projects, boards) are asked for once.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from connectors.jira.custom_fields import CustomFields, discover
from connectors.patience import Patience, server_time
from connectors.stream import Record
from connectors.transport import NotJson, PatientAdapter, decoded
from connectors.turns import turn


@dataclass(frozen=True, slots=True)
class JiraSettings:
    """One Jira site. With an e-mail the token is an API token of Cloud, without one a PAT of Data Center."""

    name: str
    url: str
    token: str = field(repr=False)
    projects: tuple[str, ...]  # keys; empty: every project the account sees
    email: str | None = None
    jql: str | None = None  # narrows what is read further; no ORDER BY
    verify: str | bool = True
    fields: Mapping[str, str] = field(default_factory=dict)  # role -> id of the custom field, where discovery is wrong

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown, in every form in which it is sent."""
        basic = base64.b64encode(f"{self.email}:{self.token}".encode()).decode()
        return (self.token, basic)


class RefusedError(Exception):
    """The site answered with an error status. `said` is its own text, `wait` the Retry-After it sent."""

    def __init__(self, status: int, said: str, wait: str | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.said, self.wait = status, said, wait


class JiraClient:
    """Reads one site. No request is sent before the first read."""

    def __init__(
        self,
        settings: JiraSettings,
        *,
        patience: Patience | None = None,
        timeout: tuple[float, float] = (5.0, 60.0),
    ) -> None:
        self.settings = settings
        self._adapter = PatientAdapter(patience or Patience(), turn(settings.url, settings.email, settings.token))
        self._timeout = timeout
        self._opened: Any = None
        self._server_time = datetime.min.replace(tzinfo=UTC)
        self._clock_read_at = 0.0
        self._answers: dict[str, list[Record]] = {}  # to what is asked for once
        self.issues_met: dict[str, bool] = {}  # ids of issues that worklogs named: whether they are in the projects

    @property
    def calls(self) -> int:
        """Requests sent so far, repeats included."""
        return self._adapter.calls

    @property
    def calls_left(self) -> int | None:
        """What the site last said remains of the budget; None where it does not say."""
        return self._adapter.calls_left

    @property
    def jira(self) -> Any:
        """The `jira` package's client, opened at first use with one call to serverInfo."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> Any:
        from jira import JIRA

        settings = self.settings
        credentials: dict[str, Any] = (
            {"basic_auth": (settings.email, settings.token)} if settings.email else {"token_auth": settings.token}
        )
        jira = JIRA(
            options={"server": settings.url, "verify": settings.verify},
            # Asked below, once the adapter is in place: the constructor's own call would be without retries.
            get_server_info=False,
            timeout=self._timeout,
            # The adapter waits exactly as told; the client's own loop would halve a wait and break on a date or a float.
            max_retries=0,
            **credentials,
        )
        jira._session.max_retry_delay = self._adapter.patience.longest_wait_seconds  # noqa: SLF001  # no public setting
        for scheme in ("https://", "http://"):
            jira._session.mount(scheme, self._adapter)  # noqa: SLF001  # no public way to its session
        reply = _answered(lambda: jira._session.get(jira._get_url("serverInfo")))  # noqa: SLF001  # as above
        info = decoded(reply)
        self.server_info: Record = info
        self._clock_read_at = time.monotonic()
        said = info.get("serverTime")  # an anonymous visitor is not told
        moment = datetime.fromisoformat(said) if said else server_time(reply.headers.get("Date"))
        self._server_time = (moment or datetime.now(UTC)).astimezone(UTC)
        # What the constructor would have set.
        jira._version = tuple(info.get("versionNumbers", (0, 0, 0)))  # noqa: SLF001  # no public setting
        jira.deploymentType = info.get("deploymentType")
        if jira.deploymentType == "Cloud":
            jira._options["rest_api_version"] = "3"  # noqa: SLF001  # known only now
        return jira

    @property
    def is_cloud(self) -> bool:
        """Whether the site is Jira Cloud, by its own word."""
        return bool(self.jira.deploymentType == "Cloud")

    def server_now(self) -> datetime:
        """The time by the site's clock, never late: what it said at connect plus what has passed here since."""
        _ = self.jira
        return self._server_time + timedelta(seconds=time.monotonic() - self._clock_read_at)

    def get(self, path: str, *, agile: bool = False, **parameters: Any) -> Any:
        """The JSON reply to a GET of a path below the API, e.g. `field`; with `agile`, below the Agile API."""
        session, url = self.jira._session, self._url(path, agile=agile)  # noqa: SLF001  # raw pages
        return decoded(_answered(lambda: session.get(url, params=parameters)))

    def post(self, path: str, body: Record) -> Any:
        """The JSON reply to a POST that only reads, e.g. `search/jql`."""
        session, url = self.jira._session, self._url(path, agile=False)  # noqa: SLF001  # raw pages
        response = _answered(lambda: session.post(url, data=json.dumps(body)))
        if response.history:
            # Redirected, a POST becomes a GET without its question: the answer would be to another one.
            where = response.url.split("/rest/", 1)[0].split("?", 1)[0]
            raise NotJson(f"it redirects to {where}", "Set url to that address.")
        return decoded(response)

    def _url(self, path: str, *, agile: bool) -> str:
        base = self.jira.AGILE_BASE_URL if agile else self.jira.JIRA_BASE_URL
        return str(self.jira._get_url(path, base=base))  # noqa: SLF001  # its own way to build addresses

    def values(self, path: str, *, agile: bool = False, page_size: int = 50, **parameters: Any) -> Iterator[Record]:
        """Every record of a list that pages by startAt; the server may send shorter pages than asked for."""
        start = 0
        while True:
            page = self.get(path, agile=agile, startAt=start, maxResults=page_size, **parameters)
            values: list[Record] = page["values"]
            yield from values
            start += len(values)
            if page.get("isLast", start >= page.get("total", 0)) or not values:
                return

    @property
    def projects(self) -> list[Record]:
        """The projects of the settings that the account sees, or all it sees. Asked for once."""
        return self._once("projects", self.visible_projects)

    def visible_projects(self) -> list[Record]:
        """Like `projects`, asked for anew."""
        if self.is_cloud:
            found = list(self.values("project/search", page_size=100, expand="description,lead"))
        else:
            found = self.get("project", expand="description,lead")
        if not found:
            # Cloud takes a wrong token for an anonymous visitor, who sees nothing: here it has to say so.
            self.get("myself")
        asked = self.settings.projects
        return [project for project in found if not asked or project["key"] in asked]

    @property
    def missing_projects(self) -> list[str]:
        """Keys of the settings that the account does not see."""
        seen = {project["key"] for project in self.projects}
        return [key for key in self.settings.projects if key not in seen]

    @property
    def fields(self) -> list[Record]:
        """Every field of the site. Asked for once."""
        return self._once("fields", lambda: self.get("field"))

    @property
    def custom_fields(self) -> CustomFields:
        """Which fields play which role, as far as no board is needed to tell."""
        return discover(self.fields, overrides=self.settings.fields)

    @property
    def boards(self) -> list[Record]:
        """The boards of the projects, each once. Asked for once."""
        return self._once("boards", self._visible_boards)

    def _visible_boards(self) -> list[Record]:
        boards: dict[int, Record] = {}
        for project in self.projects:
            for board in self.values("board", agile=True, projectKeyOrId=project["key"]):
                boards.setdefault(board["id"], board)
        return list(boards.values())

    def _once(self, name: str, ask: Callable[[], list[Record]]) -> list[Record]:
        """What was answered the first time.

        Not by `cached_property`: in Python 3.11 its lock is that of all sites, and one that answers late would hold up the others.
        """
        if name not in self._answers:
            self._answers[name] = ask()
        return self._answers[name]

    def close(self) -> None:
        """Gives the connections back."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _answered(send: Callable[[], Any]) -> Any:
    """The reply; a refusal as our own error, without the headers and bodies that the client's error holds."""
    from jira import JIRAError

    try:
        return send()
    except JIRAError as error:
        wait = error.response.headers.get("Retry-After") if error.response is not None else None
        raise RefusedError(error.status_code or 0, error.text or "", wait) from None


def connect(settings: JiraSettings, *, patience: Patience | None = None) -> JiraClient:
    """A client for the site. Sends nothing yet."""
    return JiraClient(settings, patience=patience)
