"""Which failed requests are sent again, and after how long. Counts every request on the way. No GraphQL errors here."""

from __future__ import annotations

from typing import Any, Self, cast

from github import GithubRetry
from github.GithubException import RateLimitExceededExceedsMaxWait
from urllib3.exceptions import MaxRetryError, SSLError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from connectors.github.settings import Meter
from connectors.patience import LONGEST_WAIT_SECONDS, asked_by, clock_of

_SECONDARY_WAIT_SECONDS = 60  # GitHub's advice where it limits without saying for how long


class MeteredRetry(GithubRetry):
    """GithubRetry that counts, waits by the meter and by the server's clock, and leaves heavy GraphQL pages to the caller."""

    def __init__(self, *, meter: Meter, pause: float = 0, **options: Any) -> None:
        super().__init__(**options)
        self.meter = meter
        self.pause = pause  # seconds that the next sleep lasts at least

    @classmethod
    def polite(cls, meter: Meter) -> MeteredRetry:
        """Six repetitions, three where no reply came; pauses of 4, 8, 16 ... seconds; limits honoured up to the longest wait."""
        return cls(
            meter=meter,
            total=6,
            connect=3,
            read=3,
            backoff_factor=2,
            backoff_max=120,
            backoff_jitter=1,
            max_rate_limit_wait=LONGEST_WAIT_SECONDS,
            status_forcelist=[429, *range(500, 600)],
            raise_on_status=False,  # the last reply says more than "too many 503 error responses"
        )

    def new(self, **changed: Any) -> Self:
        """The next state of the retry, on the same meter."""
        return super().new(meter=self.meter, **changed)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002  # urllib3's signature
        """Called once per reply, so it counts; 502 and 504 to a POST mean a page too heavy, which no repetition heals."""
        self.meter.calls += 1
        if method == "POST" and status_code in {502, 504}:
            return False
        return super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        """The state after a failure; raises where the server asks for a longer wait than allowed."""
        if response is None:
            self.meter.calls += 1  # a request without a reply never reaches is_retry
        if isinstance(error, SSLError) and _pool is not None:
            raise MaxRetryError(_pool, url or "", error)  # a certificate does not mend itself
        pause = self._pause_asked_for(response) if response is not None and response.status in {403, 429} else None
        if pause is None:
            return cast("Self", super().increment(method, url, response, error, _pool, _stacktrace))
        if pause > LONGEST_WAIT_SECONDS:
            response.drain_conn()
            response.close()  # raising from here, nobody else would
            raise RateLimitExceededExceedsMaxWait(
                response.status, {"message": "API rate limit exceeded"}, dict(response.headers), wait=pause
            )
        state = Retry.increment(self, method, url, response, error, _pool, _stacktrace)
        state.pause = pause
        return state

    def _pause_asked_for(self, response: BaseHTTPResponse) -> float | None:
        """Seconds to wait by the reply's own clock; None where GithubRetry reads the reason from the body."""
        if (after := self.get_retry_after(response)) is not None:
            return after
        if response.headers.get("x-ratelimit-remaining") == "0" and (
            reset := response.headers.get("x-ratelimit-reset")
        ):
            return max(float(reset) - clock_of(response.headers).timestamp(), 0) + 1  # some time within that second
        return _SECONDARY_WAIT_SECONDS if response.status == 429 else None

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds from a Retry-After header: whole, with a fraction, or a date (measured by the reply's own clock)."""
        return asked_by(response.headers)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Waits as the server asked, else by the back-off."""
        asked = self.get_retry_after(response) if response is not None else None
        self.meter.wait(asked or self.pause or self.get_backoff_time())
