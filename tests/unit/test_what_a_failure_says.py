"""A run that failed says so in our words, and not in those of the library beneath."""

from types import SimpleNamespace

import pytest
from dagster_shared.error import SerializableErrorInfo

from assets.run import _reason


def event(*chain: tuple[str, str]) -> SimpleNamespace:
    """A step's failure: errors from the outermost in, each with its class and message."""
    error = None
    for name, message in reversed(chain):
        error = SerializableErrorInfo(message, [], name, error)
    return SimpleNamespace(
        step_key="alert", step_failure_data=SimpleNamespace(error=error), is_step_failure=True
    )


WRAPPED = ("DagsterExecutionStepExecutionError", "Error occurred while executing op")


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        (
            (
                WRAPPED,
                ("ConfigurationError", "perf_pipeline.domain.errors.ConfigurationError: 键应为 a"),
                ("ValidationError", "1 validation error for AlertConfiguration"),
            ),
            "alert：键应为 a",
        ),
        ((WRAPPED, ("KeyError", "KeyError: 'x'")), "alert：'x'"),
    ],
)
def test_it_is_the_error_that_we_raised(chain: tuple[tuple[str, str], ...], said: str) -> None:
    assert _reason(event(*chain)) == said  # type: ignore[arg-type]
