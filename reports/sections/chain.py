"""The evidence chain: how far the money can be followed to a model, and where the way breaks."""

from __future__ import annotations

from reports import figures, words
from reports.document import Block, Cell, Column, Fold, Inline, Item, Items, Light, Table, Value, note, rank_of
from reports.evidence import Known
from reports.marts import Marts, Row
from reports.sections import status

CHAIN = """
    select
        chain_id, initiative_id, budget_line_ids, issue_id, pull_request_id, mlflow_run_id, model_version_id, run_count, reaches, confidence,
        broken_at, remedy
    from marts.evidence_chain
    order by model_version_id is null, broken_at is null, chain_id
"""
KEYS = "select issue_id, issue_key from marts.issues"
PULLS = "select pull_request_id, repository, number from marts.pull_requests"
VERSIONS = "select model_version_id, model_id, version from marts.model_versions"
NAMES = "select model_id, name from marts.registered_models"
HOPS = ("budget_line", "initiative", "issue", "pull_request", "run")
"""The hops in the order of the money."""
FROM = {"budget_line": "no budget line", "initiative": "no initiative", "issue": "no issue", "pull_request": "no pull request", "run": "no run"}  # fmt: skip
KINDS = (
    ("model_version_id", "model version"),
    ("pull_request_id", "pull request"),
    ("issue_id", "issue"),
    ("initiative_id", "initiative"),
)
"""What a way may begin at, the one nearest to the model first; else it is a budget line."""


def blocks(marts: Marts, names: dict[str, str]) -> tuple[Block, ...]:
    """Where ways break and what mends them, then every model version back to the money."""
    rows = marts.rows(CHAIN)
    if not rows:
        return (note("Nothing can be followed yet: it takes a budget, a tracker, repositories and a registry."),)
    called = _Called(marts, names)
    versions = [row for row in rows if row["model_version_id"] is not None]
    return (note(_sentence(versions)), _breaks(rows, called), _versions(versions, called))


def _sentence(versions: list[Row]) -> str:
    if not versions:
        return "No model version is known yet, so no way leads to one."
    whole = figures.count(row for row in versions if row["broken_at"] is None)
    return f"{whole} of {words.count(figures.count(versions), 'model version')} can be followed from the budget line over initiative, issue, pull request and run."


class _Called:
    """What to call the records of a chain, with their addresses."""

    def __init__(self, marts: Marts, names: dict[str, str]) -> None:
        self._marts = marts
        self._initiatives = names
        self._keys = {row["issue_id"]: row["issue_key"] for row in marts.rows(KEYS)}
        self._pulls = {row["pull_request_id"]: row for row in marts.rows(PULLS)}
        self._versions = {row["model_version_id"]: row for row in marts.rows(VERSIONS)}
        self._models = {row["model_id"]: row["name"] for row in marts.rows(NAMES)}

    def initiative(self, one: str | None) -> Value:
        return Value(self._initiatives.get(one or "") or one or "–")

    def issue(self, one: str | None) -> Value:
        key = self._keys.get(one)
        return Value(key or one or "–", href=self._marts.issue(one, key))

    def pull(self, one: str | None) -> Value:
        row = self._pulls.get(one)
        if row is None:
            return Value(one or "–")
        return Value(f"{row['repository']}#{row['number']}", href=self._marts.pull(one, row["repository"], row["number"]))  # fmt: skip

    def version(self, one: str | None) -> Value:
        row = self._versions.get(one)
        if row is None:
            return Value(one or "–")
        name = self._models.get(row["model_id"]) or row["model_id"]
        return Value(f"{name} version {row['version']}", href=self._marts.model(row["model_id"], name, row["version"]))

    def end(self, row: Row) -> Value:
        """The record at which a way was begun."""
        if row["model_version_id"]:
            return self.version(row["model_version_id"])
        if row["pull_request_id"]:
            return self.pull(row["pull_request_id"])
        if row["issue_id"]:
            return self.issue(row["issue_id"])
        return self.initiative(row["initiative_id"]) if row["initiative_id"] else Value(", ".join(row["budget_line_ids"] or ["–"]))  # fmt: skip


def _breaks(rows: list[Row], called: _Called) -> Items:
    """One entry for each hop at which ways break, model versions first."""
    broken: dict[str, list[Row]] = {}
    for row in rows:
        if row["broken_at"]:
            broken.setdefault(row["broken_at"], []).append(row)
    entries = []
    for hop in sorted(broken, key=lambda one: HOPS.index(one) if one in HOPS else len(HOPS)):
        of_it = broken[hop]
        versions = [row for row in of_it if row["model_version_id"] is not None]
        of_model = [row for row in versions if _is_by_model(row)]
        head = f"{_begun(of_it)} {'leads' if len(of_it) == 1 else 'lead'} to {FROM.get(hop, 'no ' + words.label(hop))}"
        listed: list[Inline] = []
        for row in of_it[:3]:
            listed += [", ", called.end(row)]
        lines: list[tuple[Inline, ...]] = [
            (words.sentence(of_it[0]["remedy"] or "No remedy is known"),),
            ("For example ", *listed[1:]),
        ]
        if of_model:
            known = words.count(figures.count(of_model), "model version")
            lines.append((f"The initiative of {known} is known from the model, not from the issue.",))
        entries.append(Item((head,), tuple(lines), Light("red" if versions else "amber")))
    return Items(entries, "Every way can be followed.")


