"""The demo's sources, MLflow's real server among them, send what the hub knows: no false alarm of drift."""

from __future__ import annotations

from warehouse import query


def test_no_field_of_the_demo_has_drifted(program):
    """Of all its fields and columns none; a column that people added to a sheet is their own."""
    with query.connect(program.settings.warehouse) as connection:
        found = connection.execute("select finding from marts.field_drifts").fetchall()
        [(count,)] = connection.execute(
            "select count(*) from marts.data_quality where check_name like 'field_%' and area = 'payloads'"
        ).fetchall()
    assert found == []
    assert count == 4
