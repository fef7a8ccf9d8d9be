"""The re-check (复核) of the self-evaluations that departments hand in, against our own figures."""
