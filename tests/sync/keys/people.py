"""Made-up devices and records for tests of keys."""

from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    DeviceEntry,
    Revocation,
    Sign,
    SignedInvitation,
    signed,
)
from mentor_desktop.sync.keys.invitations import Invitation, sign_invitation

WS = "a" * 32


def hex_id(number: int) -> str:
    return f"{number:032x}"


class Device:
    """A device with its keys and the entry it would like to have."""

    def __init__(self, number: int, user: int = 1, role: str = "organiser", ws: str = WS) -> None:
        self.id = hex_id(number)
        self.keys = DeviceKeys.make()
        self.draft = DeviceEntry(
            ws=ws,
            device=self.id,
            user=hex_id(1000 + user),
            name="Ona",
            role=role,
            tag="A",
            sign_key=self.keys.sign_key,
            seal_key=self.keys.seal_key,
            made_at=number,
            vouched_by=self.id,
            signature=NO_SIGNATURE,
        )

    def entry(self, vouched_by: str, sign: Sign, **changed: object) -> DeviceEntry:
        fields = {name: getattr(self.draft, name) for name in self.draft.__struct_fields__}
        return signed(DeviceEntry(**fields | changed | {"vouched_by": vouched_by}), sign)

    def founder(self) -> DeviceEntry:
        return self.entry(self.id, self.keys.sign)

    def vouch(self, other: "Device", **changed: object) -> DeviceEntry:
        return other.entry(self.id, self.keys.sign, **changed)

    def revoke(self, other: "Device") -> Revocation:
        draft = Revocation(WS, other.id, self.id, 99, NO_SIGNATURE)
        return signed(draft, self.keys.sign)

    def invite(
        self, invitation: Invitation, other: "Device", **changed: object
    ) -> SignedInvitation:
        fields: dict[str, object] = {
            "ws": "", "id": "", "user": other.draft.user, "name": "Jonas",
            "role": other.draft.role, "workshops": (), "invited_by": self.id, "key": b"",
            "made_at": 1, "expires_at": 1_000, "signature": NO_SIGNATURE,
        }  # fmt: skip
        draft = SignedInvitation(**fields | changed)  # type: ignore[arg-type]
        return sign_invitation(invitation, draft, self.keys.sign)
