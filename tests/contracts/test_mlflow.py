"""The MLflow connector asks what the published REST specification allows and looks where it says the answers are."""

from __future__ import annotations

import json
import urllib.parse
from datetime import UTC, datetime

import pytest
from werkzeug.wrappers import Request, Response

from connectors.mlflow import STREAMS, MlflowSettings, check, connect
from connectors.mlflow.client import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS
from connectors.sandbox.server import Sandbox, Server

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def endpoints(specs):
    """What the specification says of each method and path."""
    rows = json.loads((specs / "mlflow-rest-endpoints.json").read_text())
    return {(row["method"], row["path"]): row for row in rows}


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
        answer = {"experiments": [{"experiment_id": "1", "name": "churn"}]} if "experiments" in request.path else {}
        return Response(json.dumps(answer), content_type="application/json")(environ, start_response)

    sandbox = Sandbox(None, NOW)
    with Server(note, sandbox) as server:
        client = connect(MlflowSettings("lab", server.url))
        for stream in STREAMS:
            cursor = None
            for _ in range(2):
                for page in stream.read(client, cursor):
                    cursor = page.cursor
        list(check(client))
    return seen


def test_every_request_is_in_the_specification(endpoints, asked):
    """With fields it knows; the version is asked at an address of its own, outside the API."""
    assert len(asked) > 8
    for method, path, fields in asked:
        if path == "/version":
            continue
        assert (method, path) in endpoints
        assert fields <= set(endpoints[method, path]["request_fields"])


@pytest.mark.parametrize("listing", [EXPERIMENTS, RUNS, REGISTERED_MODELS, MODEL_VERSIONS], ids=lambda item: item.path)
def test_every_list_is_where_the_specification_has_it(endpoints, listing):
    """Records and the token of the next page."""
    fields = endpoints[listing.method, f"/api/2.0/mlflow/{listing.path}"]["response_fields"]
    assert {listing.records, "next_page_token"} <= set(fields)
