"""Make pictures of everything that people see, from what a run left, to look at before it is shown.

Each page at 1440 and 390 pixels and on paper, each workbook and Word file page by page, what each
command prints in each language; `index.html` leads to all. The documentation's pictures are made on
the way.

Usage: python -m scripts.build_gallery   (after `make run`; into out/gallery and docs/images)
"""

import html
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from playwright.sync_api import Browser, sync_playwright

from perf_pipeline.documents.libreoffice import convert, libreoffice
from perf_pipeline.language.spoken import languages
from perf_pipeline.settings import Settings
from scripts.build_pictures import chromium, pictures_of_readme, pictures_of_tutorial, visit

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = {1440: 900, 390: 844}
SCALE = 1.5  # of pages of paper: 108 dots an inch
OFFICE = (".xlsx", ".docx")
COMMANDS = (  # those that only look
    "--help", "run", "status", "status --on 2024-09-20", "files", "items", "alerts list",
    "trace S2", "diff --quarter 2024-06", "score", "rollup --quarter 2024-12",
    "audit list --quarter 2024-12", "doctor", "health", "check",
)  # fmt: skip


def pictures_of_pages(browser: Browser, reports: Path, into: Path) -> Iterator[Path]:
    """Take each page whole at each width, and on paper."""
    for path in sorted(reports.rglob("*.html")):
        stem = "-".join(path.relative_to(reports).with_suffix("").parts)
        for width, height in WIDTHS.items():
            page = visit(browser, path, "", (width, height))
            picture = into / f"{stem}-{width}.png"
            page.screenshot(path=picture, full_page=True)
            yield picture
            if width == max(WIDTHS):
                paper = into / f"{stem}.pdf"
                page.pdf(path=paper, prefer_css_page_size=True)
                yield from pictures_of_paper(paper)
            page.close()


def pictures_of_paper(paper: Path) -> Iterator[Path]:
    """Draw each page of a PDF beside it; the PDF goes."""
    document = pypdfium2.PdfDocument(paper)
    for nth, page in enumerate(document, start=1):
        picture = paper.with_name(f"{paper.stem}-{nth}-of-{len(document)}.png")
        page.render(scale=SCALE).to_pil().save(picture)
        yield picture
    document.close()
    paper.unlink()


def pictures_of_files(reports: Path, into: Path) -> Iterator[Path]:
    """Draw each page of each workbook and Word file, as LibreOffice lays it out."""
    program = libreoffice()
    if program is None:
        print("LibreOffice (soffice) is not installed: no pictures of workbooks and Word files")
        return
    files = sorted(path for path in reports.rglob("*") if path.suffix in OFFICE)
    with TemporaryDirectory() as folder:
        named = [Path(folder) / f"{path.parent.name}-{path.name}" for path in files]
        for path, copy in zip(files, named, strict=True):
            shutil.copyfile(path, copy)
        convert(program, named, "pdf", into, 60 + 20 * len(named))
    for path in named:
        paper = into / f"{path.stem}.pdf"
        if not paper.is_file():
            print(f"LibreOffice did not convert {path.name}")
            continue
        yield from pictures_of_paper(paper)


def texts_of_commands(into: Path) -> Iterator[Path]:
    """Write what each command prints, in each language."""
    program = Path(sys.executable).with_name("perf-pipeline")
    for language in languages():
        for command in COMMANDS:
            done = subprocess.run(
                [program, *command.split()],
                cwd=ROOT,
                env=os.environ | {"PERF_LANGUAGE": language},
                capture_output=True,
                text=True,
                check=False,
            )
            text = into / f"{command.strip('-').replace(' ', '-')}-{language}.txt"
            code = f"exit code {done.returncode}\n"
            text.write_text(f"$ perf-pipeline {command}\n{done.stdout}{done.stderr}{code}", "utf-8")
            yield text


def index_of(made: list[Path], folder: Path) -> Path:
    """Write the page that shows all."""
    shown = []
    for path in made:
        link = html.escape(path.relative_to(folder).as_posix())
        if path.suffix == ".txt":
            body = f"<pre>{html.escape(path.read_text('utf-8'))}</pre>"
        else:
            body = f'<a href="{link}"><img loading="lazy" src="{link}" alt=""></a>'
        shown.append(f"<details><summary>{link}</summary>{body}</details>")
    style = "img{max-width:100%;border:1px solid #ccc}pre{overflow:auto}"
    index = folder / "index.html"
    head = f'<!DOCTYPE html><meta charset="utf-8"><title>Gallery</title><style>{style}</style>'
    index.write_text("\n".join([head, *shown]), "utf-8")
    return index


def main() -> None:
    """Make the gallery of what the settings' output holds."""
    output = Settings().output
    reports, folder = output / "reports", output / "gallery"
    if not reports.is_dir():
        sys.exit(f"{reports} is not there: run `make run` first")
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("pages", "files", "commands"):
        (folder / name).mkdir(parents=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        made = [*pictures_of_pages(browser, reports, folder / "pages")]
        pictures_of_readme(browser, reports)
        pictures_of_tutorial(browser)
        browser.close()
    made += pictures_of_files(reports, folder / "files")
    made += texts_of_commands(folder / "commands")
    print(f"{len(made)} pictures and texts: {index_of(made, folder)}")


if __name__ == "__main__":
    main()
