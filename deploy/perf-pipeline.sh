#!/bin/sh
# /usr/local/bin/perf-pipeline: the command line as the services run it, for root.
exec systemd-run --quiet --wait --pipe --service-type=exec \
    -p User=perf-pipeline -p WorkingDirectory=/opt/perf-pipeline -p UMask=0027 \
    -p EnvironmentFile=/etc/perf-pipeline/perf.env -p EnvironmentFile=/etc/perf-pipeline/secrets.env \
    /opt/perf-pipeline/.venv/bin/perf-pipeline "$@"
