"""Small contents and keys with valid defaults, for tests of sync."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, make_batch
from mentor_desktop.sync.protocol.operations import Action, Content, Op, Value, runs_of, tick

WS = "0" * 31 + "a"
ROW = "0" * 31 + "1"
OTHER_ROW = "0" * 31 + "2"
DEVICE = "d" * 32
OTHER_DEVICE = "e" * 32
USER = "c" * 32
STREAM = f"w:{WS}"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # no secret: tests are public
NOON = tick(0, 1_764_000_000_000)


def op(seq: int = 1, **fields: object) -> Op:
    """Return a create of a mark, or what the fields say."""
    given: dict[str, object] = {"device": DEVICE, "hlc": NOON + seq, "entity": "mark", "row": ROW}
    given |= {"kind": "create"} | fields
    return Op(seq=seq, **given)  # type: ignore[arg-type]  # fields of Op by name


def mark(seq: int = 1, row: str = ROW, device: str = DEVICE, **values: Value) -> Op:
    """Return a create of an attendance mark."""
    made: dict[str, Value] = {"status": "present", "note": "on time"}
    return op(seq, row=row, device=device, values=made | values)


def content_of(*ops: Op, actions: tuple[Action, ...] | None = None) -> Content:
    """Return the operations, one action that ends with the last."""
    whole = (Action(ops[-1].seq, 1_764_000_000_000, USER, "Marked {name}", {"name": "Ada"}),)
    return Content(runs_of(ops), whole if actions is None else actions)


def sealed(content: Content, prev_hash: bytes = NO_HASH, schema: int = 1) -> Batch:
    """Return the content as a batch of DEVICE."""
    first = content.runs[0]
    return make_batch(
        WS, STREAM, first.device, first.first_seq, prev_hash, content, schema, KEY.sign
    )
