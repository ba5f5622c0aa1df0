"""Which repositories the settings mean, followed by their numeric ids; and the stream of their REST records.

A name is asked for once. From then on the id in the cursor counts: a renamed or transferred repository is still the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from connectors.github.client import GitHubClient
from connectors.github.failures import UnreadableError
from connectors.github.times import moment
from connectors.stream import Cursor, Deletions, Page, Record, SourceError, Stream


@dataclass(frozen=True, slots=True)
class Target:
    """A repository to read: `name` is how messages call it, the ids never change."""

    id: int
    node_id: str
    name: str


def targets(client: GitHubClient, position: Cursor, *, stream: str, lost: list[UnreadableError]) -> Iterator[Target]:
    """The repositories of the settings, each once. What is not visible, or has vanished from its list, goes to `lost`.

    `position` is the stream's cursor, in which this keeps its memory: `names`, name in the settings -> [id, node id], and
    `listed`, the repositories read so far, id -> name. One that a list no longer shows is looked up before it is dropped:
    it may be hidden from the token, and then nothing of it is deleted.
    """
    names: dict[str, list[Any]] = position.setdefault("names", {})
    known: dict[str, str] = position.setdefault("listed", {})
    seen: set[int] = set()
    for name in _plain_names(client):
        if name not in names:
            try:
                record = one(client, name, stream=stream)
            except UnreadableError as error:
                lost.append(error)
                continue
            names[name] = [record["id"], record["node_id"]]
        if names[name][0] not in seen:
            seen.add(names[name][0])
            known[str(names[name][0])] = name
            yield Target(names[name][0], names[name][1], name)
    for record in listed(client, stream=stream, lost=lost):
        if record["id"] not in seen:
            seen.add(record["id"])
            known[str(record["id"])] = record["full_name"]
            yield Target(record["id"], record["node_id"], record["full_name"])
    if not lost:
        absent = {key: name for key, name in known.items() if int(key) not in seen}
        lost += _vanished(client, absent, stream=stream)
        if not lost:
            for key in absent:  # visible, but no longer asked for
                del known[key]


def forgotten(cursor: Cursor) -> Cursor:
    """What a sweep begins with: nothing but the repositories that there were, so that a hidden one is missed."""
    return {"listed": cursor.get("listed", {})}


def repository(client: GitHubClient, target: Target, *, stream: str) -> Record:
    """The REST record of a repository; asked for unless it has come in this run."""
    if target.id not in client.records:
        one(client, target.id, stream=stream)
    return client.records[target.id]


def one(client: GitHubClient, name_or_id: str | int, *, stream: str) -> Record:
    """A repository's REST record, by name (renames are followed) or id."""
    path = f"/repositories/{name_or_id}" if isinstance(name_or_id, int) else f"/repos/{name_or_id}"
    record: Record = client.rest(path, stream=stream, name=str(name_or_id)).body
    if not isinstance(record.get("id"), int):
        raise client.failure(
            stream, f"{client.host} answered something else than a repository", "Check `url` in the [[github]] section."
        )
    client.records[record["id"]] = record
    return record


def listed(client: GitHubClient, *, stream: str, lost: list[UnreadableError]) -> Iterator[Record]:
    """Records of the repositories that organisations and patterns bring; each list is read once in a run."""
    for owner, pattern in _lists(client):
        try:
            if owner not in client.known:
                client.known[owner] = _read_list(client, owner, stream=stream)
                client.records |= {record["id"]: record for record in client.known[owner]}
        except UnreadableError as error:
            lost.append(error)
            continue
        for record in client.known[owner]:
            full_name = str(record["full_name"]).lower()
            if fnmatchcase(full_name, pattern) and not any(fnmatchcase(full_name, x) for x in _excluded(client)):
                yield record


