"""The odd cases every real Jira holds: blockers, duplicates, moves, deletions, endless histories. Each is told once, here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.program import Comment, Person, Version
from connectors.sandbox.story.drafts import Draft, draft
from connectors.sandbox.story.issues import Desk, work
from connectors.sandbox.story.moments import at_work, between, local_day, utc

BLOCKER = "Serve features online within 10 ms in eu-central"
"""The issue of the platform team for which INI-4 has been waiting since 17 days."""


def odd_issues(desk: Desk, drafts: list[Draft], versions: list[Version]) -> list[Draft]:
    """Changes some of the drafts given and returns those that come in addition."""
    _roll_versions(desk, drafts, versions)
    _estimate_again(drafts)
    _reopen(drafts)
    _flag(desk, drafts)
    _move(desk, drafts)
    _date(drafts)
    _work_on_weekends(desk, drafts)
    new = [_endless(desk), _born_done(desk), *_texts(desk), *_closed_epic(desk), *_ambiguous(desk, drafts)]
    new += [*_cross_team_blocker(desk, drafts), *_duplicates(desk, drafts), *_deleted(desk)]
    _relate(desk, drafts)
    return new


def link(at: datetime, author: Person, kind: str, source: Draft, target: Draft) -> None:
    """A link as both ends show it: `source` blocks or duplicates `target`."""
    for one, direction, other in ((source, "outward", target), (target, "inward", source)):
        links: list[Any] = list(one.initial["links"])
        for _, _, name, value in sorted(one.settings, key=lambda setting: setting[0]):
            links = list(value) if name == "links" else links
        one.set(at, author, "links", [*links, (kind, direction, other)])


def _finished(drafts: list[Draft], initiative: str | None = None) -> list[Draft]:
    return [
        one
        for one in drafts
        if one.started_at and one.done_at and one.type in {"Story", "Task"} and initiative in (None, one.initiative)
    ]


def _cross_team_blocker(desk: Desk, drafts: list[Draft]) -> list[Draft]:
    """INI-4's held items wait for a stalled issue of the platform team, which belongs to no initiative."""
    platform = desk.staff.teams["Platform"]
    blocker = draft(
        "PLT",
        "Story",
        desk.calendar.ago(days=41),
        platform[0],
        BLOCKER,
        priority="High",
        labels=["operations"],
        points=8.0,
    )
    work(desk, blocker, platform[4], started_at=desk.calendar.ago(days=25), done_at=None, is_smooth=True)
    fraud = desk.staff.lead("Fraud")
    for one in drafts:
        if one.is_held:
            link(desk.calendar.ago(days=17), fraud, "Blocks", blocker, one)
            one.set(desk.calendar.ago(days=17), fraud, "due_date", local_day(desk.calendar.now + timedelta(days=10)))
            one.comments.append(
                Comment(desk.calendar.ago(days=6), fraud, "Still waiting for the platform team, asked again.")
            )
    old = _finished(drafts, "INI-2")[12::20] + _finished(drafts, "INI-4")[8::25]
    others = [one for one in _finished(drafts) if one.project == "PLT" and one.initiative is None]
    for one in old:  # blockers of the past, all resolved
        before = [other for other in others if other.done_at and one.started_at and other.done_at < one.started_at]
        if before and before[-1].started_at:
            link(max(before[-1].started_at, one.created_at), fraud, "Blocks", before[-1], one)
    return [blocker]


def _relate(desk: Desk, drafts: list[Draft]) -> None:
    """Some neighbours relate to each other."""
    for initiative in ("INI-1", "INI-2", "INI-3"):
        items = _finished(drafts, initiative)
        for first, second in zip(items[3::15], items[4::15], strict=False):
            if first.started_at:
                link(max(first.started_at, second.created_at), desk.staff.manager, "Relates", first, second)


def _duplicates(desk: Desk, drafts: list[Draft]) -> list[Draft]:
    """Bugs reported twice, closed as duplicates; and stories given up."""
    new = []
    bugs = [one for one in drafts if one.type == "Bug" and one.done_at and one.points() == 0 and one.initiative][::9]
    for bug in bugs:
        at = min(bug.created_at + timedelta(hours=5), desk.calendar.now - timedelta(days=1))
        twin = draft(bug.project, "Bug", at, desk.staff.manager, f"{bug.initial['summary']} (seen by customer care)")
        twin.initial |= {"components": bug.initial["components"], "labels": bug.initial["labels"]}
        twin.initiative = bug.initiative
        _close(twin, at + timedelta(hours=20), desk.staff.manager, "Duplicate")
        link(at + timedelta(hours=20), desk.staff.manager, "Duplicate", twin, bug)
        new.append(twin)
    for initiative, project, component, label, summary in (
        ("INI-1", "DEM", None, None, "Forecast single articles per hour"),
        ("INI-2", "CUS", "Ranking", None, "Rank by margin"),
        ("INI-3", "PLT", None, "recommendations", "Recommend by postcode"),
        ("INI-4", "CUS", "Fraud", None, "Score newsletter sign-ups"),
    ):
        at = desk.calendar.month_at(-5.5)
        idea = draft(project, "Story", at, desk.staff.manager, summary)
        idea.initial |= {"components": [component] if component else [], "labels": [label] if label else []}
        idea.initiative = initiative
        _close(idea, at + timedelta(days=31), desk.staff.manager, "Won't Do")
        new.append(idea)
    return new


