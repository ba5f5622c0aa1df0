"""The SQL models as Dagster's specifications of assets and checks, read from dbt's manifest. Not here: building them.

dagster-dbt would say much the same, but to import it (and with it dbt) takes longer than to load all definitions.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import orjson

MADE = {"model", "seed"}
LAYERS = {"staging", "intermediate"}


def read(manifest: Path) -> tuple[list[dg.AssetSpec], list[dg.AssetCheckSpec]]:
    """An asset for every SQL model and seed, and a check for every data test of one."""
    told = orjson.loads(manifest.read_bytes())
    nodes = {**told["nodes"], **told["sources"]}
    keys = {name: asset_key(node) for name, node in nodes.items() if node["resource_type"] in {*MADE, "source"}}
    assets = [_asset(node, keys) for node in nodes.values() if node["resource_type"] in MADE]
    checks = [
        _check(node, keys, keys[subject])
        for node in nodes.values()
        if node["resource_type"] == "test" and (subject := _subject(node)) in keys
    ]
    return assets, checks


def asset_key(node: Mapping[str, Any]) -> dg.AssetKey:
    """The bare name: marts.flow_weekly is the asset flow_weekly; a raw table is landing/<name>."""
    name = node["name"]
    return dg.AssetKey(["landing", name] if node["resource_type"] == "source" else name)


def _asset(node: Mapping[str, Any], keys: Mapping[str, dg.AssetKey]) -> dg.AssetSpec:
    is_rule = node["resource_type"] == "seed"
    columns = [
        dg.TableColumn(name, column.get("data_type") or "?", column.get("description"))
        for name, column in node["columns"].items()
    ]
    return dg.AssetSpec(
        asset_key(node),
        deps=_parents(node, keys),
        description=node["description"],
        group_name="rules" if is_rule else _group(node["fqn"][1:-1]),
        # Rules belong to those who run the program, SQL to those who run the platform.
        owners=["team:program-management" if is_rule else "team:data-platform"],
        kinds={"dbt", "duckdb"},
        code_version=node["checksum"]["checksum"],
        metadata={
            "dagster/table_name": f"{node['schema']}.{node['name']}",
            **({"dagster/column_schema": dg.TableSchema(columns)} if columns else {}),
        },
        skippable=True,
    )


def _check(node: Mapping[str, Any], keys: Mapping[str, dg.AssetKey], subject: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        node["name"],
        asset=subject,
        description=node["description"] or None,
        additional_deps=[key for key in _parents(node, keys) if key != subject],
        blocking=node["config"]["severity"].lower() == "error",
    )


def _subject(test: Mapping[str, Any]) -> str:
    """What a test is about: the SQL model it is written under, else the first that it reads."""
    return str(test.get("attached_node") or next(iter(test["depends_on"]["nodes"]), ""))


def _parents(node: Mapping[str, Any], keys: Mapping[str, dg.AssetKey]) -> list[dg.AssetKey]:
    return list(dict.fromkeys(keys[name] for name in node["depends_on"].get("nodes", ()) if name in keys))


def _group(folder: list[str]) -> str:
    """The layer, and for marts the subject."""
    if folder[:1] == ["marts"] and len(folder) > 1:
        return folder[1]
    return folder[0] if folder and folder[0] in LAYERS else "marts"
