"""What goes wrong on the way to Jira is waited out as told, or named with its cause and remedy, and never shows a secret."""

from __future__ import annotations

import logging
import ssl
import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest
from werkzeug.serving import make_server

from connectors.jira import STREAMS, check
from connectors.stream import SourceError
from tests.connectors.jira.small_program import NOW, TOKEN

FIELDS = next(stream for stream in STREAMS if stream.name == "fields")
ISSUES = next(stream for stream in STREAMS if stream.name == "issues")


def fields(client):
    """The records of the smallest stream."""
    return [record for page in FIELDS.read(client, None) for record in page.records]


def failure(client, stream=FIELDS):
    """The error that a read ends in."""
    with pytest.raises(SourceError) as caught:
        list(stream.read(client, None))
    return caught.value


@pytest.mark.parametrize(
    ("status", "retry_after", "wait"),
    [
        (429, "7", 7.0),
        (429, "2.5", 2.5),
        (429, "300", 300.0),
        (503, "90", 90.0),
        (429, format_datetime(NOW + timedelta(seconds=75), usegmt=True), 75.0),
    ],
)
def test_a_wait_is_kept_to_the_second(site, status, retry_after, wait):
    """Whole or not, as a date by the server's own clock, and above a minute too."""
    site.fail("/field", status=status, headers={"Retry-After": retry_after})
    assert len(fields(site.client())) > 20
    assert site.waits == [wait]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "soon"}])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_without_a_time_the_pauses_grow(site, status, headers):
    """Data Center's "retry-after: 0" asks for no wait, and words ask for none that can be kept."""
    site.fail("/field", status=status, headers=headers, times=3)
    assert len(fields(site.client())) > 20
    first, second, third = site.waits
    assert 0.75 <= first <= 1.25 < second <= 2.5 < third <= 5


def test_a_wait_longer_than_a_quarter_of_an_hour_ends_the_read(cloud):
    """The error says how long the site asked for."""
    cloud.fail("/field", status=429, headers={"Retry-After": "3600"})
    error = failure(cloud.client())
    assert "429" in error.cause
    assert "3600" in error.cause
    assert cloud.waits == []


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_a_connection_cut_now_and_then_costs_only_time(site, kind):
    site.fail("/field", kind=kind, times=2)
    assert len(fields(site.client())) > 20
    assert len(site.waits) == 2


@pytest.mark.parametrize(
    ("fault", "cause", "remedy"),
    [
        ({"status": 401, "body": '{"errorMessages": ["Client must be authenticated"]}'}, "HTTP 401", "token"),
        ({"status": 403, "body": '{"errorMessages": ["No access"]}'}, "HTTP 403", "Browse Projects"),
        ({"status": 404, "body": "<html>nothing here</html>"}, "HTTP 404", "Check url"),
        ({"status": 410, "body": '{"errorMessages": ["Removed"]}'}, "HTTP 410", "update the hub"),
        ({"status": 429, "headers": {"Retry-After": "1"}}, "HTTP 429", "exemption"),
        ({"status": 500}, "HTTP 500", "run again later"),
        ({"status": 502, "body": "<html><h1>Bad gateway</h1></html>"}, "Bad gateway", "run again later"),
        ({"status": 503}, "HTTP 503", "run again later"),
        ({"status": 200, "body": "<!DOCTYPE html><html>Sign in</html>"}, "HTML page", "single sign-on"),
        ({"status": 200, "body": '{"values": ['}, "broken body", "proxy"),
        ({"status": 200, "body": ""}, "empty body", "Run again"),
        ({"kind": "reset"}, "connection was cut", "firewall"),
        ({"kind": "truncate"}, "cut off", "proxy"),
        ({"kind": "stall"}, "no answer within", "run again later"),
    ],
)
def test_what_does_not_pass_is_named_with_cause_and_remedy(site, fault, cause, remedy):
    """In two lines: source, instance, stream and cause; then what to do. Without the token."""
    site.fail("/field", times=50, **fault)
    client = site.client()
    if fault.get("kind") == "stall":  # elsewhere a busy machine may take longer
        client._timeout = (1, 0.1)
    error = failure(client)
    where, what_to_do = str(error).splitlines()
    assert where.startswith("jira 'acme', fields: ")
    assert cause in where
    assert remedy in what_to_do
    assert TOKEN not in str(error)
    assert "<" not in str(error)


