-- Run once by the database's image: the warehouse is the image's own database, Dagster's stands
-- beside it. Each has a table of versions of its own, so the two must not share one.
CREATE DATABASE dagster;
