"""Whatever happens between and during reads, what has landed in the end is what the site shows."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jira import STREAMS
from tests.connectors.jira import small_program
from tests.connectors.jira.small_program import NOW, new_issue, touch

ISSUES = next(stream for stream in STREAMS if stream.name == "issues")

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 30)),
        st.tuples(st.just("edit"), st.integers(0, 9)),
        st.tuples(st.just("move"), st.integers(0, 9)),
        st.tuples(st.just("create"), st.just(0)),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("read"), st.just(0)),
        st.tuples(st.just("broken read"), st.integers(1, 3)),
        st.tuples(st.just("expire"), st.just(0)),
    ),
    max_size=14,
)


class Story:
    """A site that lives on while it is read, and what has landed from it."""

    def __init__(self, site, lag, *, takes_epochs):
        self.site = site
        site.sandbox.program, site.sandbox.now = small_program.build(), NOW
        site.behaviour.search_lag = timedelta(minutes=lag)
        site.behaviour.page_limit, site.behaviour.takes_epochs = 2, takes_epochs
        site.behaviour.expired_tokens, site.behaviour.issued_tokens = set(), []
        self.landed, self.cursor, self.created = {}, None, 0

    def live(self):
        return [one for one in self.site.sandbox.program.issues if not one.deleted_at]

    def take(self, step, number):
        """One step of the story."""
        now, issues = self.site.sandbox.now, self.live()
        one = issues[number % len(issues)]
        if step == "wait":
            self.site.sandbox.now += timedelta(minutes=number)
        elif step == "edit":
            touch(one, now, "summary", f"At {now:%H:%M}, change {len(one.changes)}")
        elif step == "move":
            home = "APP" if one.value("key", now).startswith("OPS") else "OPS"
            touch(one, now, "key", f"{home}-{1000 + len(one.changes) * 100 + int(one.id)}")
        elif step == "create":
            self.created += 1
            self.site.sandbox.program.issues.append(
                new_issue(900 + self.created, f"OPS-{self.created + 500}", "Task", now)
            )
        elif step == "delete" and len(issues) > 3:
            one.deleted_at = now
        elif step == "expire":
            self.site.behaviour.expired_tokens.update(self.site.behaviour.issued_tokens)
        elif step in ("read", "broken read"):
            self.read(number or None)

    def read(self, pages):
        """A read by a new client, broken off after so many pages; None: to its end."""
        with self.site.client() as client:
            for page in islice(ISSUES.read(client, self.cursor), pages):
                self.landed |= {record["id"]: record for record in page.records}
                self.cursor = json.loads(json.dumps(page.cursor))

    def shown_state(self):
        """Key, summary and number of changes of every live issue."""
        now = self.site.sandbox.now
        return {one.id: (one.value("key", now), one.value("summary", now), len(one.changes)) for one in self.live()}

    def landed_state(self):
        """The same of what has landed; a move is one change and two items."""
        return {
            issue_id: (
                record["key"],
                record["fields"]["summary"],
                sum(item["field"] != "project" for each in record["changelog"]["histories"] for item in each["items"]),
            )
            for issue_id, record in self.landed.items()
        }

    def census(self):
        with self.site.client() as client:
            census = ISSUES.census(client, self.landed.keys(), self.cursor)
        for issue_id in census.gone:
            del self.landed[issue_id]
        self.cursor = census.cursor or self.cursor


def test_what_has_landed_is_what_the_site_shows(site):
    """Edits, moves, deletions, broken reads, expired tokens and a late index in any order; then one quiet hour."""

    @settings(max_examples=30, derandomize=True, database=None)
    @given(steps=STEPS, lag=st.integers(0, 5), takes_epochs=st.booleans())
    def holds(steps, lag, takes_epochs):
        story = Story(site, lag, takes_epochs=takes_epochs)
        for step, number in steps:
            story.take(step, number)
        site.sandbox.now += timedelta(hours=1)
        story.read(None)
        story.read(None)
        story.census()
        site.sandbox.now += timedelta(hours=1)
        story.census()
        assert story.landed_state() == story.shown_state()

    holds()
