"""What people read, made from the marts of the published warehouse and nothing else.

Each report is one module that turns marts into a document.Document; page.py and markdown.py write it out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reports import (
    budget,
    capacity,
    data_trust,
    delivery,
    markdown,
    model_health,
    page,
    program_status,
    responsible_ai,
    risks,
    steering_pack,
)
from reports.document import Document
from reports.marts import Marts, reading


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
    without it, keys stay plain text. Raises KeyError for a name that is not in REPORTS, warehouse.query.WarehouseMissing when
    nothing has been published yet.
    """
    module = _MODULES[name]
    with reading(warehouse, links or {}) as marts:
        document = module.compose(marts)
    titles = {known: each.TITLE for known, each in _MODULES.items()}
    return Report(
        name=name,
        title=document.title,
        markdown=markdown.write(document),
        html=page.write(document, titles),
        numbers=dict(list(document.numbers.items())[:MOST_NUMBERS]),
    )


def describe(name: str) -> str:
    """What a report shows, in one sentence."""
    return _MODULES[name].DESCRIPTION


def write(report: Report, folder: Path) -> Path:
    """The page of a report as `<folder>/<name>.html`; whoever opens it meanwhile sees the old page or the new one."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{report.name}.html"
    fresh = folder / f".{report.name}.{os.getpid()}.new"
    fresh.write_text(report.html, encoding="utf-8")
    fresh.replace(target)
    return target.resolve()
