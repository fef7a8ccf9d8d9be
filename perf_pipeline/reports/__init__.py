"""Reports (监控报告): the official form, the page, and the kept lines of a judged quarter."""
