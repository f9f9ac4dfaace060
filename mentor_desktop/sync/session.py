"""A token for this device, got by signing what time it is here."""

from collections.abc import Callable

import msgspec

from mentor_desktop.sync import troubles
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.sessions import sign_session
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.messages import PATHS, SessionReply, SessionRequest, to_json
from mentor_desktop.sync.replica.state import Identity
from mentor_desktop.sync.steps import Request, Steps
from mentor_desktop.sync.troubles import Refused

_CLOCK = "clock"


class _ClockFacts(msgspec.Struct):
    server_time: int


def get_token(line: Line, own: Identity, now_ms: Callable[[], int]) -> Steps[str]:
    """Return a token for the device.

    A server that finds the clock here too far from its own says its time, and that is signed
    instead: nobody is locked out by a clock.

    Raises:
        SignInNeeded: the device has no access. Unreachable: as `Line.ask`.
    """
    try:
        return (yield from _asked(line, own, now_ms()))
    except Refused as refused:
        if refused.code != _CLOCK:
            raise
        try:
            told = msgspec.convert(refused.facts, _ClockFacts)
        except msgspec.ValidationError:
            raise refused from None
    try:
        return (yield from _asked(line, own, told.server_time))
    except Refused as refused:
        if refused.code == _CLOCK:
            raise troubles.sign_in_needed() from refused
        raise


def _asked(line: Line, own: Identity, at_ms: int) -> Steps[str]:
    keys = DeviceKeys(own.sign_key, own.seal_key)
    signature = sign_session(keys, own.workspace, own.device, at_ms)
    message = SessionRequest(ws=own.workspace, device=own.device, at=at_ms, signature=signature)
    request = Request("POST", PATHS["session"], content=to_json(message))
    reply = yield from line.ask_json(request, SessionReply, with_token=False)
    return reply.token
