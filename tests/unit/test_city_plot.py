"""The plot of what a city takes is drawn from the table that stands beside it."""

from perf_pipeline.reports.charts import as_svg
from tests.benchmarks.plot_city import PLOT, marks, parts


def test_the_plot_is_of_the_figures_in_the_table() -> None:
    assert len(parts()) == 8
    again = "python -m tests.benchmarks.plot_city draws it"
    assert PLOT.read_text("utf-8").rstrip("\n") == as_svg(marks()), again
