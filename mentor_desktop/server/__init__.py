"""The central server: it checks, orders, keeps and hands on sealed batches of changes.

An optional part (`pip install mentor-desktop[server]`), never in the packaged program. It
shares `sync.protocol`, `sync.merge` and `sync.keys` with the desktop.
Every request stands alone; any process on any machine answers any request.
"""
