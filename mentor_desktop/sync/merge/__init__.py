"""What a set of operations comes to: the state of a row, the fold, the digest. Pure: no I/O."""
