"""Puts the C library into the wheel: compiled here, or the one that `package` names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = {"darwin": "libusercom.dylib", "win32": "usercom.dll"}.get(sys.platform, "libusercom.so")


class LibraryHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "sdist":
            if not (Path(self.root) / "rust").exists():
                self.fail("the crate's source is not in this folder; make the sdist with `make dist` in a clone")
            return
        made = os.environ.get("USERCOM_WHEEL_LIBRARY")
        library = Path(made) if made else self.compiled()
        if version == "editable":  # Python looks for it in the source, not where the wheel is installed
            shutil.copy(library, Path(self.root) / "usercom" / NAME)
            return
        of_this_machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        platform = os.environ["USERCOM_WHEEL_PLATFORM"] if made else of_this_machine
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["force_include"][str(library)] = f"usercom/{NAME}"

    def compiled(self) -> Path:
        """The library for this machine, from the crate in an sdist or in a clone of the repository."""
        crate = next((path for path in (Path(self.root) / "rust", Path(self.root).parents[1]) if is_crate(path)), None)
        if crate is None:
            self.fail("the crate's source is missing: this is neither an sdist nor a clone of the repository")
        cargo = shutil.which("cargo")
        if cargo is None:
            self.fail(
                "there is no wheel for this platform, and cargo is missing, which compiles the C library: install Rust "
                "1.89 or newer (https://rustup.rs) and run pip again"
            )
        target = Path(os.environ.get("CARGO_TARGET_DIR", crate / "target")).absolute()
        options = ["--locked", "--release", "--lib", "--features", "capi", "--crate-type", "cdylib"]
        # As in the Makefile, which says why.
        linker = ["-Clink-arg=-Wl,-soname,libusercom.so.0,-z,nodelete"] if sys.platform == "linux" else []
        command = [cargo, "rustc", *options, "--target-dir", str(target), "--", *linker]
        print("usercom: compiling the C library takes a minute or two", file=sys.stderr)
        if subprocess.run(command, cwd=crate, stdout=sys.stderr).returncode != 0:
            self.fail("cargo could not compile the C library, its messages are above")
        library = target / "release" / NAME
        if not library.exists():
            self.fail(
                "cargo made no shared library. If this Rust links musl into everything, set "
                "RUSTFLAGS=-Ctarget-feature=-crt-static and run pip again"
            )
        return library

    def fail(self, why: str) -> Any:
        self.app.abort(f"usercom: {why}")


def is_crate(folder: Path) -> bool:
    manifest = folder / "Cargo.toml"
    return manifest.exists() and 'name = "usercom"' in manifest.read_text(encoding="utf-8")
