"""Measure the report: time to render, size, where findings end: `python tests/bench/bench_report.py [CALLS HEADS]`."""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from made_report import made_material

from teamskit.reports.html import render_report
from teamskit.reports.page_files import report_pages


def main(calls=3000, heads=25):
    began = time.perf_counter()
    material = made_material(calls, heads, findings=72)
    made = time.perf_counter()
    rows = sum(len(person.intervals) for call in material.calls for person in call.people)
    text = render_report(material)
    done = time.perf_counter()
    size = len(text.encode("utf-8"))
    print(f"{calls} calls, {rows} stays: material {made - began:.1f} s, page {done - made:.1f} s")
    print(f"size {size / 1e6:.2f} MB, {size / rows:.0f} bytes a stay, {text.count('<') - text.count('</'):,} elements")
    print(f"findings end at {len(text[: text.index('id=' + chr(34) + 'agreed')].encode()) / 1e3:.0f} kB")
    files = [(path.name, len(page.encode("utf-8"))) for path, page in report_pages(Path("report.html"), material)]
    print("files", *(f"{name} {size / 1e6:.2f} MB" for name, size in files))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
