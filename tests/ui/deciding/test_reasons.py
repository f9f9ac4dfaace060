"""Every reason of the server has a sentence of its own, and no code is ever shown."""

import inspect
import re

from mentor_desktop.server import crowding, membership, push
from mentor_desktop.sync.keys import members
from mentor_desktop.ui.deciding import reasons


def test_every_reason_of_the_server_has_a_sentence() -> None:
    of_records = re.findall(
        r'(?:_require\(.*, |_DoesNotCount\()"([a-z]+)"\)', inspect.getsource(members)
    )
    codes = {f"member_{one}" for one in (*of_records, members.USED)}
    codes |= {membership.BAD_RECORD, membership.BAD_VALUE, membership.UPWARDS, membership.IS_SERVER}
    codes |= {membership.TOO_MANY, crowding.CROWDED}
    codes |= {push.NO_RIGHT, push.NO_STREAM, push.REVOKED, push.OPEN}
    assert "member_used" in codes
    assert codes == set(reasons._REASONS)


def test_a_reason_of_a_later_server_is_no_code() -> None:
    assert "of_a_later_server" not in reasons.why_not("of_a_later_server")
