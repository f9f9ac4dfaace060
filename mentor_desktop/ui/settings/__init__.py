"""Settings: a declared list of choices, and what one does rarely to a workspace."""
