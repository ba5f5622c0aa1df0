"""What people read, made from the marts of the published warehouse and nothing else.

The way: pages/ (one module per report) put together sections/ (tables and sentences from the marts, with charts from
drawing/) into a document.Document, and rendering/ writes that as HTML, Markdown, slides or comma-separated values.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reports.document import Document
from reports.marts import Marts, reading
from reports.pages import (
    budget,
    capacity,
    data_trust,
    delivery,
    front,
    model_health,
    program_status,
    responsible_ai,
    risks,
    steering_pack,
)
from reports.rendering import csv_tables, html_page, markdown
from reports.rendering.slides import deck


class _Module(Protocol):
    NAME: str
    TITLE: str
    DESCRIPTION: str

    def compose(self, marts: Marts) -> Document: ...


_ALL: tuple[_Module, ...] = (
    program_status,
    steering_pack,
    delivery,
    model_health,
    responsible_ai,
    budget,
    risks,
    capacity,
    data_trust,
)
_MODULES = {module.NAME: module for module in _ALL}

REPORTS: tuple[str, ...] = tuple(_MODULES)
"""The names of all reports, in the order in which people open them."""

KINDS = ("html", "md", "pptx", "csv")
"""What a report can be written as; the name is the file's ending too."""

PRESENTED = ("steering_pack",)
"""Reports that are written as slides beside their page, without being asked."""

MOST_NUMBERS = 20


@dataclass(frozen=True)
class Report:
    """A rendered report. `numbers` are the figures worth plotting over time, at most twenty, known ones only."""

    name: str
    title: str
    markdown: str
    html: str
    numbers: dict[str, float]


def render(name: str, warehouse: Path, *, links: Mapping[str, str] | None = None) -> Report:
    """One report from the published file.

    `links` gives the address of each instance as people open it in a browser ("jira/acme": "https://acme.example");
    without it, keys stay plain text. Raises KeyError for a name that is not in REPORTS, warehouse.query.WarehouseMissing
    when nothing has been published yet.
    """
    document = _compose(name, warehouse, links)
    return Report(
        name=name,
        title=document.title,
        markdown=markdown.write(document),
        html=html_page.write(document, _titles(REPORTS)),
        numbers={name: float(value) for name, value in list(document.numbers.items())[:MOST_NUMBERS]},
    )


def _titles(beside: Collection[str]) -> dict[str, str]:
    """The pages that lie in one folder, by file name; the front page too where there are several."""
    titles = {name: _MODULES[name].TITLE for name in REPORTS if name in beside}
    return {front.NAME: front.TITLE, **titles} if titles else {}


def _compose(name: str, warehouse: Path, links: Mapping[str, str] | None) -> Document:
    with reading(warehouse, links or {}) as marts:
        return _MODULES[name].compose(marts)


def describe(name: str) -> str:
    """What a report shows, in one sentence."""
    return _MODULES[name].DESCRIPTION


def write(report: Report, folder: Path) -> Path:
    """The page of a report as `<folder>/<name>.html`; whoever opens it meanwhile sees the old page or the new one."""
    return _replace(folder / f"{report.name}.html", report.html.encode())


def export(
    name: str,
    warehouse: Path,
    folder: Path,
    *,
    kind: str,
    links: Mapping[str, str] | None = None,
    beside: Collection[str] = REPORTS,
) -> Path:
    """A report as `<folder>/<name>.<kind>`, of one of KINDS: a page, Markdown, slides, or its tables as values.

    In slides and values nothing is taken for a formula. A page links to the reports `beside` it. Raises what `render`
    raises.
    """
    return _write(_compose(name, warehouse, links), folder, kind, beside)


def export_all(
    names: Collection[str],
    warehouse: Path,
    folder: Path,
    *,
    beside: Collection[str],
    kind: str | None = None,
    links: Mapping[str, str] | None = None,
) -> Iterator[Path]:
    """Each of these reports as `export` writes it, told once written; without a kind a page, and slides of those PRESENTED.

    With pages comes the front page of the reports `beside` one another in the folder, if there are any.
    """
    composed = {}
    for name in names:
        composed[name] = _compose(name, warehouse, links)
        for one in [kind] if kind else ["html", *(["pptx"] if name in PRESENTED else [])]:
            yield _write(composed[name], folder, one, beside)
    if kind in (None, "html") and beside:
        composed |= {name: _compose(name, warehouse, links) for name in beside if name not in composed}
        yield _write_front(composed, folder, beside)


def index(warehouse: Path, folder: Path, *, links: Mapping[str, str] | None = None) -> Path:
    """The front page of all reports as `<folder>/index.html`. Raises what `render` raises."""
    return _write_front({name: _compose(name, warehouse, links) for name in REPORTS}, folder, REPORTS)


def _write(document: Document, folder: Path, kind: str, beside: Collection[str]) -> Path:
    match kind:
        case "pptx":
            written = deck.write(document)
        case "csv":
            # With a mark in front: spreadsheets else read UTF-8 as something else.
            written = csv_tables.write(document).encode("utf-8-sig")
        case "md":
            written = markdown.write(document).encode()
        case _:
            written = html_page.write(document, _titles(beside)).encode()
    return _replace(folder / f"{document.name}.{kind}", written)


def _write_front(composed: Mapping[str, Document], folder: Path, beside: Collection[str]) -> Path:
    page = front.compose([(composed[name], describe(name)) for name in REPORTS if name in beside])
    return _replace(folder / f"{front.NAME}.html", html_page.write(page, _titles(beside)).encode())


def _replace(target: Path, written: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    fresh.write_bytes(written)
    fresh.replace(target)
    return target.resolve()
