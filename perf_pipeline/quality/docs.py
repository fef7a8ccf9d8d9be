"""Data Docs: Great Expectations' own pages about every table, readable without a network."""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path
from urllib.parse import quote

from perf_pipeline.language.spoken import language, say
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
    index = folder / "index.html"  # Great Expectations' own is drawn by scripts from the network
    index.write_text(_index(folder, results), "utf-8")
    return index


def _index(folder: Path, results: Path) -> str:
    """List every validation, those with failures first, each with the link to its page."""
    rows = []
    for path in sorted(results.rglob("*.json")):
        page = Path("validations", path.relative_to(results)).with_suffix(".html")
        if not (folder / page).is_file():
            continue
        found = json.loads(path.read_text("utf-8"))
        counts, passed = found["statistics"], found["success"]
        link = f'<a href="{quote(page.as_posix())}">{escape(page.parts[2])}</a>'
        share = f"{counts['successful_expectations']} / {counts['evaluated_expectations']}"
        cells = (f"{'✔' if passed else '✘'} {link}", share)
        rows.append((passed, "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"))
    rows.sort(key=lambda row: row[0])
    title, heads = say("数据质量"), "".join(f"<th>{say(word)}</th>" for word in ("检查", "通过"))
    return (
        f'<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8">'
        f"<title>{title}</title>{STYLE}<body><h1>{title}</h1><table><tr>{heads}</tr>"
        + "\n".join(row for _, row in rows)
        + "</table></body></html>\n"
    )
