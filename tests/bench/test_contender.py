"""The bench's own parts keep working: the server's pages are whole for the hub, and nothing is left to read afterwards."""

import pytest

from tests.bench import contender, documents, measured


@pytest.fixture(scope="module")
def url():
    with measured.serving(230, 60, 40) as address:
        yield address


@pytest.mark.parametrize(("kind", "count"), [("issues", 230), ("pull_requests", 60)])
def test_the_hub_reads_what_the_bare_loop_reads(url, kind, count, tmp_path, monkeypatch):
    """Both see every record once, over several pages."""
    monkeypatch.setenv("BENCH_TOKEN", "any")
    (tmp_path / "bare").mkdir()
    assert contender.bare(kind, url, tmp_path / "bare") == contender.hub(kind, url, tmp_path / "hub") == count
    assert contender.hub(kind, url, tmp_path / "hub") == 0


def test_an_issue_of_the_bench_weighs_what_an_issue_weighs():
    """About 5 KB with its changelog."""
    [issue] = documents.records(documents.issue, 7, 8)
    assert 4000 < len(issue) < 6000
