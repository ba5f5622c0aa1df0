"""What the teams work on, in their words. A title with {slots} stands for one item per combination of its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random
from string import Formatter


@dataclass(frozen=True)
class Theme:
    """An epic and the titles of its items. `share` of the initiative's items belong to it."""

    title: str
    share: float
    items: tuple[str, ...]


WORDS = {
    "market": ("Germany", "Austria", "Poland", "the Netherlands", "Denmark", "Sweden", "Czechia", "Belgium", "France"),
    "category": (
        "sofas",
        "beds and mattresses",
        "lighting",
        "garden furniture",
        "kitchens",
        "rugs",
        "storage",
        "office chairs",
    ),
    "language": ("German", "French", "Polish", "Dutch", "Swedish"),
    "region": ("eu-central", "eu-north"),
    "surface": ("the home page", "the product page", "the basket", "the wish list", "the newsletter"),
    "payment": ("invoice", "card", "PayPal", "instalment", "direct debit"),
    "service": (
        "feature store",
        "training cluster",
        "model registry",
        "batch scheduler",
        "serving gateway",
        "event stream",
    ),
}

THEMES: dict[str, tuple[Theme, ...]] = {
    "INI-1": (
        Theme(
            "Clean sales history per store and article",
            0.18,
            (
                "Backfill three years of store sales for {market}",
                "Repair returns booked as negative sales in {category}",
                "Reconcile store stock with the warehouse ledger for {market}",
            ),
        ),
        Theme(
            "First weekly forecast for pilot stores",
            0.16,
            (
                "Train the gradient-boosted baseline for {category}",
                "Compare forecast with the planners' own numbers for {category}",
                "Schedule the weekly forecast run and its alerts",
                "Write the forecast to the replenishment database",
            ),
        ),
        Theme(
            "Promotions and prices as drivers",
            0.16,
            (
                "Load the promotion calendar of {market}",
                "Estimate price elasticity for {category}",
                "Show planners which promotion moved the forecast",
            ),
        ),
        Theme(
            "Weather and seasons",
            0.14,
            (
                "Join the weather forecast to stores in {market}",
                "Model the spring peak of {category}",
            ),
        ),
        Theme(
            "Replenishment reads the forecast",
            0.20,
            (
                "Turn the forecast of {category} into order proposals",
                "Cap order proposals by shelf space in {market}",
                "Let store managers overrule an order proposal",
                "Measure stock-outs before and after for {category}",
            ),
        ),
        Theme(
            "Roll-out to the remaining markets",
            0.16,
            (
                "Calibrate the forecast for stores in {market}",
                "Train store managers in {market}",
                "Run forecast and old ordering side by side in {market}",
            ),
        ),
        Theme(
            "Franchise stores, asked for by the steering committee",
            0.0,
            (
                "Import franchise sales of {market}",
                "Forecast franchise stores without stock data in {market}",
                "Agree on order cut-off times with franchise owners in {market}",
                "Separate franchise margin in the planners' dashboard for {market}",
            ),
        ),
    ),
    "INI-2": (
        Theme(
            "Click and purchase log good enough to learn from",
            0.18,
            (
                "Log impressions with position for {category}",
                "Remove crawler traffic from the search log of {market}",
                "Label purchases within seven days of a search in {market}",
            ),
        ),
        Theme(
            "Learned ranking behind an experiment",
            0.22,
            (
                "Train the ranking model on {category}",
                "Compute popularity features per day for {market}",
                "Serve ranking features within 15 ms for {category}",
                "Guard the experiment with a latency stop for {market}",
            ),
        ),
        Theme(
            "Query understanding",
            0.16,
            (
                "Detect the furniture type in {language} queries",
                "Correct spelling in {language} queries",
                "Recognise sizes such as 160x200 in {language} queries",
            ),
        ),
        Theme(
            "Semantic retrieval",
            0.16,
            (
                "Embed product texts in {language}",
                "Blend keyword and vector results for {category}",
                "Re-index vectors nightly for {market}",
            ),
        ),
        Theme(
            "Ranking for every market",
            0.16,
            (
                "Tune the ranking weights for {market}",
                "Compare revenue per search in {market}",
            ),
        ),
        Theme(
            "Search quality people can see",
            0.12,
            (
                "Report searches without result for {market}",
                "Let merchandisers pin products in {category}",
            ),
        ),
    ),
    "INI-3": (
        Theme(
            "Training on the shared platform",
            0.2,
            (
                "Move the recommender's training for {market} to the shared cluster",
                "Publish co-purchase features for {category}",
                "Track recommender runs in the registry with data digests",
            ),
        ),
        Theme(
            "Home page in two regions",
            0.24,
            (
                "Serve home page recommendations from {region}",
                "Fail over between regions for {market}",
                "Fill recommendations for new visitors in {market}",
            ),
        ),
        Theme(
            "Fresh features",
            0.2,
            (
                "Update view counts every minute for {category}",
                "Fall back to daily features when the stream lags in {market}",
            ),
        ),
        Theme(
            "Basket recommendations",
            0.22,
            (
                "Suggest matching parts for {category} in the basket",
                "Hide suggestions that are out of stock in {market}",
                "Measure attach rate of suggestions on {surface}",
            ),
        ),
        Theme(
            "Recommendations people can trust",
            0.14,
            (
                "Explain why a product is suggested on {surface}",
                "Exclude sensitive categories from suggestions in {market}",
                "Write the model card of the recommender",
            ),
        ),
    ),
    "INI-4": (
        Theme(
            "Orders and chargebacks in one place",
            0.2,
            (
                "Match chargebacks to orders paid by {payment}",
                "Load delivery addresses with their history for {market}",
                "Deduplicate customer accounts in {market}",
            ),
        ),
        Theme(
            "Score for the review desk",
            0.2,
            (
                "Train the fraud score on {payment} orders",
                "Show the three strongest reasons for {payment} orders",
                "Measure how often the review desk agrees in {market}",
            ),
        ),
        Theme(
            "Score within the checkout",
            0.2,
            (
                "Score {payment} orders within 80 ms",
                "Read velocity features online for {payment} orders",
                "Switch to rules when the score is late in {market}",
            ),
        ),
        Theme(
            "Approval for automatic holds",
            0.2,
            (
                "Compare hold rates by age group in {market}",
                "Document training data of {payment} orders for the auditors",
                "Define who may release a held order in {market}",
            ),
        ),
        Theme(
            "Automatic holds in all markets",
            0.2,
            (
                "Switch on automatic holds for {payment} orders",
                "Tell customers in {market} why an order waits",
                "Tune the hold threshold for {market}",
            ),
        ),
    ),
}

