"""Quality: Great Expectations watches every hand-over, and names every failing row."""
