"""An office that was judged and of which no report is drawn yet, and its server."""

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.serving import ServingRules
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.serving.access import Access
from perf_pipeline.serving.drawing import Draw, draw
from perf_pipeline.settings import Settings
from tests.integration.reports_fixture import fill
from tests.integration.reports_year import CALENDAR, CODE, Q1, Q2
from tests.integration.test_serving import Site, running

AT = CALENDAR.checkpoints(2024)
OTHER = "other"
PAGE = f"{Q2.name}-绩效运行监控.html"
WORD = f"{Q2.name}-绩效运行监控报告.docx"
OF_YEAR = "2024-绩效运行监控.html"
LOCAL = Access("127.0.0.1", behind_proxy=False, rules=ServingRules())


class Office:
    """An office's warehouse, in which two departments were judged, and its folders."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.url = engine.url.render_as_string(hide_password=False)
        (folder / "inbox").mkdir()
        (folder / "inbox/calendar.yaml").write_text(
            "first_year: 2024\ncheckpoint_months: [3, 6, 10, 12]\n"
        )
        self.settings = Settings(
            inbox=folder / "inbox", output=folder / "out", warehouse_url=self.url
        )
        self.out = folder / "out/reports"
        for code in (CODE, OTHER):
            fill(engine, code=code, extra="" if code == CODE else code)

    def serving(
        self, access: Access = LOCAL, how: Draw | None = None, url: str = ""
    ) -> AbstractContextManager[Site]:
        drawn = how or partial(draw, self.settings)
        return running(self.out, url or self.url, access, draw=drawn)

    def run(self) -> list[Path]:
        """Write as a run does; return which files it wrote."""
        reports = [
            each
            for at in (Q1, Q2)
            for each in write_quarter(self.engine, at, self.out, look_first=True)
        ]
        site = write_site(self.engine, AT, self.out, look_first=True)
        assert site is not None
        return [path for each in reports for path in each.written] + list(site.written)

    def files(self) -> dict[str, bytes]:
        return {
            f"{path.relative_to(self.out)}": path.read_bytes()
            for path in sorted(self.out.rglob("*"))
            if path.is_file() and path.suffix in (".html", ".docx", ".xlsx")
        }
