"""How it is stored: the encrypted workspace, units of work, capture, backups."""
