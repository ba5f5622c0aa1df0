"""What the pipelines tell the reports."""

from __future__ import annotations

import pytest

from pipelines.settings import Settings


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://git.acme.example/api/v3", "https://git.acme.example"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("http://127.0.0.1:8572/api/v3", "http://127.0.0.1:8572"),
        ("https://acme.example/github/api/v3", "https://acme.example/github"),
    ],
)
def test_the_web_address_of_github_follows_from_its_api(api: str, web: str) -> None:
    """github.com, data residency, and servers of one's own."""
    settings = Settings.model_validate(
        {"github": [{"name": "acme", "url": api, "token": "env:T", "repositories": ["acme/core"]}]}
    )
    assert settings.links == {"github/acme": web}
