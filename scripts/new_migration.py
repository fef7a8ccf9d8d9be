"""Write the next migration from what the schema declares beyond the newest one.

Usage: python scripts/new_migration.py "what changed". Read the file it writes before committing.
"""

import sys
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from perf_pipeline.warehouse.engine import connect, upgrade, write_transaction
from perf_pipeline.warehouse.revisions import newest_revision


def main(message: str) -> None:
    """Compare an empty warehouse at the newest migration with the declared schema."""
    number = f"{int(newest_revision()) + 1:04d}"
    with TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/empty.db")
        upgrade(engine)
        config = Config()
        config.set_main_option("script_location", "perf_pipeline.warehouse:migrations")
        with write_transaction(engine) as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(sys.argv[1])