def _begun(rows: list[Row]) -> str:
    """How many records of each kind ways begin at: "114 issues and 2 model versions"."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        noun = next((noun for column, noun in KINDS if row[column]), "budget line")
        groups.setdefault(noun, []).append(row)
    return words.joined(
        [words.count(figures.count(of_it), noun) for noun, of_it in groups.items()], most=len(KINDS) + 1
    )


def _versions(rows: list[Row], called: _Called) -> Table:
    shown: list[tuple[Cell, ...]] = [
        (
            called.version(row["model_version_id"]),
            _work(row, called),
            called.pull(row["pull_request_id"]),
            words.count(figures.length(row, "budget_line_ids")),
            "" if row["broken_at"] else words.share(row["confidence"]),
            _way(row),
        )
        for row in rows
    ]
    return Table(
        "Every model version back to the money, broken ways first",
        (
            Column("Version"),
            Column("Issue and initiative"),
            Column("Pull request", is_page_only=True),
            Column("Budget lines", is_number=True, is_page_only=True),
            Column("Sure", is_number=True, explain="Product of how sure each step is"),
            Column("Where it breaks"),
        ),
        shown,
        empty="No model version is known.",
        limit=15,
        is_caption_shown=True,
    )


def _work(row: Row, called: _Called) -> Cell:
    """The issue behind a version and its initiative, or the initiative that only the model names."""
    initiative = Value(called.initiative(row["initiative_id"]).text, tone="under")
    known_from = (Value("named by the model", tone="under"),) if _is_by_model(row) else ()
    return (called.issue(row["issue_id"]), initiative, *known_from)


def _way(row: Row) -> Cell:
    """Where the way breaks, seen from the version, if it does."""
    if not row["broken_at"]:
        return Value("nowhere", tone="quiet")
    return Value(
        "issue unmapped" if _is_by_model(row) else FROM.get(row["broken_at"]) or str(row["broken_at"]), tone="bad"
    )


def _is_by_model(row: Row) -> bool:
    """Whether the initiative is known, but not by way of the issue."""
    return row["broken_at"] == "initiative" and row["initiative_id"] is not None


MOST_WAYS = 3


def behind(marts: Marts, colours: list[Row], names: dict[str, str], known: Known) -> tuple[Block, ...]:
    """Every record behind a red or amber colour: where it stands, and the way through it from pull request to model."""
    rows = [row for row in colours if row["status"] in ("red", "amber") and row["initiative_id"] is not None and row["dimension"] != "overall"]  # fmt: skip
    if not any(row["evidence"] for row in rows):
        return ()
    called = _Called(marts, names)
    ways = {row["chain_id"]: row for row in marts.rows(CHAIN)}
    shown: list[tuple[Cell, ...]] = []
    for row in sorted(rows, key=lambda row: (rank_of(row["status"]), list(names).index(row["initiative_id"]) if row["initiative_id"] in names else len(names))):  # fmt: skip
        through = [ways[one] for one in row["evidence_chain_ids"] or [] if one in ways]
        about = (
            Value(status.DIMENSIONS.get(row["dimension"]) or words.label(row["dimension"])),
            Value(status.title(row["initiative_id"], names), tone="under"),
        )
        for one, place in zip(row["evidence"] or [], row["evidence_places"] or [], strict=False):
            shown.append((known.named(one), place or "", _ways(one, through, called), about))
    table = Table(
        "Records behind red and amber colours",
        (Column("Record"), Column("Place"), Column("Leads to", explain="Pull requests and model versions of the evidence chain"), Column("Colour")),
        shown,
        empty="No record stands behind a red or amber colour.",
        limit=25,
    )  # fmt: skip
    return (Fold("Every record behind red and amber, with its links", (table,), is_in_markdown=False),)


def _ways(one: str, through: list[Row], called: _Called) -> Cell:
    """The pull requests and model versions on the ways through a record, each once."""
    found: dict[str, Value] = {}
    for way in through:
        if one not in (called.issue(way["issue_id"]).text, way["model_version_id"]):
            continue
        if way["pull_request_id"]:
            found[way["pull_request_id"]] = called.pull(way["pull_request_id"])
        if way["model_version_id"]:
            found[way["model_version_id"]] = called.version(way["model_version_id"])
    parts: list[Inline] = []
    for value in list(found.values())[:MOST_WAYS]:
        parts += [", ", value] if parts else [value]
    if len(found) > MOST_WAYS:
        parts.append(f" and {figures.more(len(found) - MOST_WAYS)} more")
    return tuple(parts) if parts else ""
