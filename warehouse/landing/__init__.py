"""The landing zone: one append-only Delta table per instance and stream, holding every version of every record.

Not here: what the records mean (models/staging), which records to read (connectors), how versions become
intervals (raw.py).
"""

from warehouse.landing.damage import MAKE_ROOM, LandingDamaged, in_a_line, is_unwritable
from warehouse.landing.guard import ShrunkenRead
from warehouse.landing.rows import BATCH_BYTES, CONTROL_ID, Row
from warehouse.landing.table import Appended, LandingConflict, Table
from warehouse.landing.zone import Compacted, Zone

__all__ = [
    "BATCH_BYTES",
    "CONTROL_ID",
    "MAKE_ROOM",
    "Appended",
    "Compacted",
    "LandingConflict",
    "LandingDamaged",
    "Row",
    "ShrunkenRead",
    "Table",
    "Zone",
    "in_a_line",
    "is_unwritable",
]
