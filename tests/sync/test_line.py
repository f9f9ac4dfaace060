"""What a sync makes of each kind of answer, without a network."""

import random
from dataclasses import replace

import pytest

from mentor_desktop.sync.line import Line
from mentor_desktop.sync.steps import (
    BYTES,
    JSON,
    Failure,
    Reply,
    Request,
    Response,
    Steps,
    Trouble,
    Wait,
)
from mentor_desktop.sync.troubles import Refused, SignInNeeded, Unreachable

HTML = Response(200, b"<html>Welcome to the hotel</html>", {"content-type": "text/html"})
ASKED = Request("GET", "/v1/x")
GOOD = Response(200, b"{}", {"content-type": "application/json; charset=utf-8"})


def _json(status: int, content: bytes, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, content, {"content-type": JSON, **named})


class _World:
    """Sends the given replies and keeps what was asked and waited for."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.asked: list[Request] = []
        self.waits: list[float] = []
        self.tokens = 0

    def token(self) -> Steps[str]:
        self.tokens += 1
        return f"token {self.tokens}"
        yield Wait(0)  # a generator like the real one

    def answer(self, request: Request = ASKED, seed: int = 7) -> Response:
        """Ask once and return what comes of it."""
        line = Line(random.Random(seed), self.token)
        steps = line.ask(request)
        reply: Reply = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                response: Response = end.value
                return response
            reply = None
            if isinstance(step, Wait):
                self.waits.append(step.seconds)
            else:
                self.asked.append(step)
                reply = self._replies.pop(0)


def test_a_good_answer_is_handed_on() -> None:
    world = _World(GOOD)
    assert world.answer() == GOOD
    assert [one.token for one in world.asked] == ["token 1"]


@pytest.mark.parametrize(
    "stranger",
    [
        HTML,
        Response(302, b"", {"location": "http://hotel.example/login"}),
        Response(403, b"<html>blocked</html>", {"content-type": "text/html"}),
        Response(404, b"not found", {"content-type": "text/plain"}),
        Response(511, b"<html>sign in</html>", {"content-type": "text/html"}),
        Response(200, b"{}", {}),
        _json(400, b"[]"),
        _json(400, b"{"),
        Failure(Trouble.STRANGER),
    ],
    ids=lambda one: str(getattr(one, "status", one)),
)
def test_whoever_answers_in_place_of_the_server_is_noticed_at_once(stranger: Reply) -> None:
    world = _World(stranger)
    with pytest.raises(Unreachable, match="in place of the server"):
        world.answer()
    assert len(world.asked) == 1


def test_a_page_of_batches_must_not_be_json() -> None:
    with pytest.raises(Unreachable, match="in place of the server"):
        _World(GOOD).answer(replace(ASKED, expects=BYTES))


@pytest.mark.parametrize(
    "passing",
    [
        Failure(Trouble.OFFLINE),
        Failure(Trouble.TIMEOUT),
        Failure(Trouble.BROKEN),
        Response(502, b"<html>bad gateway</html>", {"content-type": "text/html"}),
        _json(503, b'{"code":"busy"}'),
        _json(500, b'{"code":"bug"}'),
    ],
    ids=lambda one: str(getattr(one, "status", one)),
)
def test_trouble_that_passes_is_asked_again_later_each_time(passing: Reply) -> None:
    world = _World(passing, passing, GOOD)
    assert world.answer() == GOOD
    assert len(world.asked) == 3
    first, second = world.waits
    assert 0.5 < first < second


def test_patience_ends() -> None:
    world = _World(*[Failure(Trouble.OFFLINE)] * 4)
    with pytest.raises(Unreachable, match="cannot be reached"):
        world.answer()
    assert len(world.waits) == 3


def test_the_server_says_how_long_to_wait() -> None:
    world = _World(_json(429, b'{"code":"too_many"}', retry_after="17"), GOOD)
    world.answer()
    assert world.waits == [17]


@pytest.mark.parametrize(("wish", "taken_s"), [("3600", 3600), ("9" * 400, 6 * 3600)])
def test_a_long_wish_ends_the_sync_instead_of_holding_it(wish: str, taken_s: int) -> None:
    world = _World(_json(503, b'{"code":"busy"}', retry_after=wish))
    with pytest.raises(Unreachable) as caught:
        world.answer()
    assert caught.value.retry_after_s == taken_s
    assert world.waits == []


@pytest.mark.parametrize("wish", ["-1", "soon", "Fri, 27 Nov 2026 10:00:00 GMT", "²"])
def test_a_wish_that_is_no_number_is_passed_over(wish: str) -> None:
    world = _World(_json(429, b'{"code":"too_many"}', retry_after=wish), GOOD)
    world.answer()
    assert 0 < world.waits[0] <= 2


def test_an_outdated_token_is_renewed_once() -> None:
    world = _World(_json(401, b'{"code":"token"}'), GOOD)
    world.answer()
    assert [one.token for one in world.asked] == ["token 1", "token 2"]


def test_a_second_refusal_of_the_token_asks_to_sign_in() -> None:
    with pytest.raises(SignInNeeded):
        _World(*[_json(401, b'{"code":"token"}')] * 2).answer()


def test_an_unknown_device_asks_to_sign_in() -> None:
    with pytest.raises(SignInNeeded):
        _World(_json(401, b'{"code":"unknown_device"}')).answer()


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        (_json(403, b'{"code":"no_right"}'), 403, "no_right"),
        (_json(409, b'{"code":"gap","last_seq":4}'), 409, "gap"),
        (_json(413, b'{"code":"too_large"}'), 413, "too_large"),
    ],
    ids=lambda one: str(one) if isinstance(one, str) else "",
)
def test_a_refusal_carries_its_code(reply: Reply, status: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        _World(reply).answer()
    assert (caught.value.status, caught.value.code) == (status, code)


def test_what_a_proxy_finds_too_large_is_a_batch_or_a_file_and_no_message() -> None:
    reply = Response(413, b"<html></html>", {"content-type": "text/html"})
    with pytest.raises(Refused) as caught:
        _World(reply).answer(Request("POST", "/v1/push", content=b"x", media_type=BYTES))
    assert (caught.value.code, caught.value.facts) == ("too_large", {})
    with pytest.raises(Unreachable) as passed:
        _World(reply).answer(Request("POST", "/v1/session", content=b"{}"))
    assert passed.value.trouble is Trouble.STRANGER


def test_the_words_of_a_server_never_reach_a_person() -> None:
    planted = b'{"code":"no_right","sentence":"<b>Call 0900-123</b>"}'
    with pytest.raises(Refused) as caught:
        _World(_json(403, planted)).answer()
    assert "0900" not in str(caught.value)


def test_devices_do_not_come_back_in_step() -> None:
    def waited(seed: int) -> float:
        world = _World(Failure(Trouble.OFFLINE), GOOD)
        world.answer(seed=seed)
        return world.waits[0]

    assert len({waited(seed) for seed in range(20)}) == 20
