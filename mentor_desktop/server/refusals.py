"""Answers that say no: a code programs act on (`messages.STATUS`), and a sentence for developers.

A sentence never repeats what a request brought along, and never tells whether something
exists that the asker has no right to.
"""

from mentor_desktop.sync.protocol.messages import STATUS


class Refusal(Exception):
    """A request that is answered with a 4xx or 5xx; nothing was changed by it.

    The rest are members of the JSON answer: `detail` is a word, `last_seq` and `last_hash` say
    what the server holds of a device; `retry_after_s`, when the same request may succeed,
    becomes a header.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        detail: str = "",
        last_seq: int = 0,
        last_hash: bytes = b"",
        epoch: str = "",
        server_time: int = 0,
        most_bytes: int = 0,
        retry_after_s: int = 0,
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence, self.detail = STATUS[code], code, sentence, detail
        self.last_seq, self.last_hash, self.epoch = last_seq, last_hash, epoch
        self.server_time, self.most_bytes = server_time, most_bytes
        self.retry_after_s = retry_after_s


def bad_request(detail: str) -> Refusal:
    """Return the answer to something that does not follow the protocol; `detail` names what."""
    return Refusal("bad_request", "The request is not what it should be.", detail=detail)


def unknown_device() -> Refusal:
    """Return the one answer to everybody who is no device of the workspace."""
    return Refusal("unknown_device", "This device is not known here.")


def revoked() -> Refusal:
    """Return the answer to a device whose access was closed."""
    return Refusal("revoked", "The access of this device was closed.")


def token_needed() -> Refusal:
    """Return the answer to a missing, foreign or outdated token."""
    return Refusal("token", "A fresh session is needed.")


def no_right() -> Refusal:
    """Return the one answer for what is not there and for what this device may not see."""
    return Refusal("no_right", "This device has no right to that.")


def not_found() -> Refusal:
    """Return the answer for a missing part of something the device may see."""
    return Refusal("not_found", "There is nothing here by that name.")


def too_large(most_bytes: int) -> Refusal:
    """Return the answer to a body, or what it unpacks to, over the limit."""
    return Refusal("too_large", "Send less at once.", most_bytes=most_bytes)


def no_room() -> Refusal:
    """Return the answer to a workspace that keeps as much as the operator lets it."""
    return Refusal("quota", "This workspace keeps as much here as it may.")


def busy(retry_after_s: int) -> Refusal:
    """Return the answer when the database did not come to it in time."""
    return Refusal("busy", "The server is busy. Try again soon.", retry_after_s=retry_after_s)
