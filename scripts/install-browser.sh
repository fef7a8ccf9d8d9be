#!/bin/sh
# Installs what the browser tests need from Debian's packages: Chromium and Chinese fonts.
set -eu

have_fonts() { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh-cn | grep -q .; }

if command -v chromium >/dev/null 2>&1 && have_fonts; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The browser tests need Chromium and a Chinese font; install them with your package manager." >&2
    exit 1
fi
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update -qq
as_root apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig
