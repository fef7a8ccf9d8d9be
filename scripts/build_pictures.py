"""Make the pictures that README and the documentation show: small, and of what a reader will see.

README's are of the shipped year; the tutorial's of a folder in which its commands were run, each
in both languages. Usage: python -m scripts.build_pictures   (after `make run`; into docs/images)
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from perf_pipeline.documents.libreoffice import convert, libreoffice
from perf_pipeline.language.spoken import languages
from perf_pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
COLOURS = 128  # of a picture: flat colours and letters need no more
README = {  # page, its part, width and height of the picture
    "report-page": ("*/*-10/*.html", "", (1180, 1000)),
    "year-site": ("*/????/*.html", "#g2", (1180, 930)),
}
QUARTER = "2024-03"  # the tutorial's
ASKED = (  # a list with headings that nobody knows
    ("信访编号", "来信日", "处理乡镇", "办完时间", "回访评价"),
    ("X001", "2024-01-04", "城关镇", "2024-02-09", "满意"),
    ("X002", "2024-01-05", "河口乡", "2024-02-10", "基本满意"),
)


def visit(browser: Browser, path: Path, part: str, size: tuple[int, int]) -> Page:
    """Open a page of the disk at a size of the screen."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(path.resolve().as_uri() + part)
    return page


def chromium() -> str | None:
    """The browser of the machine; without one playwright's own is taken."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _small(picture: Path) -> None:
    with Image.open(picture) as whole:
        whole.convert("RGB").quantize(COLOURS).save(picture, optimize=True)


def pictures_of_readme(browser: Browser, reports: Path) -> None:
    """Take the pictures in README anew."""
    for name, (pattern, part, size) in README.items():
        page = visit(browser, next(reports.glob(pattern)), part, size)
        page.screenshot(path=IMAGES / f"{name}.png")
        page.close()
        _small(IMAGES / f"{name}.png")


def pictures_of_tutorial(browser: Browser) -> None:
    """Follow the tutorial in a new folder, in each language, and take what it ends with."""
    program = Path(sys.executable).with_name("perf-pipeline")
    for language in languages():
        with TemporaryDirectory() as folder:

            def run(*words: str, language: str = language, folder: str = folder) -> None:
                told = {"PERF_LANGUAGE": language, "PYTHONPATH": str(ROOT)}
                kept = {name: value for name, value in os.environ.items() if "PERF_" not in name}
                subprocess.run(
                    [program, *words], cwd=folder, env=kept | told, check=True, capture_output=True
                )

            run("init", "demo", "--sample")
            run("run", "--quarter", QUARTER)
            reports = Path(folder) / "out/reports"
            page = visit(browser, next(reports.glob(f"*/{QUARTER}/*.html")), "", (1180, 700))
            page.screenshot(path=IMAGES / f"first-page-{language}.png")
            page.close()
            _small(IMAGES / f"first-page-{language}.png")
            _first_page(next(reports.glob("*/*/*综治*.xlsx")), f"first-form-{language}")
            [registers] = Path(folder).glob("demo/2024/*/registers")
            book = Workbook()
            for row in ASKED:
                book.worksheets[0].append(row)
            book.save(registers / "信访登记.xlsx")
            run("check", "--questions", "questions")
            [asked] = (Path(folder) / "questions").rglob("*.xlsx")
            _first_page(asked, f"questions-{language}")


def _first_page(book: Path, name: str) -> None:
    """Draw the first page of a workbook without its margins, as LibreOffice lays it out."""
    with TemporaryDirectory() as folder:
        program = libreoffice()
        if program is None:
            sys.exit("LibreOffice (soffice) is not installed: no pictures of workbooks")
        convert(program, [book], "pdf", Path(folder), 120)
        [paper] = Path(folder).glob("*.pdf")
        document = pypdfium2.PdfDocument(paper)
        drawn = document[0].render(scale=1.5).to_pil().convert("L")
        inked = drawn.point(lambda grey: 255 * (grey < 250)).getbbox()
        coloured = document[0].render(scale=1.5).to_pil().crop(inked)
        document.close()
    coloured.save(IMAGES / f"{name}.png")
    _small(IMAGES / f"{name}.png")


def main() -> None:
    """Make all the pictures in docs/images."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        pictures_of_readme(browser, Settings().output / "reports")
        pictures_of_tutorial(browser)
        browser.close()


if __name__ == "__main__":
    main()
