"""What people read in another language than Chinese: messages, catalogues, the language spoken."""

from importlib.resources import files

CATALOGUES = files("perf_pipeline") / "locale"  # a folder for each language
