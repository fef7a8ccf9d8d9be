"""Great Expectations, set up for jobs: no telemetry, no progress bars, no chatter."""

import logging
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations
from great_expectations import expectations as _expectations
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
)
from great_expectations.expectations import row_conditions as _row_conditions

logging.getLogger("great_expectations").setLevel(logging.ERROR)
# its own sources for SQLite and PostgreSQL refuse addresses that SQLAlchemy takes (a socket's, say)
warnings.filterwarnings("ignore", message="You are using a generic SQLDatasource")

# its names are made at run time, so the type checker cannot know them
gx: Any = great_expectations
gxe: Any = _expectations
row_conditions: Any = _row_conditions


def make_context(results: Path | None) -> Any:
    """Make a context that keeps results in a folder, for the pages, or nowhere on disk."""
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    if results is not None:
        results.mkdir(parents=True, exist_ok=True)
        stores.stores[stores.validation_results_store_name]["store_backend"] = {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(results.resolve()),
        }
    config = DataContextConfig(store_backend_defaults=stores)
    context = gx.get_context(mode="ephemeral", project_config=config)
    context.variables.progress_bars = {"globally": False}
    return context


working_context = cache(make_context)  # one a process: making it takes longer than using it