CARE: dict[str, tuple[str, ...]] = {
    "PLT": (
        "Upgrade the {service} to the current release",
        "Rotate credentials of the {service}",
        "Reduce idle cost of the {service} in {region}",
        "Alert when the {service} runs out of disk in {region}",
        "Write the on-call guide for the {service}",
        "Restore the {service} from backup as a rehearsal in {region}",
        "Retire the old {service} in {region}",
    ),
    "CUS": (
        "Translate filter names for {market}",
        "Clean up redirect rules for {market}",
        "Retire the old filter page for {category}",
        "Move search analytics of {market} to the new dashboard",
    ),
}

FORMER: tuple[
    tuple[str, str, str, tuple[str, ...]], ...
] = (  # team, epic, component, items: CUS before the initiatives
    (
        "Search",
        "Filters people use",
        "Search page",
        (
            "Let people filter {category} by size",
            "Show stock per store for {category}",
            "Remember filters of {category} between visits",
        ),
    ),
    (
        "Fraud",
        "Rules at the checkout",
        "Checkout rules",
        (
            "Hold {payment} orders above a limit",
            "Check repeated delivery addresses in {market}",
            "Let the review desk release {payment} orders",
        ),
    ),
)

CARE_FAULTS: dict[str, tuple[str, ...]] = {
    "PLT": (
        "The {service} restarts at night in {region}",
        "Metrics of the {service} are missing in {region}",
        "The {service} refuses tokens after the clock change",
    ),
    "CUS": (
        "Facet counts are wrong for {category}",
        "Search box loses focus on {surface}",
        "Autocomplete shows discontinued {category}",
        "Images of {category} load slowly on {surface}",
    ),
}

FAULTS: dict[str, tuple[str, ...]] = {
    "INI-1": (
        "Forecast run skips stores that reopened in {market}",
        "Order proposals double on public holidays in {market}",
        "Promotion uplift applied twice for {category}",
    ),
    "INI-2": (
        "Ranking prefers sold-out {category}",
        "{language} umlauts break query matching",
        "Ranking experiment leaks into the control group in {market}",
    ),
    "INI-3": (
        "Recommendations repeat products already bought in {category}",
        "Empty recommendation slot on {surface}",
    ),
    "INI-4": (
        "Gift cards are always scored as fraud in {market}",
        "Score missing when the customer changes to {payment}",
        "Review desk sees stale reasons for {payment} orders",
    ),
}

INCIDENTS: tuple[tuple[str, float, str], ...] = (  # initiative or "", months from the current one, summary
    ("", -16.2, "Search answers 503 for nine minutes after the index switch"),
    ("", -14.5, "Model registry unreachable for the nightly jobs"),
    ("", -11.8, "Checkout slow: rules engine exhausts its connection pool"),
    ("INI-1", -8.6, "Weekly forecast not delivered to replenishment"),
    ("INI-1", -7.2, "Forecast for Poland is zero for all stores"),
    ("INI-3", -6.9, "Home page shows no recommendations in eu-north"),
    ("INI-4", -5.1, "Fraud score times out for a third of the orders"),
    ("INI-2", -4.6, "Ranking service returns products in random order"),
    ("INI-1", -4.0, "Order proposals sent twice to four hundred stores"),
    ("INI-2", -3.1, "Search latency doubles after the feature rollout"),
    ("INI-4", -2.2, "Every instalment order is sent to the review desk"),
    ("INI-2", -1.6, "Vector index empty for the Netherlands"),
    ("INI-4", -0.9, "Fraud score frozen at yesterday's features"),
    ("INI-1", -0.3, "Replenishment reads last week's forecast"),
)

STEPS = (
    "Agree on the data contract",
    "Write the transformation",
    "Add monitoring",
    "Review with the business",
    "Roll out",
    "Clean up",
)
"""Titles of sub-tasks."""


def titles(templates: tuple[str, ...], random: Random) -> Iterator[str]:
    """All titles the templates stand for, shuffled, each template as often as the others as long as it lasts."""
    pools: list[list[str]] = []
    for template in templates:
        names = [name for _, name, _, _ in Formatter().parse(template) if name]
        combinations = list(product(*(WORDS[name] for name in names)))
        pool = [template.format(**dict(zip(names, words, strict=True))) for words in combinations]
        random.shuffle(pool)
        pools.append(pool)
    while any(pools):
        for pool in pools:
            if pool:
                yield pool.pop()
    round_two = 2
    while True:  # more items than titles: the same again as follow-ups
        for template in templates:
            names = [name for _, name, _, _ in Formatter().parse(template) if name]
            words = [random.choice(WORDS[name]) for name in names]
            yield f"{template.format(**dict(zip(names, words, strict=True)))}: follow-up {round_two}"
        round_two += 1