def _close(one: Draft, at: datetime, author: Person, resolution: str) -> None:
    one.set(at, author, "status", "Done")
    one.set(at, author, "resolution", resolution)


def _endless(desk: Desk) -> Draft:
    """An issue with more changes than a search shows: priorities, owners and dates go back and forth for a year."""
    platform, calendar = desk.staff.teams["Platform"], desk.calendar
    one = draft(
        "PLT", "Task", calendar.month_at(-15.2), platform[0], "Move all training jobs to the new cluster", points=8.0
    )
    begin, span = one.created_at, calendar.month_at(-2.5) - one.created_at
    for index in range(26):
        at = at_work(begin + span * ((index + 0.5) / 27)) - timedelta(hours=6)
        one.set(at, platform[index % 5], "priority", ("High", "Medium", "Low")[index % 3])
        one.set(at + timedelta(hours=3), platform[0], "assignee", platform[(index + 1) % 5])
        one.set(at + timedelta(hours=5), platform[0], "due_date", local_day(at + timedelta(days=30)))
    one.set(begin + span * 0.1, platform[1], "status", "In Progress")
    one.set(begin + span * 0.5, platform[1], "status", "To Do")
    one.set(begin + span * 0.6, platform[2], "status", "In Progress")
    _close(one, begin + span, platform[2], "Done")
    one.initial["labels"] = ["operations"]
    return one


def _born_done(desk: Desk) -> Draft:
    """Something already finished when it was written down."""
    one = draft(
        "CUS", "Task", desk.calendar.month_at(-3.3), desk.staff.manager, "Record the decision on tracking consent"
    )
    one.initial |= {"status": "Done", "resolution": "Done", "components": ["Search page"]}
    return one


def _texts(desk: Desk) -> list[Draft]:
    """Summaries that break careless reports."""
    texts = (
        'Product name "<script>alert(1)</script>" breaks the | filter *list* 🛋️',
        '=HYPERLINK("https://example.org","click") in a review is shown as a link',
        "Show the Hebrew product name \u200fספה\u200f in the right direction",
    )
    return [
        draft(
            "CUS", "Bug", desk.calendar.ago(days=20 + 9 * index), desk.staff.manager, text, components=["Search page"]
        )
        for index, text in enumerate(texts)
    ]


def _closed_epic(desk: Desk) -> list[Draft]:
    """An epic that was closed although one of its items is open."""
    lead = desk.staff.lead("Platform")
    epic = draft("PLT", "Epic", desk.calendar.month_at(-8), lead, "Fewer nightly failures")
    left = draft(
        "PLT", "Task", desk.calendar.month_at(-7), lead, "Retry failed loads without waking anybody", epic=epic
    )
    _close(epic, desk.calendar.month_at(-2) + timedelta(hours=10), lead, "Done")
    return [epic, left]


def _ambiguous(desk: Desk, drafts: list[Draft]) -> list[Draft]:
    """An issue of an INI-2 epic that also carries INI-4's component."""
    epic = next(one for one in drafts if one.type == "Epic" and one.initiative == "INI-2")
    both = draft(
        "CUS",
        "Task",
        desk.calendar.month_at(-6),
        desk.staff.manager,
        "Keep fraud test orders out of the search log",
        epic=epic,
    )
    both.initial |= {"components": ["Ranking", "Fraud"], "points": 2.0}
    both.initiative = "INI-2"
    start = desk.calendar.month_at(-5.6) + timedelta(hours=11)
    work(desk, both, desk.staff.teams["Search"][4], started_at=start, done_at=start + timedelta(days=4))
    return [both]


def _deleted(desk: Desk) -> list[Draft]:
    """Issues that somebody deleted, the last one a week ago."""
    new = []
    for months, days, summary, project in (
        (-13.0, 300.0, "Test, please ignore", "CUS"),
        (-6.4, 150.0, "Copy of the old roadmap", "PLT"),
        (-4.2, 44.0, "Forecast for the outlet stores", "DEM"),
        (-1.9, 7.0, "Buy a new labelling tool", "CUS"),
    ):
        one = draft(project, "Task", desk.calendar.month_at(months), desk.staff.manager, summary)
        one.deleted_at = desk.calendar.ago(days=days)
        one.initiative = "INI-1" if project == "DEM" else None
        new.append(one)
    return new


