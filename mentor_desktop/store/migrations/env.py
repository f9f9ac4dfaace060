"""Alembic's entry: runs the revisions on the connection `store.schema` hands over."""

from alembic import context

from mentor_desktop.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    # The one transaction around everything belongs to store.schema.
    transactional_ddl=False,
)
context.run_migrations()
