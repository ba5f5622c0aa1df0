"""What stands behind a figure: the ids in the marts' evidence lists, by the names people use and as links to the records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports import words
from reports.document import Inline, Value
from reports.figures import more
from reports.marts import Marts

ISSUES = "select issue_key, issue_id from marts.issues where issue_key is not null and deleted_at is null"
MODELS = "select model_id, name from marts.registered_models"
GATES = "select gate, title from marts.release_gates"
VERSIONS = "select model_version_id, version from marts.model_versions"

_VERSION = re.compile(r"(?P<model>.+)/(?P<number>\d+)")
_ROW = re.compile(r"(?P<mart>earned_value|budget_lines) \S+(?: (?P<year>\d{4})-(?P<month>\d\d))?")
_PULL = re.compile(r"([\w.-]+/[\w.-]+)#(\d+)")


@dataclass(frozen=True)
class Known:
    """Names of people, initiatives and milestones by id, and addresses of issues, pull requests and models."""

    names: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    github: str = ""

    def named(self, one: object) -> Value:
        """One piece of evidence."""
        text = str(one)
        if pull := _PULL.fullmatch(text):
            href = f"{self.github}/{pull[1]}/pull/{pull[2]}" if self.github else ""
            return Value(text, href=href)
        if (version := _VERSION.fullmatch(text)) and version["model"] in self.names:
            address = self.addresses.get(version["model"], "")
            href = f"{address}/versions/{version['number']}" if address else ""
            number = self.versions.get(text, version["number"])
            return Value(f"{self.names[version['model']]} version {number}", href=href)
        if row := _ROW.fullmatch(text):
            month = f", {words.MONTHS[int(row['month']) - 1]} {row['year']}" if row["month"] else ""
            return Value(f"{words.label(row['mart'])}{month}")
        return Value(self.names.get(text) or words.told(words.label(text)), href=self.addresses.get(text, ""))

    def listed(self, evidence: Sequence[object] | None, *, most: int = 3) -> tuple[Inline, ...]:
        """Evidence as part of a sentence: "A, B and 4 more"; the full list on hover of the count."""
        shown = [self.named(one) for one in (evidence or ())[:most]]
        parts: list[Inline] = []
        for index, one in enumerate(shown):
            is_last = index == len(evidence or ()) - 1
            parts += [" and " if is_last else ", ", one] if index else [one]
        left = [self.named(one).text for one in (evidence or ())[most:]]
        if left:
            parts += [" and ", Value(f"{more(len(left))} more", ", ".join(left), tone="quiet")]
        return tuple(parts)


def known(marts: Marts, names: dict[str, str]) -> Known:
    """What evidence can be called; addresses only where the instances' own addresses are known."""
    found: dict[str, str] = {}
    if any(link.startswith("jira/") for link in marts.links):
        found = {row["issue_key"]: marts.issue(row["issue_id"], row["issue_key"]) for row in marts.rows(ISSUES)}
    titles = {}
    for row in marts.rows(MODELS):
        titles[row["model_id"]] = row["name"] or row["model_id"]
        found[row["model_id"]] = marts.model(row["model_id"], row["name"])
    gates = {row["gate"]: row["title"] for row in marts.rows(GATES) if row["title"]}
    hubs = [address.rstrip("/") for link, address in marts.links.items() if link.startswith("github/")]
    return Known(
        {**gates, **titles, **names},
        {key: href for key, href in found.items() if href},
        {row["model_version_id"]: row["version"] for row in marts.rows(VERSIONS)},
        hubs[0] if len(hubs) == 1 else "",
    )
