"""What the story's data must say: the figures and colours of the initiatives and models, for tests and for people who check.

Nothing is generated from here. tests/connectors/sandbox/story/test_facts.py finds each figure again in the entities alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """How an initiative stands at the last closed month. Ranges are (lowest, highest) for any `now`."""

    cpi: tuple[float, float]
    spi_t: tuple[float, float]
    growth_in_4_weeks: tuple[float, float]  # of points in scope, as a share
    colours: dict[str, str]  # by dimension; one that is left out depends on rules beside the story
    reason: str


FACTS = {
    "INI-1": Fact(
        cpi=(0.97, 1.03),
        spi_t=(0.6, 0.895),
        growth_in_4_weeks=(0.15, 0.4),
        colours={"schedule": "red", "scope": "red", "budget": "green", "overall": "red"},
        reason=(
            "Franchise stores came into the scope within the last four weeks (about a quarter more points); even before, the work "
            "was behind the plan. The milestones M3 and M4 are forecast months after their targets. Spending follows the progress."
        ),
    ),
    "INI-2": Fact(
        cpi=(0.76, 0.8),
        spi_t=(1.0, 1.1),
        growth_in_4_weeks=(-0.02, 0.05),
        colours={"schedule": "green", "scope": "green", "budget": "red", "overall": "red"},
        reason="Ahead of the plan, but each finished point costs a quarter more than planned; a standing override shows amber.",
    ),
    "INI-3": Fact(
        cpi=(1.0, 1.06),
        spi_t=(1.0, 1.08),
        growth_in_4_weeks=(-0.02, 0.05),
        colours=dict.fromkeys(("schedule", "scope", "budget", "delivery", "model_health", "overall"), "green"),
        reason="On time, on budget, at an even pace, no blockers, a fresh champion with all gates passed, no overdue risk.",
    ),
    "INI-4": Fact(
        cpi=(0.95, 1.01),
        spi_t=(0.93, 1.0),
        growth_in_4_weeks=(-0.02, 0.05),
        colours={"model_health": "red", "compliance": "red", "risk": "red", "overall": "red"},
        reason=(
            "The champion of checkout-fraud is 143 days old with a limit of 60, its challenger is worse by 0.041, three features drift, "
            "the privacy review failed and its waiver ran out nine days ago. Two items wait since 17 days for the platform team, "
            "Marek Kowalczyk holds more than half of the open work, R-07 is overdue for review and its trigger is met, R-08 is overdue."
        ),
    ),
}

MODEL_COLOURS = {
    "demand-forecast": "green",  # version 1 has no run
    "search-ranking": "green",  # champion moved 23 days ago
    "query-intent": "green",  # version 2 has a failed run behind it
    "home-recommender": "green",  # everything there, champion moved 10 days ago
    "checkout-fraud": "red",  # stale champion, regression, drift, failed gate, expired waiver, 4 in 10 runs fail
    "promo-uplift": "red",  # nobody owns it, no model card, the champion's run was deleted
}

OVER_ALLOCATED = "Jonas Brandt"  # 70 % on INI-1 and 60 % on INI-4
HOLDS_MOST = ("Marek Kowalczyk", "INI-4")
