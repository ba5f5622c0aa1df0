"""Records of the sizes and shapes that Jira, GitHub and MLflow send, made once from seeded words and numbered when asked for.

Each kind has a thousand distinct bodies, so that compression finds little more repetition than in real texts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

BODIES = 1000
NUMBER = b"\x01NUMBER"
"""Stands in a body where the record's number belongs; no text of JSON holds a control character."""

EPOCH = datetime(2021, 11, 1, tzinfo=UTC)
"""Records begin here and are spread over the five years that follow."""

SPAN = timedelta(days=5 * 365)
PROJECTS = ("DEM", "CUS", "PLT", "ORC")
REPOSITORY = {"databaseId": 4242, "nameWithOwner": "acme/models"}
STATUSES = (("10000", "To Do"), ("3", "In Progress"), ("10001", "In Review"), ("10002", "Done"))
HISTORIES = 7
REVIEWS = 3
METRICS = 20
VERSIONS_A_MODEL = 50

_MARK = "@NUMBER@"


def records(kind: Callable[[random.Random, float], dict[str, Any]], first: int, last: int) -> list[bytes]:
    """The JSON of the records `first` to `last` (exclusive)."""
    bodies = _bodies(kind)
    return [bodies[number % BODIES].replace(NUMBER, b"%d" % number) for number in range(first, last)]


@cache
def _bodies(kind: Callable[[random.Random, float], dict[str, Any]]) -> list[bytes]:
    drawn = random.Random(7)
    texts = (json.dumps(kind(drawn, index / BODIES), separators=(",", ":")) for index in range(BODIES))
    return [text.encode().replace(_MARK.encode(), NUMBER) for text in texts]


