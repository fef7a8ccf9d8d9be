"""Rights on PostgreSQL: the role that the application works as cannot change what is past.

The tables are owned by the role that upgrades. The application's role may read all, add rows, and
change the columns that the product itself changes in rows that stand (`CHANGES`): nothing else,
and no row can be deleted. Which columns these are stands in the schema alone.
"""

from __future__ import annotations

from sqlalchemy import Connection

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.schema import metadata
from perf_pipeline.warehouse.seals.declared import may_change

# tables, views and sequences of the role that grants; what other people made is theirs
OWN = """
SELECT relkind::text, relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
AND pg_has_role(relowner, 'USAGE') ORDER BY relname
"""


def grant_work(connection: Connection, role: str) -> None:
    """Give a role what the daily work needs, and take everything else from it.

    Belongs in a transaction of the tables' owner. Raises ConfigurationError on SQLite, where the
    file's rights are all there is.
    """
    if connection.dialect.name != "postgresql":
        raise ConfigurationError("只有 PostgreSQL 能分角色授权；SQLite 请用文件的权限")
    quote = connection.dialect.identifier_preparer.quote
    to = quote(role)
    orders = [f"GRANT USAGE, CREATE ON SCHEMA public TO {to}"]  # the checks of quality make views
    for kind, name in connection.exec_driver_sql(OWN).all():
        if kind == "S":
            orders.append(f"GRANT USAGE ON SEQUENCE {quote(name)} TO {to}")
        else:
            orders.append(f"REVOKE ALL ON {quote(name)} FROM {to}")
            orders.append(f"GRANT SELECT ON {quote(name)} TO {to}")
    for table in metadata.sorted_tables:
        name = quote(table.name)
        orders.append(f"GRANT INSERT ON {name} TO {to}")
        if changing := ", ".join(map(quote, may_change(table))):
            orders.append(f"GRANT UPDATE ({changing}) ON {name} TO {to}")
    for order in orders:
        connection.exec_driver_sql(order)
