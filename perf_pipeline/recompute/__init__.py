"""A second opinion (复算): stored figures computed again from the original files, plainly."""
