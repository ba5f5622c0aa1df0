"""Work that belongs to no initiative (care of the platform, the shop's search), incidents, and sub-tasks."""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.story.backlog import CARE, CARE_FAULTS, FORMER, INCIDENTS, STEPS, titles
from connectors.sandbox.story.drafts import Draft, draft
from connectors.sandbox.story.initiatives import initiative
from connectors.sandbox.story.issues import Desk, work
from connectors.sandbox.story.moments import at_work, between

_CARE_COUNTS = (("PLT", "Platform", 60), ("CUS", "Search", 30))
_FORMER_COUNT = 27  # stories of each epic that CUS worked on before the initiatives


def care_issues(desk: Desk) -> list[Draft]:
    """Tasks and bugs over all 18 months, some still open, a few given up."""
    random, calendar = desk.random, desk.calendar
    drafts = []
    for project, team, count in _CARE_COUNTS:
        names, faults = titles(CARE[project], random), titles(CARE_FAULTS[project], random)
        begin, span = calendar.month_at(-18), calendar.now - calendar.month_at(-18)
        for position in range(count):
            at = calendar.draw(random, begin + span * (position / count), begin + span * ((position + 1) / count))
            kind = random.choices(("Task", "Bug", "Story"), (55, 35, 10))[0]
            summary = next(faults if kind == "Bug" else names)
            one = draft(project, kind, at, random.choice(desk.staff.teams[team]), summary)
            one.initial["priority"] = random.choices(("High", "Medium", "Low"), (15, 55, 30))[0]
            one.initial["components"] = ["Search page"] if project == "CUS" else []
            one.initial["labels"] = ["operations"] if project == "PLT" and position % 2 else []
            one.initial["points"] = float(random.choice((1, 2, 3))) if random.random() < 0.6 else None
            drafts.append(one)
            luck = random.random()
            if luck < 0.07:
                ended = min(at + timedelta(days=random.uniform(3, 60)), calendar.ago(days=2))
                one.set(ended, desk.lead_of(team), "status", "Done")
                one.set(ended, desk.lead_of(team), "resolution", "Won't Do")
            elif luck < 0.93:
                _do(desk, one, team)
    return drafts


def _do(desk: Desk, one: Draft, team: str) -> None:
    """Started within a week or two and finished if there was time for it."""
    random, now = desk.random, desk.calendar.now
    worker = random.choice(desk.staff.teams[team])
    started = max(
        at_work(one.created_at + timedelta(days=random.uniform(0.2, 12))), one.created_at + timedelta(hours=1)
    )
    done = max(at_work(started + timedelta(days=random.lognormvariate(1.3, 0.7))), started + timedelta(hours=4))
    if started < now - timedelta(days=1):
        work(desk, one, worker, started_at=started, done_at=done if done < now - timedelta(hours=2) else None)


def former_issues(desk: Desk) -> list[Draft]:
    """Two epics of the months before the initiatives, all done by then and released as "Search 24"."""
    random, calendar = desk.random, desk.calendar
    drafts = []
    for team, title, component, templates in FORMER:
        fields = {"components": [component]}
        epic = draft("CUS", "Epic", calendar.month_at(-18) + timedelta(hours=10), desk.lead_of(team), title, **fields)
        names = titles(templates, random)
        begin, span = calendar.month_at(-17.8), calendar.month_at(-8.4) - calendar.month_at(-17.8)
        for position in range(_FORMER_COUNT):
            done = calendar.draw(
                random, begin + span * (position / _FORMER_COUNT), begin + span * ((position + 1) / _FORMER_COUNT)
            )
            started = at_work(done - timedelta(days=random.uniform(1.5, 9)))
            created = at_work(started - timedelta(days=random.uniform(3, 60)))
            one = draft(
                "CUS", "Story", max(created, epic.created_at), desk.lead_of(team), next(names), **fields, epic=epic
            )
            one.initial["points"] = float(random.choice((2, 3, 5)))
            one.initial["fix_versions"] = ["Search 24"] if team == "Search" and done < calendar.month_at(-11) else []
            worker = random.choice(desk.staff.teams[team])
            work(
                desk,
                one,
                worker,
                started_at=max(started, one.created_at + timedelta(hours=2)),
                done_at=max(done, started + timedelta(hours=9)),
            )
            drafts.append(one)
        closed = begin + span + timedelta(days=3)
        for name, value in (("status", "Done"), ("resolution", "Done")):
            epic.set(closed, desk.lead_of(team), name, value)
        drafts.append(epic)
    return drafts


def incidents(desk: Desk) -> list[Draft]:
    """Incidents with the hours it took to recover; those of PLT are bugs with the label "incident"."""
    random, calendar = desk.random, desk.calendar
    drafts = []
    for position, (initiative_id, month, summary) in enumerate(INCIDENTS):
        at = calendar.month_at(month)
        if at > calendar.now - timedelta(days=2):
            at = calendar.now - timedelta(days=2, hours=position % 5)
        plan = initiative(initiative_id) if initiative_id else None
        project = plan.project if plan else ("CUS", "PLT")[position % 2]
        team = plan.team if plan else ("Search", "Platform")[position % 2]
        kind, labels = ("Bug", ["incident"]) if project == "PLT" else ("Incident", ["incident"] if position % 2 else [])
        one = draft(project, kind, at, random.choice(desk.staff.teams[team]), summary, priority="Highest")
        one.initial["labels"] = [*labels, *([plan.label] if plan and plan.label else [])]
        one.initial["components"] = [plan.component] if plan and plan.component else []
        one.initiative = initiative_id or None
        started = at + timedelta(minutes=random.randint(4, 25))
        work(desk, one, desk.lead_of(team), started_at=started, done_at=at + timedelta(hours=random.uniform(1.5, 30)))
        drafts.append(one)
    return drafts


def sub_tasks(desk: Desk, items: list[Draft]) -> list[Draft]:
    """Two or three sub-tasks for some of the larger finished items."""
    random = desk.random
    parents = [one for one in items if one.points() >= 5 and one.done_at and one.type == "Story"][::5]
    drafts = []
    for parent in parents:
        if parent.started_at is None or parent.done_at is None or parent.worker is None:
            continue
        span = parent.done_at - parent.started_at
        steps = random.sample(STEPS, random.choice((2, 3)))
        for position, step in enumerate(steps):
            begin = between(parent.started_at, parent.done_at, position / len(steps)) + timedelta(minutes=3)
            one = draft(parent.project, "Sub-task", begin, parent.worker, step, parent=parent)
            one.initial["components"], one.initial["labels"] = parent.initial["components"], parent.initial["labels"]
            one.initiative = parent.initiative
            end = between(parent.started_at, parent.done_at, (position + 0.8) / len(steps))
            end = max(end, begin + span * 0.05)
            one.set(begin + (end - begin) * 0.2, parent.worker, "assignee", parent.worker)
            one.set(begin + (end - begin) * 0.2, parent.worker, "status", "In Progress")
            one.set(end, parent.worker, "status", "Done")
            one.set(end, parent.worker, "resolution", "Done")
            drafts.append(one)
    return drafts
