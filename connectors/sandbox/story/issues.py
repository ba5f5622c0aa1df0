"""Issues of the four initiatives, generated so that done points over all points follow each initiative's told curve.

Work outside the initiatives is in care.py, the odd cases in oddities.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from connectors.sandbox.program import Comment, Person, Sprint
from connectors.sandbox.story.backlog import FAULTS, THEMES, titles
from connectors.sandbox.story.drafts import Draft, draft
from connectors.sandbox.story.initiatives import Initiative
from connectors.sandbox.story.moments import Calendar, at_work, between, local_day
from connectors.sandbox.story.people import Staff

FIX_VERSIONS: dict[str, tuple[str | None, ...]] = {  # by theme
    "INI-1": (
        "Forecast 1.0",
        "Forecast 1.0",
        "Forecast 1.5",
        "Forecast 1.5",
        "Forecast 2.0",
        "Forecast 2.0",
        "Forecast 2.0",
    ),
    "INI-2": ("Ranking 1", "Ranking 1", "Ranking 2", "Ranking 2", None, None),
    "INI-3": (None, "Platform 5", None, None, None),
    "INI-4": ("Fraud 2.0", "Fraud 2.0", "Fraud 3.0", None, None),
}
HELD_BACK = {"INI-4": "Read velocity features"}
"""Two items so named wait for another team: their turn never comes."""
_NOTES = (
    "Looked at it with the planners, the numbers agree now.",
    "The test data was from before the price change, repeating.",
    "Splitting the clean-up into its own item.",
    "Merged, watching the dashboard over night.",
    "Needs the new column from the warehouse first.",
    "Agreed in refinement: keep the old path for one more sprint.",
)


@dataclass
class Desk:
    """What everybody who writes issues needs at hand."""

    calendar: Calendar
    random: Random
    staff: Staff
    sprints: dict[str, list[Sprint]]

    def lead_of(self, team: str) -> Person:
        """Who plans for a team."""
        return self.staff.lead(team)


def initiative_issues(desk: Desk, plan: Initiative) -> list[Draft]:
    """Epics, stories, tasks and bugs of an initiative with all that happened to them."""
    epics = _epics(desk, plan)
    items = _items(desk, plan, epics)
    queue = _queue(desk, plan, items, epics)
    finished = _finish(desk, plan, queue)
    _progress(desk, plan, [one for one in queue if one not in finished])
    bugs = _bugs(desk, plan)
    _close_epics(desk, plan, epics, items)
    return [*epics, *items, *bugs]


def _common(plan: Initiative) -> dict[str, Any]:
    """Fields by which the roadmap finds the initiative's issues."""
    return {
        "components": [plan.component] if plan.component else [],
        "labels": [plan.label] if plan.label else [],
    }


def _epics(desk: Desk, plan: Initiative) -> list[Draft]:
    start = desk.calendar.month_at(-plan.closed_months)
    epics = []
    share = 0.0
    for index, theme in enumerate(THEMES[plan.id]):
        share += theme.share
        at = start + timedelta(days=0.4 + 0.02 * index) if theme.share else desk.calendar.ago(days=25)
        epic = draft(plan.project, "Epic", at, desk.lead_of(plan.team), theme.title, **_common(plan))
        epic.initiative = plan.id
        epic.initial["assignee"] = desk.staff.named(plan.owner)
        epic.initial["due_date"] = local_day(desk.calendar.month_at(share * plan.duration - plan.closed_months + 0.5))
        epics.append(epic)
    return epics


