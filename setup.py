"""Build the wheel: what lies beside the library in a checkout goes into it as `shipped`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CARRIED = ("assets", "expectations", "data", "workspace.yaml")


class CarryProgramFiles(build_py):
    """Build the library, and copy the program's other files into it."""

    def run(self) -> None:
        """Copy after the modules; an editable install needs no copy."""
        super().run()
        if self.editable_mode:
            return
        shipped = Path(self.build_lib) / "perf_pipeline" / "shipped"
        shutil.rmtree(shipped, ignore_errors=True)
        shipped.mkdir(parents=True)
        for name in CARRIED:
            if Path(name).is_dir():
                shutil.copytree(name, shipped / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(name, shipped / name)


setup(cmdclass={"build_py": CarryProgramFiles})
