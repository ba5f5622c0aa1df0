"""The four initiatives: plans, money and how each really goes. The rest of the story is generated to fit these."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin


@dataclass(frozen=True)
class Milestone:
    """A row of the roadmap. Months count from the initiative's start; `done` None: not reached yet."""

    id: str
    name: str
    baseline: float
    target: float
    done: float | None
    mapping: str  # Jira mapping with epics by number: "epic:1, epic:2" means the first two epics of the initiative
    first_target: float | None = None  # what the sheet said in its oldest versions, if the target moved since
    target_in_days: int | None = None  # the target as days from now, where the story needs it near


@dataclass(frozen=True)
class Initiative:
    """What an initiative is meant to be, and the two figures that say how it goes at the last closed month."""

    id: str
    name: str
    team: str
    project: str  # Jira project key
    repository: str
    component: str | None  # Jira component on all its issues
    label: str | None
    sponsor: str
    owner: str
    budget: float  # at completion, EUR
    closed_months: int  # months closed since its start
    duration: int  # planned months
    schedule_ratio: float  # SPI(t) meant at the last closed month, before any scope growth of the last weeks
    cost_ratio: float  # CPI meant at the last closed month
    item_count: int  # stories and tasks of the first scope
    late_item_count: int  # added between 24 and 8 days before now
    milestones: tuple[Milestone, ...]
    wsjf: tuple[int, int, int, int]  # business value, time criticality, risk reduction, job size
    objective: str
    sizes: tuple[int, ...] = (12, 26, 34, 22, 6)  # in a hundred items, those of 1, 2, 3, 5 and 8 points

    def planned_share(self, months: float) -> float:
        """Planned value at a possibly broken number of months from the start, as a share of the budget."""
        weights = [1 + 0.35 * sin(pi * (month + 0.5) / self.duration) for month in range(self.duration)]
        whole = min(int(months), self.duration)
        part = weights[whole] * (months - whole) if whole < self.duration else 0.0
        return (sum(weights[:whole]) + part) / sum(weights)

    def progress_share(self, months: float) -> float:
        """Share of the first scope meant to be done so many months after the start: the plan, run at another pace."""
        drift = min(1.0, months / self.closed_months)
        return self.planned_share(months * (1 + (self.schedule_ratio - 1) * drift))

    def cost_ratio_after(self, months: float) -> float:
        """CPI meant so many months after the start: starts at 1 and drifts to `cost_ratio`."""
        return 1 + (self.cost_ratio - 1) * months / self.closed_months


INITIATIVES = (
    Initiative(
        id="INI-1",
        name="Demand forecasting for every store",
        team="Forecasting",
        project="DEM",
        repository="demand-forecast",
        component=None,
        label=None,
        sponsor="Chief Supply Chain Officer",
        owner="Ingrid Solberg",
        budget=1_240_000,
        closed_months=10,
        duration=12,
        schedule_ratio=0.87,
        cost_ratio=1.0,
        item_count=118,
        late_item_count=30,
        milestones=(
            Milestone("INI-1-M1", "Weekly forecast live in Germany", 4, 4, 4.2, "epic:1, epic:2"),
            Milestone("INI-1-M2", "Promotions and weather in the forecast", 8, 8.5, 8.6, "epic:3, epic:4"),
            Milestone(
                "INI-1-M3", "Store replenishment runs on the forecast", 11, 12, None, "version:Forecast 2.0", 11.4
            ),
            Milestone("INI-1-M4", "All nine markets on one forecast", 12, 12.5, None, "project:DEM"),
        ),
        wsjf=(8, 8, 5, 8),
        objective="O1",
    ),
    Initiative(
        id="INI-2",
        name="Search that understands what people furnish",
        team="Search",
        project="CUS",
        repository="search-ranking",
        component="Ranking",
        label=None,
        sponsor="Chief Product Officer",
        owner="Priya Raman",
        budget=980_000,
        closed_months=8,
        duration=14,
        schedule_ratio=1.05,
        cost_ratio=0.78,
        item_count=104,
        late_item_count=0,
        milestones=(
            Milestone("INI-2-M1", "Learned ranking serves half of all searches", 4, 4, 3.8, "epic:1, epic:2"),
            Milestone("INI-2-M2", "Query understanding in German and French", 10, 10.3, None, "epic:3, epic:4"),
            Milestone("INI-2-M3", "Learned ranking in all markets", 15, 15, None, "component:Ranking"),
        ),
        wsjf=(8, 5, 3, 8),
        objective="O2",
    ),
    Initiative(
        id="INI-3",
        name="Recommendations on the shared platform",
        team="Platform",
        project="PLT",
        repository="recommender",
        component=None,
        label="recommendations",
        sponsor="Chief Product Officer",
        owner="Yuki Tanaka",
        budget=640_000,
        closed_months=9,
        duration=12,
        schedule_ratio=1.03,
        cost_ratio=1.03,
        item_count=120,
        late_item_count=0,
        milestones=(
            Milestone("INI-3-M1", "Recommender trains on the shared platform", 3, 3, 2.8, "epic:1"),
            Milestone("INI-3-M2", "Home page served in two regions", 7, 7, 6.9, "epic:2, epic:3"),
            Milestone("INI-3-M3", "Basket recommendations in all markets", 13.5, 13.5, None, "label:recommendations"),
        ),
        wsjf=(5, 3, 5, 5),
        objective="O2",
        sizes=(0, 20, 65, 15, 0),  # split evenly, so that as many items are finished each week as before
    ),
    Initiative(
        id="INI-4",
        name="Fraud scoring at checkout",
        team="Fraud",
        project="CUS",
        repository="fraud-scoring",
        component="Fraud",
        label=None,
        sponsor="Chief Financial Officer",
        owner="Marek Kowalczyk",
        budget=760_000,
        closed_months=7,
        duration=12,
        schedule_ratio=0.97,
        cost_ratio=0.98,
        item_count=96,
        late_item_count=0,
        milestones=(
            Milestone("INI-4-M1", "Score shown to the review desk", 4, 4, 4.1, "epic:1, epic:2"),
            Milestone(
                "INI-4-M2", "Model approved for automatic holds", 7.0, 7.5, None, "version:Fraud 3.0", target_in_days=13
            ),
            Milestone("INI-4-M3", "Automatic holds in all markets", 13, 13, None, "component:Fraud"),
        ),
        wsjf=(8, 8, 8, 5),
        objective="O3",
    ),
)


def initiative(initiative_id: str) -> Initiative:
    """The initiative of that id."""
    return next(one for one in INITIATIVES if one.id == initiative_id)
