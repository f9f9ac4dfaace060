"""Checked rows into the workspace: prepared apart, then swapped in whole by one short action.

`prepare_…` reads and decides, takes as long as it takes, and is cancelled without a
trace. `apply_…` only writes what was prepared, so that a mark at the door waits for
milliseconds and not for the file. Every import is one action and one undo.
"""
