"""One conversation with the server: a token, answers read with suspicion, and patience.

Generators of steps; what is asked twice does what it does once, so every request is
simply asked again after trouble that passes.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from mentor_desktop.sync import troubles
from mentor_desktop.sync.steps import BYTES, JSON, Failure, Request, Response, Steps, Trouble, Wait

M = TypeVar("M")

_TRIES = 4
_FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
# What a server may wish: somebody who lets others wait for days is a mistake.
_LONGEST_WISH_S = 6 * 3600.0
_PASSING = (429, 500, 502, 503, 504)
_UNAUTHORISED = 401
_OUTDATED = ("token", "not_signed_in")
_UNKNOWN, _REVOKED = "unknown_device", "revoked"
_GOOD = range(200, 300)
# A proxy on the way speaks HTML; what these mean is in the number alone.
_PLAIN_NUMBERS = {413: "too_large"}

GetToken = Callable[[], Steps[str]]


class Line:
    """Asks the server. `source` spreads retries; `get_token` makes a session.

    Who only joins needs no token and gives none.
    """

    def __init__(self, source: random.Random, get_token: GetToken | None = None) -> None:
        self._source = source
        self._get_token = get_token
        self._token = ""

    def ask(
        self, request: Request, *, with_token: bool = True, tries: int | None = None
    ) -> Steps[Response]:
        """Return a good answer, asking at most so many times.

        Raises:
            Unreachable: nobody, somebody else, or a busy server answered, several times.
            SignInNeeded: this device is not known. AccessEnded: somebody ended its access.
            Refused: the server said no.
        """
        most, failed, renewed = tries or _TRIES, 0, False
        while True:
            if with_token and not self._token:
                assert self._get_token is not None, "a line without sessions"
                self._token = yield from self._get_token()
            response = yield replace(request, token=self._token if with_token else "")
            try:
                return _good(request, response)
            except _Passing as exc:
                failed += 1
                if failed >= most or exc.end.retry_after_s > LONGEST_PAUSE_S:
                    raise exc.end from None
                yield Wait(self.pause(failed, exc.end.retry_after_s))
            except _TokenNeeded:
                if renewed or not with_token:
                    raise troubles.sign_in_needed() from None
                self._token, renewed = "", True

    def ask_json(self, request: Request, kind: type[M], *, with_token: bool = True) -> Steps[M]:
        """Return the decoded answer; see `ask`."""
        response = yield from self.ask(request, with_token=with_token)
        return decoded(response.content, kind)

    def sign_in_again(self) -> None:
        """Forget the token: this copy is another device from now on."""
        self._token = ""

    def pause(self, failed: int, wish_s: float = 0.0) -> float:
        """Return how many seconds to wait after so many failures in a row."""
        longest = min(LONGEST_PAUSE_S, math.ldexp(_FIRST_PAUSE_S, failed))
        return max(wish_s, longest * (0.5 + self._source.random() / 2))


def decoded(content: bytes, kind: type[M]) -> M:
    """Return a message of the server.

    Raises:
        Unreachable: it is none, so somebody else sent it.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as exc:
        raise troubles.unreachable(Trouble.STRANGER) from exc


class _Passing(Exception):
    """Trouble that may be over at the next try; `end` is what to raise when it is not."""

    def __init__(self, end: troubles.Unreachable) -> None:
        super().__init__(str(end))
        self.end = end


class _TokenNeeded(Exception):
    pass


def _good(request: Request, reply: Response | Failure | None) -> Response:
    assert reply is not None, "a request is answered"
    if isinstance(reply, Failure):
        end = troubles.unreachable(reply.trouble)
        if reply.trouble in {Trouble.CERTIFICATE, Trouble.STRANGER}:
            raise end
        raise _Passing(end)
    if reply.status in _GOOD:
        if _media_type(reply) != request.expects:
            raise troubles.unreachable(Trouble.STRANGER)
        return reply
    if reply.status in _PASSING:
        raise _Passing(troubles.busy(_retry_after_s(reply)))
    raise _refusal(request, reply)


def _refusal(request: Request, reply: Response) -> Exception:
    facts = _facts(reply)
    code = facts.get("code")
    if not isinstance(code, str) or not code:
        # A proxy may find batches and parts of files too large; of a message it is no answer.
        if reply.status in _PLAIN_NUMBERS and request.media_type == BYTES:
            return troubles.Refused(reply.status, _PLAIN_NUMBERS[reply.status], {})
        return troubles.unreachable(Trouble.STRANGER)
    if reply.status == _UNAUTHORISED and code in _OUTDATED:
        return _TokenNeeded()
    if code == _UNKNOWN:
        return troubles.sign_in_needed()
    if code == _REVOKED:
        return troubles.access_ended()
    return troubles.Refused(reply.status, code, facts)


def _facts(reply: Response) -> Mapping[str, Any]:  # Any: JSON values
    if _media_type(reply) != JSON:
        return {}
    try:
        facts = msgspec.json.decode(reply.content)
    except msgspec.MsgspecError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _media_type(reply: Response) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def _retry_after_s(reply: Response) -> float:
    text = reply.headers.get("retry-after", "")
    # The other form, a date, would need a right clock on both sides.
    return min(float(text), _LONGEST_WISH_S) if text.isascii() and text.isdigit() else 0.0
