"""The device's store of what is exchanged: sealing own changes, keeping the log, applying others'.

Works with plain SQL on a `StoreConnection`; nothing here opens a socket or asks for the time.
Every function runs in the transaction of its caller unless it says that it makes its own.
"""