def _items(desk: Desk, plan: Initiative, epics: list[Draft]) -> list[Draft]:
    """Stories and tasks: nine in ten written in the first three weeks, the rest in the following months."""
    random, calendar = desk.random, desk.calendar
    start = calendar.month_at(-plan.closed_months)
    items = []
    for index, (theme, epic) in enumerate(zip(THEMES[plan.id], epics, strict=True)):
        count = round(theme.share * plan.item_count) or plan.late_item_count
        names = titles(theme.items, random)
        for position in range(count):
            if not theme.share:
                at = calendar.draw(random, calendar.ago(days=24), calendar.ago(days=8))
            elif position % 10 < 9:
                at = calendar.draw(random, start + timedelta(days=1.5), start + timedelta(days=19))
            else:
                at = calendar.draw(random, calendar.month_at(1 - plan.closed_months), calendar.month_at(-3.5))
            kind = random.choices(("Story", "Task"), (82, 18))[0]
            reporter = random.choice((desk.lead_of(plan.team), desk.staff.manager, *desk.staff.teams[plan.team][:3]))
            item = draft(plan.project, kind, at, reporter, next(names), **_common(plan), epic=epic)
            version = FIX_VERSIONS[plan.id][index]
            item.initial |= {
                "points": float(random.choices((1, 2, 3, 5, 8), plan.sizes)[0]),
                "fix_versions": [version] if version else [],
                "priority": random.choices(("High", "Medium", "Low"), (25, 60, 15))[0],
            }
            item.initiative = plan.id
            if random.random() < 0.3:  # estimated in the next refinement instead of at once
                later = min(at + timedelta(days=random.uniform(0.2, 4)), calendar.now - timedelta(hours=1))
                item.set(later, reporter, "points", item.initial["points"])
                item.initial["points"] = None
            items.append(item)
    return items


def _queue(desk: Desk, plan: Initiative, items: list[Draft], epics: list[Draft]) -> list[Draft]:
    """Items in the order of their turns: epics one after the other with some overlap, those that are held back last."""
    held = [one for one in items if plan.id in HELD_BACK and one.initial["summary"].startswith(HELD_BACK[plan.id])]
    for one in held[:2]:
        one.is_held = True
        one.initial["priority"] = "High"
    hurried = {id(one.initial["epic"]) for one in held}  # nothing else of that epic is left when the story is told
    turns = {
        id(one): epics.index(one.initial["epic"])
        + desk.random.uniform(0, 1.15)
        - 0.4 * (id(one.initial["epic"]) in hurried)
        for one in items
    }
    return sorted(items, key=lambda one: (one.is_held, turns[id(one)]))


def _finish(desk: Desk, plan: Initiative, queue: list[Draft]) -> list[Draft]:
    """Works off the queue month by month so that the points done follow the told progress."""
    finished: list[Draft] = []
    done = 0.0
    calendar, random = desk.calendar, desk.random
    lateness = [one for one in queue if one.created_at > calendar.ago(days=25)]
    first_scope = [one for one in queue if one not in lateness]
    for month in range(1, plan.closed_months + 2):
        is_current = month > plan.closed_months
        begin = calendar.month_at(month - 1 - plan.closed_months)
        end = calendar.now if is_current else calendar.month_at(month - plan.closed_months)
        passed = plan.closed_months + calendar.month_passed if is_current else float(month)
        scope = sum(one.points() for one in first_scope if one.created_at < end)
        goal = plan.progress_share(passed) * scope
        taken: list[Draft] = []
        for one in first_scope:
            if one in finished or one.created_at > begin + (end - begin) * 0.7:
                continue
            if done + one.points() / 2 > goal:
                break
            done += one.points()
            taken.append(one)
            finished.append(one)
        for position, one in enumerate(taken):
            earliest = begin + (end - begin) * (position / len(taken))
            latest = begin + (end - begin) * ((position + 1) / len(taken))
            earliest = max(earliest, one.created_at + timedelta(hours=30))
            if latest <= earliest:  # written only after its turn
                latest = earliest + (end - earliest) * 0.8
            when = calendar.draw(random, earliest, latest)
            worker = random.choice(desk.staff.teams[plan.team])
            if plan.id == "INI-1" and random.random() < 0.06:
                worker = desk.staff.contractor
            start = when - timedelta(days=min(24.0, random.lognormvariate(1.55, 0.6)))
            work(desk, one, worker, started_at=max(at_work(start), one.created_at + timedelta(hours=2)), done_at=when)
    return finished


