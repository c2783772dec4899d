"""What is written down about a fault: its kind and its place, never what somebody wrote, and no number of a need.

An exception's message may quote a row, a form or a file; so may the variables of its frames. Logs and reports by mail
leave both out. With `debug` on, which is for a developer's own machine, everything is shown.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import ItemsView
from types import FrameType, TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

_KEPT_OUT = "(kept out)"
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """A log line; of an exception, and of those that led to it, the kinds and the places."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 logging's name
        """The way through the code, without the words that the exception carries."""
        parts, raised = [], ei[1]
        while raised is not None:
            way = "".join(traceback.format_tb(raised.__traceback__))
            parts.append(f"{way}{type(raised).__module__}.{type(raised).__qualname__}")
            raised = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
        return "\nwhich came from\n".join(parts)


class RouteOnly(logging.Filter):
    """Names the route of a failed request, not its address: that holds the number of somebody's need."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record through, changed."""
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if isinstance(record.args, tuple) and len(record.args) == 2 and hasattr(record, "request"):
            record.args = (record.args[0], match.route if match is not None else _KEPT_OUT)
        return True


class NothingOfPeople(SafeExceptionReporterFilter):
    """Keeps what was sent, cookies and variables out of a report."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """The names of the fields that were sent."""
        sent: dict[str, Any] = super().get_post_parameters(request)
        return dict.fromkeys(sent, _KEPT_OUT) if self.is_active(request) else sent

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """The names of a frame's variables."""
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return dict.fromkeys(tb_frame.f_locals, _KEPT_OUT).items()

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        """The names of the cookies."""
        return dict.fromkeys(super().get_safe_cookies(request), _KEPT_OUT)


class Reporter(ExceptionReporter):
    """A report of a fault without the words of its exception and of those that led to it."""

    def get_traceback_data(self) -> dict[str, Any]:
        """What the report's template shows."""
        data: dict[str, Any] = super().get_traceback_data()
        if not self.filter.is_active(self.request):
            return data
        data |= {"exception_value": _KEPT_OUT, "exception_notes": "", "unicode_hint": "", "user_str": _KEPT_OUT}
        data["request_FILES_items"] = []
        for frame in data["frames"]:
            frame["exc_cause"] = type(frame["exc_cause"]).__name__ if frame["exc_cause"] else None
        return data
