"""Keys, pull requests and models lead to the records themselves, where the addresses are known."""

from __future__ import annotations

from pathlib import Path

import pytest

import reports
from tests.reports.reading import Page

LINKS = {
    "jira/acme": "https://acme.example/jira",
    "github/acme": "https://git.acme.example",
    "mlflow/acme": "https://mlflow.acme.example/",
}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("delivery", "https://acme.example/jira/browse/FRAUD-212"),
        ("delivery", "https://git.acme.example/acme/fraud-model/pull/311"),
        ("model_health", "https://mlflow.acme.example/#/models/ranker"),
        ("program_status", "https://acme.example/jira/browse/FRAUD-212"),
        ("steering_pack", "https://acme.example/jira/browse/SEARCH-88"),
        ("data_trust", "https://acme.example/jira/browse/FRAUD-240"),
        ("responsible_ai", "https://mlflow.acme.example/#/models/care-intent"),
        ("risks", "https://acme.example/jira/browse/FRAUD-212"),
        ("program_status", "https://mlflow.acme.example/#/models/ranker"),
    ],
)
def test_a_record_is_a_link_on_the_page_and_in_markdown(name: str, address: str, believable: Path) -> None:
    """The same address in both."""
    report = reports.render(name, believable, links=LINKS)
    assert address in {value for _, key, value in Page(report.html).attributes if key == "href"}
    assert f"](<{address}>)" in report.markdown


def test_the_records_behind_a_colour_are_links(believable: Path) -> None:
    """In the table of all of them."""
    html = reports.render("program_status", believable, links=LINKS).html
    records = html[html.index("Records behind red and amber colours") :].split("</table>", 1)[0]
    assert 'href="https://acme.example/jira/browse/FRAUD-212"' in records


def test_an_address_that_is_no_web_address_is_no_link(believable: Path) -> None:
    """A setting such as a file or a script's address never becomes clickable."""
    report = reports.render("delivery", believable, links={"jira/acme": "javascript:alert(1)"})
    assert "javascript:" not in report.html
