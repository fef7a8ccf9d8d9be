#!/bin/sh
# Installs what the tests need from Debian's packages: Chromium, LibreOffice, Chinese fonts, and
# systemd, whose systemd-analyze looks at our units (it need not be running).
set -eu

have() { command -v "$1" >/dev/null 2>&1; }
have_fonts() { have fc-list && fc-list :lang=zh-cn | grep -q .; }

if have chromium && have soffice && have_fonts && have systemd-analyze; then
    exit 0
fi
if ! have apt-get; then
    echo "The tests need Chromium, LibreOffice, a Chinese font and systemd-analyze; install them with your package manager." >&2
    exit 1
fi
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update -qq
as_root apt-get install -y -qq --no-install-recommends \
    chromium fonts-noto-cjk fontconfig libreoffice-writer-nogui libreoffice-calc-nogui systemd
