"""The commands of `perf-pipeline`, a module for each thing that they are about."""
