"""Schema revisions, run by `store.schema`."""
