"""Serving a WSGI app on loopback with a settable clock, a log of requests and faults on order. No vendor's format here."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Literal, Self

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from connectors.sandbox.program import Program


@dataclass(slots=True)
class Fault:
    """Something that goes wrong on the requests whose "METHOD path?query" matches, `times` times, after `after` good ones."""

    match: str  # regular expression searched in e.g. "GET /rest/api/3/search/jql?..."
    kind: Literal["reply", "reset", "truncate", "stall"]
    times: int = 1
    after: int = 0
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(slots=True)
class Sandbox:
    """What all servers share: the program, the moment it is shown at, faults to come and requests seen."""

    program: Program
    now: datetime
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)  # "METHOD path?query" in order of arrival
    lock: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)  # ends stalls

    def fault_for(self, line: str) -> Fault | None:
        """The fault ordered for this request, used up by the call."""
        with self.lock:
            self.requests.append(line)
            for fault in self.faults:
                if re.search(fault.match, line):
                    if fault.after > 0:
                        fault.after -= 1
                    elif fault.times > 0:
                        fault.times -= 1
                        return fault
        return None


_LONGEST_STALL_SECONDS = 30.0


class _KeepAlive(WSGIRequestHandler):
    """Keeps connections open as the vendors do, and keeps quiet: Sandbox.requests is the log."""

    protocol_version = "HTTP/1.1"

    def send_response(self, code: Any, message: str | None = None) -> None:
        """The status line alone: the base class would add a second Date, by this machine's clock."""
        self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the name is werkzeug's
        """Nothing."""


def faulty(app: Callable[..., Iterable[bytes]], sandbox: Sandbox) -> Callable[..., Iterable[bytes]]:
    """The app behind a layer that logs each request, dates each reply by the sandbox's clock and injects faults."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        fault = sandbox.fault_for(f"{request.method} {request.full_path.rstrip('?')}")
        if fault and fault.kind in ("reset", "stall"):
            if fault.kind == "stall":
                sandbox.closing.wait(_LONGEST_STALL_SECONDS)
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            # Tells werkzeug's handler that the peer is gone: it gives the connection up without a word.
            raise ConnectionResetError
        if fault and fault.kind == "reply":
            response = Response(fault.body, status=fault.status, headers=fault.headers)
        else:
            response = Response.from_app(app, environ, buffered=True)
        response.headers["Date"] = format_datetime(sandbox.now, usegmt=True)
        if fault and fault.kind == "truncate":
            whole = response.get_data()
            response.headers["Content-Length"] = str(len(whole))
            response.headers["Connection"] = "close"
            start_response(response.status, list(response.headers))
            return [whole[: len(whole) // 2]]
        return response(environ, start_response)

    return serve


class Server:
    """One app on 127.0.0.1, in threads of this process, until closed. Port 0 picks a free one."""

    def __init__(self, app: Callable[..., Iterable[bytes]], sandbox: Sandbox, *, port: int = 0) -> None:
        self._sandbox = sandbox
        self._server = make_server("127.0.0.1", port, faulty(app, sandbox), threaded=True, request_handler=_KeepAlive)
        self._server.daemon_threads = True  # type: ignore[attr-defined]  # werkzeug's mixin has it, its stub does not
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        # Looks 20 times a second whether to stop, so that closing does not take half a second.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True, name=f"sandbox {self.url}"
        )
        self._thread.start()

    def close(self) -> None:
        """Stops listening and waits for the serving thread."""
        self._sandbox.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
