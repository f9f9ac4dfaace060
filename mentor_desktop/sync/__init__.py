"""How devices exchange changes: protocol, merge, engine and client.

What is exchanged is captured already, in the transaction of each edit (`store.capture`).
"""
