"""The report pages over HTTP, read-only: `perf-pipeline serve`."""
