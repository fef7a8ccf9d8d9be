"""Items (整改事项): the causes behind alerts, what was promised about them, what became of it."""
