"""The front page: how old the sources are, the program in one sentence, and each report with its own sentence and link."""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Document, Item, Items, Section, Value

NAME = "index"
TITLE = "Reports"


def compose(documents: Sequence[tuple[Document, str]]) -> Document:
    """The page over these reports, each with what it shows; the first one speaks for the program."""
    first, _ = documents[0]
    entries = [_entry(one, shows if one.verdict == first.verdict else "") for one, shows in documents]
    return Document(
        name=NAME,
        title=TITLE,
        audience="One set of numbers, one page per audience",
        as_of=first.as_of,
        sources=first.sources,
        verdict=first.verdict,
        light=first.light,
        sections=(Section("reports", "Where to read on", (Items(entries, ""),)),),
    )


def _entry(one: Document, shows: str) -> Item:
    """What a report says in one sentence; what it shows, where the page has said that sentence already."""
    audience = f" · {one.audience[0].lower()}{one.audience[1:]}"
    head = (Value(one.title, href=f"{one.name}.html"), Value(audience, tone="quiet"))
    return Item(head, ((shows,) if shows else one.verdict[:1],), one.light)