def test_a_wrong_token_is_named_by_whose_it_is(site):
    error = failure(site.client(token="stale-secret"), ISSUES)
    assert "HTTP 401" in error.cause
    assert ("hub@example.com" if site.settings.email else "personal access token") in error.remedy
    assert "stale-secret" not in str(error)


def test_cloud_taking_a_wrong_token_for_a_visitor_is_found_out(cloud):
    """Cloud answers some calls of an unknown visitor with empty lists instead of 401."""
    cloud.fail("/project/search", status=200, body='{"values": [], "isLast": true, "total": 0}')
    cloud.fail("/myself", status=401, body='{"errorMessages": ["Client must be authenticated"]}')
    assert "HTTP 401" in failure(cloud.client(), ISSUES).cause


def test_a_server_that_echoes_the_token_does_not_spread_it(cloud, caplog):
    cloud.fail("/field", times=50, status=400, body='{"errorMessages": ["bad header ' + TOKEN + '"]}')
    with caplog.at_level(logging.DEBUG):
        error = failure(cloud.client())
    assert TOKEN not in str(error)
    assert TOKEN not in caplog.text
    assert "***" in str(error)


def test_secrets_do_not_show_in_the_settings(site):
    assert TOKEN not in repr(site.settings)


def test_an_unknown_host_is_named(site):
    error = failure(site.client(url="http://jira.invalid"))
    assert "host name is not known" in error.cause


def test_a_closed_port_is_named(site):
    error = failure(site.client(url="http://127.0.0.1:9"))
    assert "nothing listens" in error.cause


def test_an_untrusted_certificate_is_named_and_not_tried_again(site):
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], ssl_context="adhoc")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        error = failure(site.client(url=f"https://127.0.0.1:{server.server_port}"))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "certificate is not trusted" in error.cause
    assert "verify" in error.remedy
    assert site.waits == []
    assert ssl.OPENSSL_VERSION  # the interpreter has TLS


def test_every_request_counts_repeats_too(site):
    """Two pauses, three tries, and one call to connect."""
    site.fail("/field", status=503, times=2)
    client = site.client()
    fields(client)
    assert client.calls == 4
    assert client.calls == len(site.sandbox.requests)


def test_what_the_site_says_of_its_budget_is_kept(site):
    site.fail("/field", status=200, body="[]", headers={"X-RateLimit-Remaining": "417"})
    client = site.client()
    assert client.calls_left is None
    fields(client)
    assert client.calls_left == 417


def test_a_client_sends_nothing_before_the_first_read(site):
    site.client().close()
    assert site.sandbox.requests == []


def test_a_redirected_question_is_not_taken_for_answered(cloud):
    """A redirect turns a POST into a GET without a body."""
    cloud.fail("POST .*search", times=50, status=302, headers={"Location": f"{cloud.url}/rest/api/3/field"})
    error = failure(cloud.client(), ISSUES)
    assert f"redirects to {cloud.url}" in error.cause
    assert "Set url" in error.remedy


def test_an_undocumented_shape_is_named(site):
    site.fail("/status", status=200, body='"nonsense"')
    site.fail("/project", status=200, body='{"unexpected": 1}')
    error = failure(site.client(), ISSUES)
    assert "shape that is not documented" in error.cause


def test_check_reports_the_failure_instead_of_raising_it(site):
    findings = list(check(site.client(token="stale-secret")))
    assert findings[-1].level == "error"
    assert "token" in findings[-1].remedy
    assert "stale-secret" not in str(findings)
