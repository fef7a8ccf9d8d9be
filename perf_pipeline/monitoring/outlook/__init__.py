"""Outlook (全年预计): where the year will end, how sure that is, and why."""
