"""Run by Alembic: migrate on the connection, and within the transaction, that `teamskit.ledger.schema` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
