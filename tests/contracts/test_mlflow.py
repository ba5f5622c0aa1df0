"""The MLflow connector asks what the published REST specification allows and looks where it says the answers are."""

from __future__ import annotations

import json
import urllib.parse
from datetime import UTC, datetime

import pytest
from werkzeug.wrappers import Request, Response

from connectors.mlflow import STREAMS, MlflowSettings, check, connect
from connectors.mlflow.client import (
    EXPERIMENTS,
    LOGGED_MODELS,
    METRIC_VALUES,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    TRACES,
)
from connectors.sandbox.server import Sandbox, Server

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def endpoints(specs):
    """What the specification says of each method and path."""
    rows = json.loads((specs / "mlflow-rest-endpoints.json").read_text())
    return {(row["method"], row["path"]): row for row in rows}


_ANSWERS = {
    "experiments/search": {"experiments": [{"experiment_id": "1", "name": "churn"}]},
    "runs/search": {"runs": [{"info": {"run_id": "r1", "status": "RUNNING"}, "data": {"metrics": [{"key": "auc"}]}}]},
}


@pytest.fixture
def asked():
    """Method, path and names of the fields of every request of a first and a second read of all streams, and a check."""
    seen = []

    def note(environ, start_response):
        request = Request(environ)
        fields = set(json.loads(request.get_data() or "{}")) or set(
            urllib.parse.parse_qs(request.query_string.decode())
        )
        seen.append((request.method, request.path, fields))
        answer = next((content for path, content in _ANSWERS.items() if path in request.path), {})
        return Response(json.dumps(answer), content_type="application/json")(environ, start_response)

    sandbox = Sandbox(None, NOW)
    with Server(note, sandbox) as server:
        client = connect(MlflowSettings("lab", server.url, metric_history=("auc",)))
        for stream in STREAMS:
            cursor = None
            for _ in range(2):
                for page in stream.read(client, cursor):
                    cursor = page.cursor
        list(check(client))
    return seen


def test_every_request_is_in_the_specification(endpoints, asked):
    """With fields it knows; the version is asked at an address of its own, outside the API."""
    assert len({path for _, path, _ in asked}) == 9
    for method, path, fields in asked:
        if path == "/version":
            continue
        specified = (method, path.replace("/api/3.0/", "/api/2.0/"))  # the specification has one version for all
        assert specified in endpoints
        assert fields <= set(endpoints[specified]["request_fields"])


@pytest.mark.parametrize(
    "listing",
    [EXPERIMENTS, RUNS, REGISTERED_MODELS, MODEL_VERSIONS, LOGGED_MODELS, METRIC_VALUES, TRACES],
    ids=lambda item: item.path,
)
def test_every_list_is_where_the_specification_has_it(endpoints, listing):
    """Records and the token of the next page."""
    fields = endpoints[listing.method, f"/api/2.0/mlflow/{listing.path}"]["response_fields"]
    assert {listing.records, "next_page_token"} <= set(fields)
