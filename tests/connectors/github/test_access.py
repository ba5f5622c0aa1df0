"""Who may read what: tokens, apps, organisations, patterns, and the findings of `hub check`."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors import github
from connectors.sandbox.program import Repository


@pytest.fixture(scope="module")
def key() -> str:
    """An app's private key."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    return made.private_bytes(*form).decode()


def names(outcome) -> list[str]:
    return [record["full_name"] for record in outcome.records]


def test_an_app_reads_what_it_is_installed_on(play, read, key):
    """One installation token for the run; without names, all of the installation's repositories."""
    started = play(per_page_cap=1)
    with started.connect(token=None, app_id=7, installation_id=42, private_key=key, repositories=()) as client:
        assert names(read(client, "repositories")) == ["acme/ranker", "acme/feeds"]
        assert len(read(client, "pull_requests").records) == 1
        assert client.calls == len(started.requests())
    assert started.requests("access_tokens") == ["POST /api/v3/app/installations/42/access_tokens"]


def test_an_organisation_is_listed_once_and_along_its_links(play, read):
    """Paged by Link headers; the list serves all streams of a run."""
    started = play(per_page_cap=1)
    with started.connect(repositories=(), organizations=("acme",)) as client:
        assert names(read(client, "repositories")) == ["acme/ranker", "acme/feeds"]
        assert len(read(client, "pull_requests").records) == 1
    assert len(started.requests("/orgs/acme/repos")) == 2


@pytest.mark.parametrize(
    ("repositories", "expected"),
    [
        (("acme/*",), ["acme/ranker", "acme/feeds", "acme/ranker-docs"]),
        (("acme/rank*",), ["acme/ranker", "acme/ranker-docs"]),
        (("acme/*", "!acme/*-docs"), ["acme/ranker", "acme/feeds"]),
        (("acme/feeds", "acme/*"), ["acme/feeds", "acme/ranker", "acme/ranker-docs"]),
        (("ACME/Ranker",), ["acme/ranker"]),
    ],
)
def test_patterns_choose_repositories(play, read, story, repositories, expected):
    """A star names many, an exclamation mark takes out; each is read once."""
    started = play()
    started.sandbox.program.repositories.append(Repository(4, "acme", "ranker-docs", "", story.START))
    assert names(read(started.connect(repositories=repositories), "repositories")) == expected


def test_an_organisation_that_is_not_visible_is_named(play, read):
    """The named repositories are read all the same."""
    outcome = read(play().connect(organizations=("acne",)), "pull_requests")
    assert len(outcome.records) == 1
    assert "organisation acne: not visible" in str(outcome.error)


def test_a_check_of_a_good_connection_finds_nothing_wrong(play):
    """Who is signed in, what is left, each repository."""
    findings = list(github.check(play().connect()))
    assert [finding.level for finding in findings] == ["ok"] * 5
    assert findings[0].message == "signed in as sandbox-reader"
    assert findings[3].subject == "github acme: acme/ranker"


def test_a_check_warns_of_a_token_that_can_write(play):
    """The hub only reads: less is enough."""
    findings = list(github.check(play(scopes="repo, read:org").connect()))
    assert [finding.message for finding in findings if finding.level == "warning"] == [
        "the token could also write (repo)"
    ]


def test_a_check_of_an_app_asks_for_no_user(play, key):
    """An app has none."""
    client = play().connect(token=None, app_id=7, installation_id=42, private_key=key)
    assert {finding.level for finding in github.check(client)} == {"ok"}


def test_a_check_names_a_refused_token(play):
    """One error, with the permissions to grant."""
    findings = list(github.check(play(token="another").connect()))
    assert [finding.level for finding in findings] == ["error"]
    assert "Deployments" in findings[0].remedy


def test_a_check_names_missing_permissions(play):
    """Each by the name it has on GitHub's token page."""
    findings = list(github.check(play(forbidden={"deployments", "issues"}).connect(repositories=("acme/ranker",))))
    errors = {finding.message: finding.remedy for finding in findings if finding.level == "error"}
    assert set(errors) == {"deployments cannot be read", "issues cannot be read"}
    assert '"Deployments"' in errors["deployments cannot be read"]


def test_a_check_names_what_is_not_visible(play):
    """The others are still looked at."""
    started = play(hidden={2: 404})
    findings = list(github.check(started.connect()))
    assert [finding.subject for finding in findings if finding.level == "error"] == ["github acme: acme/feeds"]
    assert any(finding.message.startswith("visible") for finding in findings)


def test_a_check_says_when_nothing_is_to_be_read(play):
    """A section without repositories is a mistake."""
    findings = list(github.check(play().connect(repositories=())))
    assert findings[-1].message == "no repository is named and none is found"


def test_a_check_warns_of_a_limit_nearly_used_up(play):
    """Before a first read has to pause."""
    started = play(points=60)
    started.behaviour.used["graphql"] = 58
    messages = [finding.message for finding in github.check(started.connect()) if finding.level == "warning"]
    assert any("2 of 60 graphql points left" in message for message in messages)


def test_a_repository_that_its_organisation_no_longer_shows_is_no_deletion(play, read):
    """Hidden from the token and deleted look alike: the page is partial, the error says how to confirm a deletion."""
    started = play()
    client = started.connect(repositories=(), organizations=("acme",))
    cursor = read(client, "repositories").cursor
    started.behaviour.hidden[2] = 404
    for _ in range(2):
        outcome = read(started.connect(repositories=(), organizations=("acme",)), "repositories", cursor)
        cursor = outcome.cursor
        assert outcome.pages[-1].is_partial
        assert "acme/feeds: not visible" in outcome.error.cause
        assert "hub sync github --full" in outcome.error.remedy
    anew = read(started.connect(repositories=(), organizations=("acme",)), "repositories")
    assert (names(anew), anew.pages[-1].is_partial, anew.error) == (["acme/ranker"], False, None)


def test_a_key_that_is_none_is_named_without_its_text(play, read):
    """Before anything is sent."""
    started = play()
    outcome = read(started.connect(token=None, app_id=7, installation_id=42, private_key="no key"), "pull_requests")
    assert outcome.error.cause == "the app's private key cannot be used"
    assert "no key" not in str(outcome.error)
    assert started.requests() == []
