"""Great Expectations, set up for jobs: no telemetry, no progress bars, no chatter."""

import logging
import os
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations
from great_expectations import expectations as _expectations
from great_expectations.expectations import row_conditions as _row_conditions

logging.getLogger("great_expectations").setLevel(logging.ERROR)

# its names are made at run time, so the type checker cannot know them
gx: Any = great_expectations
gxe: Any = _expectations
row_conditions: Any = _row_conditions
