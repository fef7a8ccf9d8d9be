"""The grammar of target values (指标值) as people write them: ≥95%, 零脱漏管, 12月底前, 不断提高.

`parse_target` reads one cell, and `find_values` finds values in a sentence.
"""

from perf_pipeline.domain.numerals import canonical
from perf_pipeline.domain.target_grammar.finding import FoundValue, find_values
from perf_pipeline.domain.target_grammar.parsing import date_span, parse_target
from perf_pipeline.domain.target_grammar.signs import begins_with_sign, is_sign

__all__ = [
    "FoundValue",
    "begins_with_sign",
    "canonical",
    "date_span",
    "find_values",
    "is_sign",
    "parse_target",
]
