"""Data Docs: Great Expectations' own pages about every table, readable without a network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from perf_pipeline.quality.engine import make_context
from perf_pipeline.quality.validate import load_suite
from perf_pipeline.warehouse.schema import register_tables

REMOTE = re.compile(
    r"<link[^>]+href=\"(?:https?:)?//[^>]*>|<script[^>]+src=\"(?:https?:)?//[^>]*>\s*</script>"
    r"|<img[^>]+src=\"(?:https?:)?//[^>]*>",
    re.IGNORECASE,
)
STYLE = """<style>
body{font-family:"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem;max-width:72rem}
table{border-collapse:collapse;margin:.5rem 0}td,th{border:1px solid #ccc;padding:.25rem .5rem}
.collapse{display:block}nav ol{list-style:none;padding:0}nav li{display:inline;margin-right:1rem}
.fa-check-circle::before{content:"✔ "}
.fa-times::before,.fa-exclamation-triangle::before{content:"✘ "}
</style></head>"""


def build_docs(suites: Path, results: Path, folder: Path) -> Path:
    """Write the pages of the newest results of every validation; return the first page.

    The pages that Great Expectations writes call for style sheets and scripts from the network;
    these are taken out and a plain style put in, so that the pages work where there is none.
    """
    context = make_context(results)
    for name in sorted({path.stem for path in suites.glob("*.json")} | set(register_tables)):
        context.suites.add(load_suite(suites, name))
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
    shutil.rmtree(folder, ignore_errors=True)
    context.build_data_docs()
    for page in folder.rglob("*.html"):
        html = REMOTE.sub("", page.read_text("utf-8"))
        page.write_text(html.replace("</head>", STYLE, 1), "utf-8")
    return folder / "index.html"