def _read_list(client: GitHubClient, owner: str, *, stream: str) -> list[Record]:
    if not owner:  # an app without named repositories: all that it is installed on
        pages = client.pages("/installation/repositories", stream=stream, name="the installation", shape=dict)
        return [record for page in pages for record in page.body["repositories"]]
    pages = client.pages(f"/orgs/{owner}/repos", stream=stream, name=f"organisation {owner}", type="all")
    return [record for page in pages for record in page.body]


def _plain_names(client: GitHubClient) -> Iterable[str]:
    return (name for name in client.settings.repositories if "*" not in name and not name.startswith("!"))


def _excluded(client: GitHubClient) -> list[str]:
    return [name[1:].lower() for name in client.settings.repositories if name.startswith("!")]


def _lists(client: GitHubClient) -> list[tuple[str, str]]:
    """(organisation, pattern of full names) of every list to read."""
    settings = client.settings
    patterns = [name.lower() for name in settings.repositories if "*" in name and not name.startswith("!")]
    lists = [(owner, f"{owner.lower()}/*") for owner in settings.organizations]
    lists += [(pattern.partition("/")[0], pattern) for pattern in patterns]
    if not lists and not any(_plain_names(client)) and settings.app_id is not None:
        return [("", "*")]
    return lists


def unreadable(client: GitHubClient, stream: str, lost: list[UnreadableError]) -> SourceError:
    """The error that ends a read in which some repositories were missing, after the others have been read."""
    causes = "; ".join(f"{error.name}: {error.cause}" for error in lost)
    remedies = " ".join(dict.fromkeys(error.remedy for error in lost))
    return client.failure(stream, f"{causes}. The other repositories were read", remedies)


def read(client: GitHubClient, cursor: Cursor | None) -> Iterator[Page]:
    """The repositories of the settings, followed by their ids. One that its list no longer shows may be hidden: it stays, with an error."""
    names: dict[str, list[Any]] = dict((cursor or {}).get("names", {}))
    known: dict[str, str] = (cursor or {}).get("listed", {})
    lost: list[UnreadableError] = []
    records: dict[int, Record] = {}
    shown: dict[str, str] = {}
    for name in _plain_names(client):
        try:
            record = _followed(client, name, names)
        except UnreadableError as error:
            lost.append(error)
            continue
        names[name] = [record["id"], record["node_id"]]
        records.setdefault(record["id"], record)
    for record in listed(client, stream="repositories", lost=lost):
        records.setdefault(record["id"], record)
        shown[str(record["id"])] = record["full_name"]
    absent = {key: name for key, name in known.items() if int(key) not in records}
    lost += _vanished(client, absent, stream="repositories")
    position = {"names": names, "listed": known | shown if lost else shown}
    yield Page(list(records.values()), position, is_partial=bool(lost), total=len(records))
    if lost:
        raise unreadable(client, "repositories", lost)


def _vanished(client: GitHubClient, known: dict[str, str], *, stream: str) -> Iterator[UnreadableError]:
    """Those that their list no longer shows and that cannot be seen by id either: deleted, or hidden from the token."""
    for key, name in known.items():
        try:
            one(client, int(key), stream=stream)
        except UnreadableError as error:
            remedy = f"{error.remedy} If it was deleted on purpose: hub sync github --full."
            yield UnreadableError(name, error.cause, remedy)


def _followed(client: GitHubClient, name: str, names: dict[str, list[Any]]) -> Record:
    """By the id known; by name if there is none, or if that repository is gone and another has taken its name."""
    if name in names:
        try:
            return one(client, int(names[name][0]), stream="repositories")
        except UnreadableError:
            return one(client, name, stream="repositories")
    return one(client, name, stream="repositories")


REPOSITORIES: Stream[GitHubClient] = Stream(
    name="repositories",
    key=lambda record: str(record["id"]),
    updated_at=lambda record: moment(record.get("updated_at")),
    read=read,
    deletions=Deletions.FULL_READ,
    calls="1 per repository named, 1 per 100 of an organisation",
)
