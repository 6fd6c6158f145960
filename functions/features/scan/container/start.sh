#!/bin/sh
# Starts clamd with signatures that are up to date, and then the worker. The container ends when one of them ends, so that no
# task is taken without a scanner.
set -eu
cp /usr/share/airlock/unsupported.ndb /var/lib/clamav/
freshclam --config-file=/etc/clamav/freshclam.conf --stdout
freshclam --config-file=/etc/clamav/freshclam.conf --daemon &
clamd --config-file=/etc/clamav/clamd.conf &
clamd=$!
until [ -S "$CLAMD_SOCKET" ]; do
    kill -0 "$clamd"
    sleep 1
done
python -m functions.containers.scan &
worker=$!
trap 'kill -TERM "$worker"' TERM
while kill -0 "$clamd" 2> /dev/null && kill -0 "$worker" 2> /dev/null; do
    sleep 1 & wait $! || true
done
kill -TERM "$worker" 2> /dev/null || true
wait "$worker"
