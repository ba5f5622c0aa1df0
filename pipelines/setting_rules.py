"""What hub.toml must hold so that it can work, beyond the form of each value: addresses, names, files. Not here: the form (settings.py).

A rule of one value returns it or raises ValueError with what to write instead; those of the whole file yield faults.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pipelines.settings import Settings

OBLIGATIONS = Path(__file__).parent.parent / "warehouse" / "seeds" / "obligations.csv"
STORES = frozenset({
    "s3", "s3a", "gs", "gcs", "az", "azure", "azblob", "adl", "abfs", "abfss", "hdfs", "webhdfs",
    "viewfs", "oss", "obs", "cos", "tos", "b2", "swift", "hf", "lakefs", "file",
})  # fmt: skip
"""What a landing zone's address may begin with: the stores that the Delta library writes to."""

_JIRA_PAGES = re.compile(r"(?<!/)/((browse|projects)/[A-Z]|secure/\w+\.jspa|rest/(api|agile)/|plugins/servlet/).*")
"""Below a site's root; a root may have a context path of its own, on Data Center alone."""


def base(url: str) -> str:
    """An address below which an API lies: no page's question or place in a page, no slash at its end."""
    if page := re.search(r"/*[?#]", url):
        # MLflow's pages lie behind a #: what stands before it is the server, a prefix included.
        server = url[: page.start()] if page[0].endswith("#") else _root(url)
        raise ValueError(f"the address of a page; give that of the server alone, such as {server}")
    return url.rstrip("/")


def jira_site(url: str) -> str:
    """The root of a Jira site."""
    is_cloud = (urlsplit(url).hostname or "").endswith(".atlassian.net")
    root = _root(url) if is_cloud else _JIRA_PAGES.sub("", url)
    if root != url:
        raise ValueError(f"the address of a page; give the site's root, {root}")
    return url


def github_api(url: str) -> str:
    """The root of a GitHub's API."""
    parts = urlsplit(url)
    if parts.hostname in {"github.com", "www.github.com"} or (parts.hostname == "api.github.com" and parts.path):
        raise ValueError(
            "not the address of the API; leave url out for github.com, and name what to read in organizations or repositories"
        )
    return url


def landing_zone(place: str) -> str:
    """A folder, or the address of an object store."""
    scheme, separator, _ = place.partition("://")
    if separator and scheme not in STORES:
        raise ValueError(
            "nothing can be landed there; name a folder, or a bucket such as s3://bucket/path, gs:// or abfss://"
        )
    return place


def published(schemas: list[str]) -> list[str]:
    """The schemas that people may read."""
    if "marts" not in schemas:
        raise ValueError("marts must be among them, as every report reads these alone")
    return schemas


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def broken(settings: Settings) -> Iterator[str]:
    """The faults of a file whose values are each well-formed."""
    yield from _doubled(settings)
    yield from _doubled_tabs(settings)
    yield from _absent_certificates(settings)
    yield from _unknown_obligations(settings)


def _doubled(settings: Settings) -> Iterator[str]:
    """Two instances of one source under one name would land in one table."""
    for (source, name), count in Counter((source, instance.name) for source, instance in settings.instances()).items():
        if count > 1:
            yield f"{source}: {count} instances are named {name!r}; give each its own name"


def _doubled_tabs(settings: Settings) -> Iterator[str]:
    """A tab that is named for two things would be refused as one of them, or its rows count twice."""
    named: dict[tuple[str, str], list[str]] = {}
    for instance in settings.sheets:
        for kind, title in instance.tabs.items():
            named.setdefault((instance.spreadsheet, title), []).append(f"{instance.name}.{kind}")
    for (_, title), places in named.items():
        if len(places) > 1:
            yield f"sheets: the tab {title!r} is named {len(places)} times, as {', '.join(places)}; keep one of them"


def _absent_certificates(settings: Settings) -> Iterator[str]:
    for source, instance in settings.instances():
        verify = getattr(instance, "verify", None)
        if verify and not Path(verify).exists():
            yield f"[[{source}]] {instance.name}: verify names {verify}, which does not exist; give the certificate file of your CA"


def _unknown_obligations(settings: Settings) -> Iterator[str]:
    """Dates that would bind nobody: the seed says what an obligation is, the settings only when it begins."""
    with OBLIGATIONS.open(encoding="utf-8", newline="") as seed:
        known = [row["obligation"] for row in csv.DictReader(seed)]
    for name in sorted(settings.obligations.keys() - set(known)):
        yield f"obligations.{name}: {OBLIGATIONS.name} has no such row; known are {', '.join(known)}"
