"""The Dagster code location: thin, each asset calls one function of perf_pipeline."""

from perf_pipeline.language.spoken import speak
from perf_pipeline.settings import Settings

speak(Settings().language)
