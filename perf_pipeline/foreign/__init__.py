"""Foreign files: what people hand in, opened in a confined process, by one set of rules."""
