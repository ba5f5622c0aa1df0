"""What relations prove as they are made (warehouse/macros/prove.sql): a word that the macro does not know would prove nothing."""

from __future__ import annotations

import pytest
import yaml

from warehouse import build

FILES = [
    *(build.PROJECT / "models" / "staging").rglob("*.yml"),
    *(build.PROJECT / "models" / "intermediate").rglob("*.yml"),
    *(build.PROJECT / "seeds").glob("*.yml"),
]
DESCRIBED = [
    pytest.param(node, id=node["name"])
    for file in FILES
    for kind, nodes in yaml.safe_load(file.read_text()).items()
    if kind in {"models", "seeds"}
    for node in nodes
]


@pytest.mark.parametrize("node", DESCRIBED)
def test_what_a_relation_is_to_prove_is_understood(node):
    """Its grain is a list of columns, and what it conserves names the table and the id."""
    meta = node.get("config", {}).get("meta", {})
    assert set(meta) <= {"grain", "conserves"}
    assert isinstance(meta.get("grain", ["*"]), list)
    assert meta.get("grain", ["*"])
    assert set(meta.get("conserves", {"table", "id"})) == {"table", "id"}


def test_seeds_prove_it_after_they_are_loaded():
    """Tables do it in their own materialization."""
    project = yaml.safe_load((build.PROJECT / "dbt_project.yml").read_text())
    assert project["seeds"]["hub"]["+post-hook"] == "{{ prove(this, model.config.meta) }}"
    assert project["models"]["hub"]["+materialized"] == "table"
