"""What goes wrong on the way to Google: told in two lines without secrets, tried again within bounds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.sandbox.server import Fault
from connectors.sheets import STREAMS, check
from connectors.sheets import client as asking
from connectors.stream import SourceError
from pipelines.sync import sync
from warehouse import landing

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BUDGET = next(stream for stream in STREAMS if stream.name == "budget")


def read(client):
    return [record for page in BUDGET.read(client, None) for record in page.records if record["key"] != "_places"]


def refusal(code, reason="", status=""):
    """An error as Google words it."""
    error = {
        "code": code,
        "message": "told",
        "status": status,
        "errors": [{"reason": reason}],
        "details": [{"reason": reason}],
    }
    return json.dumps({"error": error})


@pytest.fixture(scope="session")
def key():
    """A service account's private key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private.private_bytes(*form).decode()


@pytest.fixture
def account(sheet, key):
    """The JSON of a service account whose tokens the sandbox gives."""
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "hub@example.iam.gserviceaccount.com",
            "private_key": key,
            "token_uri": f"{sheet.url}/token",
        }
    )


def test_a_service_account_reads_with_the_two_scopes(sheet, account, tmp_path):
    """Given as text or as a file; the token's request counts as a call."""
    client = sheet.client(credentials=account)
    assert len(read(client)) == 2
    assert sheet.sandbox.requests[0] == "POST /token"
    assert client.calls == len(sheet.sandbox.requests) == 6
    (tmp_path / "key.json").write_text(account)
    assert len(read(sheet.client(credentials=str(tmp_path / "key.json")))) == 2
    assert "PRIVATE KEY" not in repr(client.settings)


@pytest.mark.parametrize(
    ("credentials", "cause"),
    [
        ("/no/such/file.json", "cannot be read"),
        ('{"type": "x"}', "not a service account"),
        ("{", "not a service account"),
    ],
)
def test_unusable_credentials_are_told_before_anything_is_sent(sheet, credentials, cause):
    """And are not shown."""
    with pytest.raises(SourceError, match=cause) as failure:
        read(sheet.client(credentials=credentials))
    assert credentials not in str(failure.value)
    assert sheet.sandbox.requests == []


def test_a_refused_key_is_told(sheet, account):
    """The token service says no: the key was revoked."""
    sheet.sandbox.faults.append(Fault("POST /token", "reply", status=400, body='{"error": "invalid_grant"}', times=9))
    with pytest.raises(SourceError, match="did not accept the credentials\nCreate a new key"):
        read(sheet.client(credentials=account))


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        ((401, refusal(401, "authError")), "credentials", "key"),
        ((403, refusal(403, "forbidden")), "may not read this spreadsheet (403)", "Share it"),
        ((403, refusal(403, "SERVICE_DISABLED")), "an API is switched off", "Enable the Google Sheets API"),
        ((403, refusal(403, "insufficientPermissions")), "lack a scope", "spreadsheets.readonly"),
        ((404, refusal(404, "notFound")), "no such spreadsheet", "Copy the id"),
        ((404, "<html>no"), "no such spreadsheet", "Copy the id"),
        ((400, refusal(400)), "Google answered 400", "hub check"),
        ((410, ""), "Google answered 410", "hub check"),
        ((200, "<html>Sign in"), "the answer is not JSON", "login page"),
    ],
)
def test_a_lasting_failure_is_told_at_once(sheet, answer, cause, remedy):
    """It names source, instance, stream, cause and remedy in two lines."""
    status, body = answer
    sheet.sandbox.faults.append(Fault("/drive/v3/files", "reply", status=status, body=body))
    with pytest.raises(SourceError) as failure:
        read(sheet.client())
    first, second = str(failure.value).splitlines()
    assert first.startswith("sheets 'pmo', budget: ")
    assert cause in first
    assert remedy in second
    assert sheet.waits == []


@pytest.mark.parametrize(
    ("status", "body", "headers", "wait"),
    [
        (429, refusal(429, "RATE_LIMIT_EXCEEDED"), {}, 60.0),
        (403, refusal(403, "userRateLimitExceeded"), {}, 60.0),
        (429, "", {"Retry-After": "17"}, 17.0),
        (429, "", {"Retry-After": "Mon, 23 Nov 2026 06:02:00 GMT"}, 120.0),
        (503, "", {}, pytest.approx(1.0, rel=0.25)),
        (500, refusal(500), {"Retry-After": "0.5"}, 0.5),
    ],
)
def test_a_passing_failure_is_outwaited(sheet, status, body, headers, wait):  # cases
    """A used-up quota counts per minute: without a time named, a shorter wait only burns the next minute's calls."""
    sheet.sandbox.faults.append(Fault("values:batchGet", "reply", status=status, body=body, headers=headers))
    client = sheet.client()
    assert len(read(client)) == 2
    assert sheet.waits == [wait]
    assert client.calls == len(sheet.sandbox.requests) == 6


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_a_broken_connection_is_tried_again(sheet, kind):
    """Cut or ended in the middle of the body."""
    sheet.sandbox.faults.append(Fault("values:batchGet", kind, times=2))
    client = sheet.client()
    assert len(read(client)) == 2
    assert client.calls == len(sheet.sandbox.requests)