def work(
    desk: Desk, item: Draft, worker: Person, *, started_at: datetime, done_at: datetime | None, is_smooth: bool = False
) -> None:
    """An item is planned, started, reviewed and, if `done_at` is given, finished; unless smooth it may be blocked on the way."""
    random, lead = desk.random, desk.staff.lead(worker.team or "Forecasting")
    until = done_at or desk.calendar.now - timedelta(minutes=30)

    def set_at(share: float, author: Person, name: str, value: Any) -> None:
        item.set(between(started_at, until, share), author, name, value)

    item.worker, item.started_at, item.done_at = worker, started_at, done_at
    _plan_sprints(desk, item, lead)
    selected = max(
        item.created_at + timedelta(minutes=20), at_work(started_at - timedelta(days=random.uniform(0.3, 5)))
    )
    item.set(min(selected, started_at - timedelta(minutes=9)), lead, "status", "Selected")
    item.set(started_at - timedelta(minutes=1), worker, "assignee", worker)
    item.set(started_at, worker, "status", "In Progress")
    luck = 1.0 if is_smooth else random.random()
    if luck < 0.08 and until - started_at > timedelta(days=2):
        set_at(0.2, worker, "status", "Blocked")
        set_at(0.4, worker, "status", "In Progress")
    elif luck < 0.14 and until - started_at > timedelta(days=1):
        set_at(0.15, worker, "flagged", value=True)
        set_at(0.35, worker, "flagged", value=False)
    elif luck < 0.24 and done_at:
        set_at(0.4, worker, "status", "In Review")
        set_at(0.5, lead, "status", "In Progress")
    if random.random() < 0.4:
        item.comments.append(Comment(between(started_at, until, 0.5), worker, random.choice(_NOTES)))
    if done_at:
        set_at(random.uniform(0.55, 0.75), worker, "status", "In Review")
        item.set(done_at, worker, "status", "Done")
        item.set(done_at, worker, "resolution", "Done")


def _plan_sprints(desk: Desk, item: Draft, lead: Person) -> None:
    """Puts an item into the sprint it was started in, mostly at planning, and carries it over until it is done."""
    row = [one for one in desk.sprints.get(item.project, []) if one.activated_at]
    if item.started_at is None or not row or item.started_at < row[0].start_at:
        return
    index = max(position for position, one in enumerate(row) if one.start_at <= item.started_at)
    sprint = row[index]
    planned_at = sprint.start_at - timedelta(hours=2)
    if index and item.created_at < row[index - 1].start_at - timedelta(hours=2) and desk.random.random() < 0.07:
        before = row[index - 1]  # planned a sprint earlier and taken out again
        item.set(before.start_at - timedelta(hours=2), lead, "sprints", [before.id])
        item.set(at_work(before.start_at + timedelta(days=desk.random.uniform(2, 9))), lead, "sprints", [])
    if item.created_at < planned_at and desk.random.random() < 0.82:
        item.set(planned_at, lead, "sprints", [sprint.id])
    else:
        item.set(item.started_at - timedelta(minutes=4), lead, "sprints", [sprint.id])
    held = [sprint.id]
    for before, after in zip(row[index:], row[index + 1 :], strict=False):
        if before.completed_at is None or (item.done_at and item.done_at <= before.completed_at):
            break
        held = [*held, after.id]
        item.set(before.completed_at, lead, "sprints", held)