def _reopen(drafts: list[Draft]) -> None:
    """Every seventeenth finished item was declared done too early once."""
    for one in _finished(drafts)[5::17]:
        if one.started_at is None or one.done_at is None or one.worker is None:
            continue
        for share, status, resolution in ((0.8, "Done", "Done"), (0.88, "In Progress", None)):
            at = between(one.started_at, one.done_at, share)
            one.set(at, one.worker, "status", status)
            one.set(at, one.worker, "resolution", resolution)


def _flag(desk: Desk, drafts: list[Draft]) -> None:
    """Flagged at `now`: two running items of INI-4 and one of INI-1."""
    for initiative, count, days in (("INI-4", 2, 9.0), ("INI-1", 1, 2.0)):
        running = [
            one
            for one in drafts
            if one.initiative == initiative and one.started_at and not one.done_at and not one.is_held
        ]
        for one in [one for one in running if one.type != "Epic"][:count]:
            one.settings = [setting for setting in one.settings if setting[2] != "flagged"]
            since = max(desk.calendar.ago(days=days), one.started_at or one.created_at) + timedelta(minutes=50)
            one.set(since, one.worker or desk.staff.manager, "flagged", value=True)


def _move(desk: Desk, drafts: list[Draft]) -> None:
    """Two issues of the platform went to DEM when it opened, one of the shop went to the platform."""
    platform = [one for one in drafts if one.project == "PLT" and one.initiative is None and one.type == "Task"]
    opened = desk.calendar.month_at(-10) + timedelta(days=2, hours=11)
    for one in [one for one in platform if one.created_at < opened][-2:]:
        one.moved_to = (max(opened, one.created_at + timedelta(days=1)), desk.staff.manager, "DEM")
        one.initiative = "INI-1"
        one.initial["points"] = None
        one.settings = [setting for setting in one.settings if setting[2] != "points"]
    tasks = [one for one in drafts if one.project == "CUS" and one.initiative is None and one.type == "Task"]
    shop = tasks[len(tasks) // 2]
    shop.moved_to = (
        min(shop.created_at + timedelta(days=2), desk.calendar.now - timedelta(days=1)),
        desk.staff.manager,
        "PLT",
    )


def _estimate_again(drafts: list[Draft]) -> None:
    """Every ninth story was estimated differently in its first week."""
    for one in [one for one in drafts if one.type == "Story" and one.initial["points"] and one.initiative][::9]:
        final = one.initial["points"]
        one.initial["points"] = {1.0: 2.0, 2.0: 3.0, 3.0: 5.0, 5.0: 3.0, 8.0: 5.0}[final]
        one.set(one.created_at + timedelta(days=1, hours=2), one.reporter, "points", final)


def _roll_versions(desk: Desk, drafts: list[Draft], versions: list[Version]) -> None:
    """What is not done when its version is released goes into the next one of its kind."""
    following = {
        "Forecast 1.0": "Forecast 1.5",
        "Forecast 1.5": "Forecast 2.0",
        "Ranking 1": "Ranking 2",
        "Fraud 2.0": "Fraud 3.0",
    }
    released = {one.name: one.released_at for one in versions if one.released_at}
    for one in drafts:
        name = next(iter(one.initial["fix_versions"]), None)
        while name in following and name in released and (one.done_at is None or one.done_at > released[name]):
            one.set(released[name], desk.staff.manager, "fix_versions", [following[name]])
            name = following[name]


def _date(drafts: list[Draft]) -> None:
    """A quarter of the finished items had a due date, most of them kept."""
    for index, one in enumerate(_finished(drafts)[::4]):
        if one.done_at:
            one.initial["due_date"] = local_day(one.done_at + timedelta(days=(9, 3, 1, -2)[index % 4]))


def _work_on_weekends(desk: Desk, drafts: list[Draft]) -> None:
    """The fraud team writes on Saturdays and late in the evening."""
    for index, one in enumerate(_finished(drafts, "INI-4")[::3]):
        if one.started_at is None or one.worker is None:
            continue
        day = local_day(one.started_at)
        saturday = day + timedelta(days=5 - day.weekday() if day.weekday() < 5 else 0)
        at = utc(saturday, 15.5) if index % 2 else utc(day, 22.2)
        if one.started_at < at < desk.calendar.now:
            one.comments.append(Comment(at, one.worker, "Checked the holds of the night, two were wrong."))
