"""Who may take part and who can read: devices, members, sessions, invitations, sealed streams.

Pure: no store, no clock, no network. Private halves and secrets are bytes that the caller keeps
in the encrypted store; none of them is part of any repr or message. Statements of devices are
signed over lists whose first field names what they are, so that no signature passes for another.
"""