def _progress(desk: Desk, plan: Initiative, waiting: list[Draft]) -> None:
    """What is in progress or selected at `now`, and who holds it."""
    random, calendar, team = desk.random, desk.calendar, desk.staff.teams[plan.team]
    held = [one for one in waiting if one.is_held]
    for one in held:
        work(desk, one, team[0], started_at=calendar.ago(days=19), done_at=None, is_smooth=True)
        one.set(calendar.ago(days=16), team[0], "status", "Blocked")
    rest = [one for one in waiting if one not in held and one.created_at < calendar.ago(days=9)]
    for position, one in enumerate(rest[:6]):
        worker = team[position % len(team)]
        age = 12 if plan.id in {"INI-1", "INI-4"} else 4.5  # those two have stalled items
        started = calendar.draw(random, calendar.now - timedelta(days=age), calendar.now - timedelta(days=1.2))
        work(desk, one, worker, started_at=max(started, one.created_at + timedelta(hours=1)), done_at=None)
        if position % 3 == 2:
            review = calendar.now - timedelta(hours=random.uniform(3, 30))
            one.set(max(review, started + timedelta(hours=1)), worker, "status", "In Review")
        else:
            one.comments.append(
                Comment(calendar.now - timedelta(hours=random.uniform(2, 60)), worker, random.choice(_NOTES))
            )
    lead = desk.lead_of(plan.team)
    for one in rest[6:11]:
        one.set(calendar.draw(random, calendar.now - timedelta(days=6), calendar.now), lead, "status", "Selected")
    _plan_ahead(desk, rest[6:12], lead)
    owner = desk.staff.named(plan.owner)
    for position, one in enumerate(rest[6:]):
        if plan.id == "INI-4" and position % 5 != 0:
            one.set(one.created_at + timedelta(days=2), lead, "assignee", owner)
        elif position % 3 == 0:
            one.set(one.created_at + timedelta(days=2), lead, "assignee", team[position // 3 % len(team)])


def _plan_ahead(desk: Desk, items: list[Draft], lead: Person) -> None:
    """Two of the next items are in the active sprint but not started, the others already in the future one."""
    row = desk.sprints.get(items[0].project, []) if items else []
    for position, one in enumerate(items if row else []):
        is_next = position >= 2
        at = desk.calendar.ago(days=1.2) if is_next else row[-2].start_at - timedelta(hours=2)
        one.set(at, lead, "sprints", [row[-1 if is_next else -2].id])


def _bugs(desk: Desk, plan: Initiative) -> list[Draft]:
    """Bugs without an estimate, found while the initiative runs, all fixed within days."""
    random, calendar = desk.random, desk.calendar
    names = titles(FAULTS[plan.id], random)
    bugs = []
    for _ in range(9):
        at = calendar.draw(random, calendar.month_at(1.5 - plan.closed_months), calendar.ago(days=10))
        bug = draft(plan.project, "Bug", at, random.choice(desk.staff.teams[plan.team]), next(names), **_common(plan))
        bug.initiative = plan.id
        bug.initial["priority"] = random.choice(("Highest", "High", "Medium"))
        started = at_work(at + timedelta(days=random.uniform(0.3, 3)))
        done = at_work(started + timedelta(days=random.uniform(1.2, 6)))
        started = max(started, at + timedelta(minutes=40))
        work(
            desk,
            bug,
            random.choice(desk.staff.teams[plan.team]),
            started_at=started,
            done_at=max(done, started + timedelta(hours=3)),
        )
        bugs.append(bug)
    return bugs


def _close_epics(desk: Desk, plan: Initiative, epics: list[Draft], items: list[Draft]) -> None:
    """An epic starts with its first item and is done a few days after its last."""
    lead = desk.lead_of(plan.team)
    for epic in epics:
        children = [one for one in items if one.initial["epic"] is epic]
        starts = [one.started_at for one in children if one.started_at]
        if starts:
            epic.set(min(starts), lead, "status", "In Progress")
        ends = [one.done_at for one in children if one.done_at]
        if len(ends) == len(children):
            closed = at_work(max(ends) + timedelta(days=3))
            if closed <= desk.calendar.now:
                epic.set(closed, lead, "status", "Done")
                epic.set(closed, lead, "resolution", "Done")
