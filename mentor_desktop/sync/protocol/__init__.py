"""What devices and servers say to each other: operations, batches, messages. Pure: no I/O."""