def issue(drawn: random.Random, share: float) -> dict[str, Any]:
    """A Jira Cloud issue with every field, its changelog complete: about 5 KB, 7 histories."""
    created = _moment(drawn, share)
    steps = [created + timedelta(days=2 * step, minutes=drawn.randrange(900)) for step in range(1, HISTORIES + 1)]
    statuses = [STATUSES[min(step // 2, 3)] for step in range(HISTORIES + 1)]
    people = [_person(drawn) for _ in range(3)]
    project = drawn.choice(PROJECTS)
    fields: dict[str, Any] = {
        "summary": _words(drawn, 8),
        "description": _document(_words(drawn, 30)),
        "project": {"id": "10001", "key": project, "name": _words(drawn, 2)},
        "issuetype": {"id": "10001", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "status": {
            "id": statuses[-1][0],
            "name": statuses[-1][1],
            "statusCategory": {"id": 3, "key": "done", "name": "Done"},
        },
        "priority": {"id": "3", "name": "Medium"},
        "labels": [_words(drawn, 1) for _ in range(2)],
        "components": [],
        "fixVersions": [],
        "versions": [],
        "issuelinks": [],
        "subtasks": [],
        "assignee": people[0],
        "reporter": people[1],
        "creator": people[1],
        "created": _jira(created),
        "updated": _jira(steps[-1]),
        "resolutiondate": _jira(steps[-1]),
        "resolution": {"id": "10000", "name": "Done"},
        "duedate": None,
        "parent": None,
        "customfield_10026": float(drawn.choice((1, 2, 3, 5, 8))),
        "customfield_10020": None,
        **dict.fromkeys((f"customfield_{number}" for number in range(10030, 10050)), None),
    }
    histories = [
        {
            "id": str(drawn.randrange(10**9)),
            "author": people[step % 3],
            "created": _jira(steps[step]),
            "items": [_status_change(statuses[step], statuses[step + 1])],
        }
        for step in reversed(range(HISTORIES))
    ]
    changelog = {"startAt": 0, "maxResults": HISTORIES, "total": HISTORIES, "histories": histories}
    return {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": f"1{_MARK}",
        "self": f"https://acme.atlassian.net/rest/api/3/issue/1{_MARK}",
        "key": f"{project}-{_MARK}",
        "changelog": changelog,
        "fields": fields,
    }


def pull_request(drawn: random.Random, share: float) -> dict[str, Any]:
    """A pull request as the connector's query brings it, with 3 reviews and its nested lists complete."""
    created = _moment(drawn, share)
    merged = _iso(created + timedelta(hours=drawn.randrange(4, 90)))
    people = [{"login": _words(drawn, 1), "__typename": "User"} for _ in range(3)]
    commits = [
        {
            "commit": {
                "oid": f"{drawn.getrandbits(160):040x}",
                "authoredDate": _iso(created),
                "committedDate": _iso(created),
                "messageHeadline": _words(drawn, 6),
                "author": {"name": _words(drawn, 2), "email": "a@acme.example", "user": {"login": people[0]["login"]}},
            }
        }
        for _ in range(4)
    ]
    reviews = [
        {
            "id": f"PRR_{_MARK}_{index}",
            "fullDatabaseId": f"{index}{_MARK}",
            "state": "APPROVED" if index else "CHANGES_REQUESTED",
            "submittedAt": _iso(created + timedelta(hours=1 + index)),
            "author": people[1 + index % 2],
        }
        for index in range(REVIEWS)
    ]
    files = [
        {"path": f"src/{_words(drawn, 1)}.py", "additions": drawn.randrange(90), "deletions": drawn.randrange(40)}
        for _ in range(5)
    ]
    return {
        "id": f"PR_{_MARK}",
        "fullDatabaseId": f"9{_MARK}",
        "number": drawn.randrange(10**6),
        "title": f"{drawn.choice(PROJECTS)}-{drawn.randrange(1, 10**5)} {_words(drawn, 6)}",
        "body": _words(drawn, 80),
        "url": f"https://github.com/acme/models/pull/{_MARK}",
        "state": "MERGED",
        "isDraft": False,
        "author": people[0],
        "createdAt": _iso(created),
        "updatedAt": merged,
        "closedAt": merged,
        "mergedAt": merged,
        "mergedBy": people[1],
        "mergeCommit": {"oid": f"{drawn.getrandbits(160):040x}"},
        "baseRefName": "main",
        "headRefName": f"feature/{_words(drawn, 1)}",
        "headRefOid": commits[-1]["commit"]["oid"],
        "additions": 200,
        "deletions": 40,
        "changedFiles": 5,
        "repository": REPOSITORY,
        "files": _list(files),
        "labels": _list([]),
        "commits": _list(commits),
        "reviews": _list(reviews),
        "reviewThreads": _list([]),
        "comments": _list([{"createdAt": _iso(created), "author": people[2]}]),
        "timelineItems": _list([]),
        "closingIssuesReferences": _list([]),
    }


def run(drawn: random.Random, share: float) -> dict[str, Any]:
    """A finished MLflow run with 12 parameters, 20 metrics, 8 tags and a data set."""
    started = int(_moment(drawn, share).timestamp() * 1000)
    ended = started + drawn.randrange(60_000, 7_200_000)
    tags = {
        "mlflow.user": _words(drawn, 1),
        "mlflow.source.name": "train.py",
        "mlflow.source.type": "LOCAL",
        "mlflow.runName": _words(drawn, 2),
        "mlflow.source.git.commit": f"{drawn.getrandbits(160):040x}",
        **{_words(drawn, 1): _words(drawn, 2) for _ in range(3)},
    }
    run_id = f"{_MARK}{drawn.getrandbits(80):020x}"
    return {
        "info": {
            "run_uuid": run_id,
            "experiment_id": "1",
            "run_name": tags["mlflow.runName"],
            "user_id": tags["mlflow.user"],
            "status": "FINISHED",
            "start_time": started,
            "end_time": ended,
            "artifact_uri": f"s3://acme-models/1/{run_id}/artifacts",
            "lifecycle_stage": "active",
            "run_id": run_id,
        },
        "data": {
            "metrics": [
                {"key": f"metric_{index}", "value": drawn.random(), "timestamp": ended, "step": 0}
                for index in range(METRICS)
            ],
            "params": [{"key": f"param_{index}", "value": _words(drawn, 1)} for index in range(12)],
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        },
        "inputs": {
            "dataset_inputs": [{"dataset": {"name": _words(drawn, 1), "digest": f"{drawn.getrandbits(32):08x}"}}]
        },
    }


def registered_model(number: int) -> dict[str, Any]:
    """A model whose newest version is champion, the one before it challenger."""
    return {
        "name": _model(number),
        "creation_timestamp": int(EPOCH.timestamp() * 1000),
        "last_updated_timestamp": int(EPOCH.timestamp() * 1000),
        "tags": [{"key": "hub.owner", "value": "ada"}, {"key": "hub.metric.metric_0", "value": "higher"}],
        "aliases": [
            {"alias": "champion", "version": str(VERSIONS_A_MODEL)},
            {"alias": "challenger", "version": str(VERSIONS_A_MODEL - 1)},
        ],
    }


def model_version(number: int, run: dict[str, Any]) -> dict[str, Any]:
    """A version that came from a run; every fiftieth begins another model."""
    model, version = divmod(number, VERSIONS_A_MODEL)
    return {
        "name": _model(model),
        "version": str(version + 1),
        "creation_timestamp": run["info"]["end_time"],
        "last_updated_timestamp": run["info"]["end_time"],
        "current_stage": "None",
        "source": run["info"]["artifact_uri"],
        "run_id": run["info"]["run_id"],
        "status": "READY",
        "tags": [{"key": "hub.privacy_review", "value": "passed"}, {"key": "hub.approved_by", "value": "ada"}],
    }


def _model(number: int) -> str:
    return f"model-{number:04}"


def _moment(drawn: random.Random, share: float) -> datetime:
    return EPOCH + SPAN * share + timedelta(minutes=drawn.randrange(1000))


def _jira(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _words(drawn: random.Random, count: int) -> str:
    return " ".join(f"{drawn.choice(_ONSETS)}{drawn.choice(_RHYMES)}{drawn.choice(_RHYMES)}" for _ in range(count))


_ONSETS = ("b", "br", "d", "f", "gr", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v")
_RHYMES = ("al", "ander", "el", "er", "ing", "in", "ir", "on", "ora", "os", "um", "uni")


def _person(drawn: random.Random) -> dict[str, Any]:
    account = f"{drawn.getrandbits(96):024x}"
    return {
        "self": f"https://acme.atlassian.net/rest/api/3/user?accountId={account}",
        "accountId": account,
        "emailAddress": f"{account[:6]}@acme.example",
        "displayName": _words(drawn, 2),
        "active": True,
        "timeZone": "Europe/Berlin",
        "accountType": "atlassian",
    }


def _document(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def _status_change(before: tuple[str, str], after: tuple[str, str]) -> dict[str, Any]:
    return {
        "field": "status",
        "fieldtype": "jira",
        "fieldId": "status",
        "from": before[0],
        "fromString": before[1],
        "to": after[0],
        "toString": after[1],
    }


def _list(nodes: list[Any]) -> dict[str, Any]:
    return {"totalCount": len(nodes), "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
