"""What MLflow keeps of generative applications and of models that nobody has registered yet, in no vendor's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(slots=True)
class LoggedModel:
    """A model as a run logged it. `key` is the story's own name for it; the server hands out the id."""

    key: str
    name: str
    run: str  # key of its run
    created_at: datetime
    model_type: str
    params: dict[str, str]
    metrics: list[tuple[str, float, int, datetime]]
    deleted_at: datetime | None = None


@dataclass(slots=True)
class Assessment:
    """A grade that a person or a judging model gave to an answer."""

    name: str
    value: bool | float | str
    at: datetime
    source_type: Literal["HUMAN", "LLM_JUDGE", "CODE"]
    source_id: str


@dataclass(slots=True)
class Trace:
    """One answer of a generative application. `duration_ms` None: it never came to an end."""

    key: str
    experiment: str
    name: str
    started_at: datetime
    duration_ms: int | None
    is_error: bool = False
    assessments: list[Assessment] = field(default_factory=list)
