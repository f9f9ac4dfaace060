"""Why the others did not take something, in words for each code that the server says."""

from mentor_desktop.i18n import N_, _

_DAMAGED = N_(
    "It came to the server damaged, or from another version of the program. Do it once more."
)
_TOO_HIGH = N_("Your role does not allow this. Ask an administrator to do it.")
_UNKNOWN = N_(
    "The server does not take this, and this version of the program does not know why. "
    "Look for a newer version."
)
# Of changes (`server.push`), and of members (`server.membership`, `sync.keys.members`).
_REASONS = {
    "no_right": N_("Your role does not allow this change."),
    "no_stream": N_("You have no access to this part of the workspace any more."),
    "revoked": N_("This device had no access any more when it came to the server."),
    "bad_record": _DAMAGED,
    "bad_value": N_("The server does not know such a role or workshop."),
    "above_own_role": _TOO_HIGH,
    "is_server": _DAMAGED,
    "open": _DAMAGED,
    "crowded": _DAMAGED,
    "too_many_devices": N_("This person has as many laptops as the server keeps for one."),
    "member_device": N_("The server does not know the laptop that this is about."),
    "member_expired": N_("Its invitation was out of date. Invite it anew."),
    "member_invitation": N_("Its invitation was for somebody else. Invite it anew."),
    "member_key": _DAMAGED,
    "member_revoked": N_("Who invited it had no access any more. Invite it anew."),
    "member_role": _TOO_HIGH,
    "member_signature": _DAMAGED,
    "member_taken": N_("The server knows another laptop with the same keys. Invite it anew."),
    "member_used": N_("Its invitation was used before. Invite it anew."),
    "member_voucher": N_("The server does not know who invited it. Invite it anew."),
    "member_workshops": N_("You do not have these workshops yourself. Ask an administrator."),
    "member_workspace": N_("This is about another workspace."),
}


def why_not(code: str) -> str:
    """Return why something was not taken; no code is shown, also none of a later server."""
    return _(_REASONS.get(code, _UNKNOWN))
