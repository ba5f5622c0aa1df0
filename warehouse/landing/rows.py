"""Records as rows of a landing table: canonical JSON text, its hash, Arrow batches of a bounded size.

Not here: which rows are worth writing (table.py).
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import orjson
import pyarrow as pa

from warehouse.privacy.scrubbing import Scrubber

CONTROL_ID = "_cursor"
"""Id of the row that carries a table's cursor; no source may use it."""

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("payload", pa.string()),
        pa.field("source_updated_at", pa.timestamp("us", tz="UTC")),
        pa.field("synced_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("payload_hash", pa.string()),
        pa.field("is_deleted", pa.bool_(), nullable=False),
    ]
)
"""Columns of every landing table. A tombstone has neither payload nor hash."""

INCOMING = pa.schema([SCHEMA.field(name) for name in ("id", "payload", "source_updated_at", "payload_hash")])
"""Columns of rows that have not been compared yet."""

_WHOLE = pa.int64()
_INSTANT = pa.timestamp("us", tz="UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

BATCH_BYTES = 4 * 2**20
BATCH_ROWS = 10_000

# What orjson would write in its own way goes to the standard library, which refuses it.
_STRICT = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


@dataclass(frozen=True, slots=True)
class Row:
    """One record to land: its immutable id, its payload as received, the source's own time stamp if it keeps one.

    The payload becomes text at once: rows that wait for their commit take a fifth of the room of decoded JSON.
    """

    id: str
    payload: InitVar[dict[str, Any]]
    source_updated_at: datetime | None = None
    scrubber: InitVar[Scrubber | None] = None  # what must not land is replaced: in the id, and in the finished text
    text: bytes = field(init=False, repr=False)

    def __post_init__(self, payload: dict[str, Any], scrubber: Scrubber | None) -> None:
        text = canonical(payload)
        if scrubber:
            object.__setattr__(self, "id", scrubber.id(self.id))
            text = scrubber.json(text.decode()).encode()
        object.__setattr__(self, "text", text)


def canonical(payload: object) -> bytes:
    """JSON in UTF-8 that is the same for equal payloads: keys sorted, no blanks, valid for any reader.

    The payload holds JSON values only. NaN and infinities are none: whoever decodes a reply names them, as finding them here
    would take ten times as long as writing the text. A lone surrogate becomes U+FFFD.
    """
    try:
        return orjson.dumps(payload, option=_STRICT)
    except orjson.JSONEncodeError:  # a lone surrogate, a number of more than 64 bits
        pass
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def payload_hash(text: bytes) -> str:
    """SHA-256 of canonical text, in hexadecimal.

    Taken here, as the text is made anyway: with the processor's SHA instructions 4 times faster than
    DuckDB's `sha256` over the finished column (4.4 KB payloads: 3.7 and 14.6 microseconds each).
    """
    return hashlib.sha256(text).hexdigest()


def batches(rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    """Rows as Arrow batches of the INCOMING schema, each of at most about BATCH_BYTES, so that memory stays flat."""
    ids: list[str] = []
    texts: list[bytes] = []
    times: list[datetime | None] = []
    size = 0
    for row in rows:
        if row.id == CONTROL_ID:
            message = f"{CONTROL_ID!r} is reserved for the cursor and cannot be a record's id"
            raise ValueError(message)
        ids.append(row.id)
        texts.append(row.text)
        times.append(row.source_updated_at)
        size += len(row.text)
        if size >= BATCH_BYTES or len(ids) >= BATCH_ROWS:
            yield batch(ids, texts, times)
            ids, texts, times, size = [], [], [], 0
    if ids:
        yield batch(ids, texts, times)


def batch(ids: list[str], texts: list[bytes], times: list[datetime | None]) -> pa.RecordBatch:
    """One batch of the INCOMING schema, with the payloads' hashes."""
    hashes = [payload_hash(text).encode() for text in texts]
    return pa.record_batch([strings(_encoded(ids)), strings(texts), _instants(times), strings(hashes)], schema=INCOMING)


def tombstones(ids: list[str]) -> pa.RecordBatch:
    """One batch of the INCOMING schema that says these are deleted."""
    columns = [pa.nulls(len(ids), kind) for kind in INCOMING.types[1:]]
    return pa.record_batch([strings(_encoded(ids)), *columns], schema=INCOMING)


def stamped(incoming: pa.RecordBatch, synced_at: datetime) -> pa.RecordBatch:
    """A batch of the INCOMING schema with what the landing table's has besides. It holds records or tombstones.

    ValueError if it holds both: one record without a payload would make tombstones of all.
    """
    count = incoming.num_rows
    # Not `is_null()`: that imports pyarrow.compute, which takes a twentieth of a whole sync of 5,000 records.
    empty = incoming["payload"].null_count
    if empty not in (0, count):
        message = f"A batch holds records or tombstones: {empty} of its {count} rows have no payload. None of them is written."
        raise ValueError(message)
    is_gone = b"\xff" if empty else b"\0"
    deleted = pa.Array.from_buffers(pa.bool_(), count, [None, pa.py_buffer(is_gone * (count // 8 + 1))])
    stamps = _instants([synced_at] * count)
    columns = [incoming["id"], incoming["payload"], incoming["source_updated_at"], stamps, incoming["payload_hash"]]
    return pa.record_batch([*columns, deleted], schema=SCHEMA)


def scrubbed(landed: pa.RecordBatch, scrubber: Scrubber, tally: Counter[str]) -> pa.RecordBatch:
    """A batch of the landing table's schema without what the scrubber replaces, hashed as if it had landed so."""
    columns = {name: landed[name].to_pylist() for name in ("id", "payload", "payload_hash")}
    for at, (record_id, payload) in enumerate(zip(columns["id"], columns["payload"], strict=True)):
        fresh_id = scrubber.id(record_id)
        fresh = None if payload is None else scrubber.json(payload)
        tally["changed"] += (fresh_id, fresh) != (record_id, payload)
        if fresh is not None and fresh != payload:
            columns["payload_hash"][at] = payload_hash(fresh.encode())
        columns["id"][at], columns["payload"][at] = fresh_id, fresh
    arrays = [pa.array(columns[f.name], f.type) if f.name in columns else landed[f.name] for f in SCHEMA]
    return pa.record_batch(arrays, schema=SCHEMA)


# Arrays are made of their buffers: `pa.array` would first import pandas, 60 MB and a second, to see whether it was handed some.


def strings(values: Sequence[bytes]) -> pa.Array:
    """A column of texts in UTF-8."""
    offsets = array("i", accumulate(map(len, values), initial=0))
    return pa.Array.from_buffers(
        pa.string(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))]
    )


def numbers(values: Any, kind: pa.DataType = _WHOLE) -> pa.Array:
    """A column of 64-bit numbers, from any buffer of them."""
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def _encoded(ids: list[str]) -> list[bytes]:
    return [record_id.encode("utf-8", "replace") for record_id in ids]


def _instants(times: list[datetime | None]) -> pa.Array:
    """A column of instants. Those without a zone count as UTC."""
    values = array("q", bytes(8 * len(times)))
    bits = 0
    for position, time in enumerate(times):
        if time is not None:
            values[position] = ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
            bits |= 1 << position
    present = pa.py_buffer(bits.to_bytes((len(times) + 7) // 8, "little"))
    return pa.Array.from_buffers(_INSTANT, len(times), [present, pa.py_buffer(values)])
