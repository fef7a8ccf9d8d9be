"""The Dagster code location: thin, each asset calls one function of perf_pipeline."""
