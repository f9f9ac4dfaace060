"""The schema revision this program works with; kept apart from Alembic, which is slow to load."""

HEAD = "0003"
