"""The server's log: one JSON object a line on standard error, what happened and never to whom."""

import json
import logging
import sys
import traceback
from pathlib import Path

log = logging.getLogger("mentor_desktop.server")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "what": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            # The message of an error may quote a value: only its kind and its places are kept.
            line["kind"] = record.exc_info[0].__name__
            line["trace"] = [
                f"{Path(one.filename).name}:{one.lineno} {one.name}"
                for one in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)


def start() -> None:
    """Write the log of this process to standard error, where a service manager collects it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    log.setLevel(logging.INFO)
    # What uvicorn says of a request that broke, too: its traceback quotes paths and values.
    for one in (log, logging.getLogger("uvicorn.error")):
        one.handlers[:] = [handler]
        one.propagate = False


def note(what: str, **facts: str | float) -> None:
    """Log what happened; `facts` hold counts, durations and codes, never names or addresses."""
    log.info(what, extra={"facts": facts})