def test_a_quota_that_stays_used_up_ends_the_read(sheet):
    """Five attempts over four minutes, then the error; an hour's wait is left to the next run."""
    sheet.sandbox.faults.append(Fault("values:batchGet", "reply", status=429, times=99))
    with pytest.raises(SourceError, match="throttled the reads"):
        read(sheet.client())
    assert sheet.waits == [60.0] * 4
    sheet.waits.clear()
    sheet.sandbox.faults[:] = [Fault("values:batchGet", "reply", status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(SourceError, match="throttled the reads"):
        read(sheet.client())
    assert sheet.waits == []


def test_a_file_in_the_bin_is_told(sheet):
    """It can still be read, and would silently grow old."""
    sheet.sandbox.faults.append(Fault("/drive/v3/files", "reply", status=200, body='{"version": "5", "trashed": true}'))
    with pytest.raises(SourceError, match="in the bin\nRestore it"):
        read(sheet.client())


@pytest.mark.parametrize(
    ("url", "cause"),
    [("http://127.0.0.1:9", "the connection broke"), ("http://sheets.invalid", "host name is unknown")],
)
def test_an_address_where_nobody_answers(sheet, url, cause):
    """A closed port or an unknown host, after the attempts."""
    with pytest.raises(SourceError, match=cause):
        read(sheet.client(url=url))
    assert sheet.waits == pytest.approx([1.0, 2.0, 4.0, 8.0], rel=0.25)


def test_a_server_that_is_silent_is_given_up_and_asked_again(sheet, monkeypatch):
    """Nothing comes within the time limit: the connection is dropped and the request sent anew, five times in all."""
    monkeypatch.setattr(asking, "_TIMEOUT", 0.3)
    sheet.sandbox.faults.append(Fault("values:batchGet", "stall"))
    assert len(read(sheet.client())) == 2
    sheet.sandbox.faults.append(Fault("/drive/v3/files", "stall", times=99))
    sheet.waits.clear()
    with pytest.raises(SourceError, match="did not answer in time\nSee whether a firewall"):
        read(sheet.client())
    assert sheet.waits == pytest.approx([1.0, 2.0, 4.0, 8.0], rel=0.25)


def test_a_certificate_that_nobody_signed_is_told_at_once(sheet, untrusted):
    """Trying again would not help."""
    with pytest.raises(SourceError, match="certificate is not trusted\nMend the certificate"):
        read(sheet.client(url=untrusted))
    assert sheet.waits == []


def test_a_plain_server_behind_https_is_told(sheet):
    """The address begins with https, the server does not speak it."""
    with pytest.raises(SourceError, match="does not speak TLS\nCorrect url"):
        read(sheet.client(url=sheet.url.replace("http:", "https:")))
    assert sheet.waits == []


def test_what_goes_wrong_costs_the_tab_alone_and_the_next_run_heals_it(sheet, tmp_path):
    """What had landed stays, other tabs go on; the attempt says why."""
    zone = landing.Zone(tmp_path / "landing")

    def run():
        with sheet.client() as client:
            return {r.stream: r for r in sync("sheets", "pmo", client, STREAMS, zone, synced_at=NOW)}

    assert run()["budget"].landed_count == 3  # two rows and the record of their addresses
    tabs = [tab for tab in sheet.sandbox.program.spreadsheet_versions[-1].tabs if tab.title != "Budget FY27"]
    sheet.save(tabs, hours=1)
    broken = run()
    assert "no tab" in broken["budget"].error
    assert (broken["risks"].error, broken["risks"].record_count) == (None, 2)
    assert zone.open("pmo", "sheets_budget").count == 3
    sheet.save(sheet.sandbox.program.spreadsheet_versions[0].tabs, hours=2)
    assert run()["budget"].error is None


def test_check_tells_a_refusal_as_a_finding(sheet):
    """An error of the connection does not end the check."""
    sheet.sandbox.faults.append(Fault("/v4/", "reply", status=403, body=refusal(403)))
    (finding,) = check(sheet.client())
    assert (finding.level, finding.subject) == ("error", "sheets 'pmo'")
    assert finding.remedy.startswith("Share it")
