"""`mentor-server` that kills itself in the middle of its nth push, without any farewell.

MENTOR_KILL_AT names the push and the moment: "3 stored" after its rows are written and before
the commit, "3 committed" after the commit and before the answer.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from mentor_desktop.server import change_log, endpoints
from mentor_desktop.server.__main__ import main


def killing_after(function: Callable[..., Any], times: int) -> Callable[..., Any]:
    """Return the function; the process dies when it has returned so many times."""
    calls = [0]

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        calls[0] += 1
        if calls[0] == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


if __name__ == "__main__":
    at, moment = os.environ["MENTOR_KILL_AT"].split()
    if moment == "stored":
        change_log.store = killing_after(change_log.store, int(at))
    else:
        endpoints.push = killing_after(endpoints.push, int(at))
    sys.exit(main())
