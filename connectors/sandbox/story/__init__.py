"""The story of one ML program at the online furniture retailer Lindholm Home, told for any `now`.

Four teams, three Jira projects, five repositories, six models, four initiatives, eighteen months. How the initiatives
stand (figures and colours in facts.py; tests/connectors/sandbox/story/test_facts.py finds them again in the entities alone):

- INI-1 "Demand forecasting for every store" (team Forecasting, project DEM) slips because its scope grew: franchise
  stores brought about 25 % more points within four weeks, SPI(t) is below 0.9, M3 and M4 are forecast after their
  targets; CPI is about 1.0. Schedule and scope red, budget green. Its override (schedule amber) has ended.
- INI-2 "Search that understands what people furnish" (team Search, CUS, component Ranking) is over budget with a good
  schedule: CPI about 0.78, SPI(t) about 1.05. Budget red under a standing override (amber), schedule green.
- INI-3 "Recommendations on the shared platform" (team Platform, PLT, label recommendations) is healthy: CPI and SPI(t)
  about 1.03, no blocker, no overdue risk, a fresh champion with every gate passed. Green.
- INI-4 "Fraud scoring at checkout" (team Fraud, CUS, component Fraud) is in trouble with its model: the champion of
  checkout-fraud is 143 days old (limit 60), the challenger is worse, three of five features drift, the privacy review
  failed and its waiver has ended, milestone M2 is 13 days away. Two items have been waiting for 17 days for an issue of
  PLT that belongs to no initiative. Marek Kowalczyk holds more than half of its open work. Risk R-07 is overdue for
  review and triggered, R-08 is overdue. CPI about 0.98, SPI(t) about 0.97.

Models: home-recommender, demand-forecast, search-ranking and query-intent are healthy; demand-forecast 1 has no run,
query-intent 2 a failed one; promo-uplift belongs to nobody and to no initiative, its champion's run was deleted.
The assistant search-assistant (experiment of query-intent) was traced for fourteen days: 2 % of its answers fail, on the
eighth day before now a third did, and those given were slow and poorly grounded. The experiment basket-graph led nowhere and has
been quiet for months; two scheduled runs repeated others; demand-forecast and promo-uplift share the data set store-calendar;
of the slices of checkout-fraud 4 one lies outside the bounds of fairness and one was not measured.
People: Jonas Brandt is promised to two initiatives, 130 % in all; the contractor Viktor Lang is not in the people tab;
the GitHub login kd-7791 matches nobody, the MLflow user svc-training and the release bot are no people. R-01, R-03, R-07 and R-09 have triggers that are met,
R-03 became likelier in edition 6. Nobody has the skill privacy engineering that INI-4 asks for. Of the key results two come from a
metric, one from a mart, and one names a mart that does not exist.
The sheet: the budget's header is in row 3 under merged groups, INI-2's cloud is in dollars, "12k" stands from edition 6
on where a good amount was, the risk register's "Likelihood" is called "L" in edition 5 alone, M3 of INI-1 moved in edition 3.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from connectors.sandbox.program import Program, SheetVersion
from connectors.sandbox.story import (
    answers,
    automation,
    care,
    code,
    code_oddities,
    deployments,
    hours,
    mlflow_cases,
    models,
    money_tabs,
    oddities,
    plan_tabs,
    register_tabs,
    registry,
    sprints,
)
from connectors.sandbox.story.drafts import Draft, number
from connectors.sandbox.story.earned import money
from connectors.sandbox.story.initiatives import INITIATIVES
from connectors.sandbox.story.issues import Desk, initiative_issues
from connectors.sandbox.story.moments import TIMEZONE, Calendar
from connectors.sandbox.story.people import hire
from connectors.sandbox.story.sheet import EDITIONS, TABS, Edition

__all__ = ["TABS", "tell"]

SPREADSHEET_ID = "1LindholmHomeMlProgram7xQ2pVw9rT4sYbKc3"


def tell(now: datetime, seed: int = 7) -> Program:
    """The whole program as told at `now` (an aware datetime): the same arguments give an identical program."""
    calendar, staff = Calendar(now), hire()
    boards = sprints.sprints(calendar)

    def desk(part: str) -> Desk:
        return Desk(calendar, Random(f"{seed}/{part}"), staff, boards)

    drafts = _drafts(desk("issues"))
    issues = {issue.id: issue for issue in number(drafts)}
    hours.log(desk("hours"), issues.values())
    repositories = code.repositories(calendar)
    coding = desk("code")
    requests = code.issue_pull_requests(coding, repositories, drafts, issues)
    requests = code.number_pull_requests(requests + code_oddities.odd_pull_requests(coding, repositories, requests))
    code_oddities.name_reverted(repositories, requests)
    deployed = deployments.deployments(desk("deployments"), repositories, requests)
    laboratory = models.Laboratory(desk("models"), repositories, requests)
    registered, version_runs = registry.registered_models(laboratory)
    daily = models.daily_runs(laboratory)
    runs = sorted([*daily, *version_runs, *mlflow_cases.cases(laboratory, daily)], key=lambda run: run.started_at)
    linked = {plan.id: [issues[one.id] for one in drafts if one.initiative == plan.id] for plan in INITIATIVES}
    spending = {plan.id: money(calendar, plan, linked[plan.id]) for plan in INITIATIVES}
    epics = {
        plan.id: [one.key for one in drafts if one.initiative == plan.id and one.type == "Epic"] for plan in INITIATIVES
    }
    editions = [Edition(index, calendar, staff, spending, epics, seed) for index in range(EDITIONS)]
    return Program(
        now=now,
        people=staff.everybody(),
        jira_projects=sprints.projects(staff),
        issues=list(issues.values()),
        sprints=[sprint for row in boards.values() for sprint in row],
        versions=sprints.versions(calendar),
        repositories=list(repositories.values()),
        pull_requests=requests,
        deployments=deployed,
        github_issues=automation.github_issues(desk("github issues"), repositories),
        workflow_runs=automation.workflow_runs(desk("workflow runs"), repositories, requests),
        releases=deployments.releases(desk("releases"), repositories, deployed),
        experiments=[
            *models.experiments(desk("experiments")),
            answers.assistant_experiment(desk("experiments")),
            mlflow_cases.abandoned_experiment(desk("experiments")),
        ],
        runs=runs,
        registered_models=registered,
        spreadsheet_id=SPREADSHEET_ID,
        spreadsheet_title="ML program Lindholm Home",
        spreadsheet_timezone=TIMEZONE,
        spreadsheet_versions=[_version(edition) for edition in editions],
        traces=answers.answers(desk("answers")),
        logged_models=answers.logged_models(version_runs),
    )


def _drafts(desk: Desk) -> list[Draft]:
    drafts: list[Draft] = []
    for plan in INITIATIVES:
        drafts += initiative_issues(desk, plan)
    drafts += care.sub_tasks(desk, drafts)
    drafts += care.care_issues(desk)
    drafts += care.former_issues(desk)
    drafts += care.incidents(desk)
    return drafts + oddities.odd_issues(desk, drafts, sprints.versions(desk.calendar))


def _version(edition: Edition) -> SheetVersion:
    tabs = [
        money_tabs.budget, money_tabs.baselines, money_tabs.rates, plan_tabs.roadmap, register_tabs.risks,
        register_tabs.allocations, plan_tabs.objectives, register_tabs.decisions, plan_tabs.models, plan_tabs.waivers,
        plan_tabs.overrides, plan_tabs.increments, register_tabs.people,
    ]  # fmt: skip
    return SheetVersion(edition.at, [tab(edition) for tab in tabs])
