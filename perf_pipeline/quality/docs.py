"""Data Docs: Great Expectations' own pages about every table, readable without a network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.limits import Limits
from perf_pipeline.quality.relations import JUDGED
from perf_pipeline.quality.validate import make_context, run_suite

REMOTE = re.compile(
    r"<link[^>]+href=\"(?:https?:)?//[^>]*>|<script[^>]+src=\"(?:https?:)?//[^>]*>\s*</script>",
    re.IGNORECASE,
)
STYLE = """<style>
body{font-family:"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem;max-width:72rem}
table{border-collapse:collapse;margin:.5rem 0}td,th{border:1px solid #ccc;padding:.25rem .5rem}
.collapse{display:block}nav ol{list-style:none;padding:0}nav li{display:inline;margin-right:1rem}
.fa-check-circle::before{content:"✔ "}
.fa-times::before,.fa-exclamation-triangle::before{content:"✘ "}
</style></head>"""


def build_docs(
    engine: Engine,
    suites: Path,
    folder: Path,
    checkpoints: Sequence[Checkpoint],
    limits: Limits,
) -> Path:
    """Validate every table, and every quarter's judgement, and write the pages; return the first.

    The pages that Great Expectations writes call for style sheets and scripts from the network;
    these are taken out and a plain style put in, so that the pages work where there is none.
    """
    context = make_context()
    context.add_data_docs_site(
        "pages",
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder.resolve()),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    for table in sorted(path.stem for path in suites.glob("*.json")):
        moments = checkpoints if table in JUDGED else [None]
        for checkpoint in moments:
            run_suite(context, engine, suites, table, checkpoint, limits)
    shutil.rmtree(folder, ignore_errors=True)
    context.build_data_docs()
    for page in folder.rglob("*.html"):
        html = REMOTE.sub("", page.read_text("utf-8"))
        page.write_text(html.replace("</head>", STYLE, 1), "utf-8")
    return folder / "index.html"
