#!/bin/sh
# What a container is: web | worker drafts | worker mail | worker general | scheduler | migrate | healthy, or any command of ./cf.
set -eu
case "${1:-web}" in
  web)
    [ $# -eq 0 ] || shift
    exec python -m contractflow web --host "${HOST:-0.0.0.0}" --port "$PORT" --workers "${WEB_WORKERS:-1}" "$@"
    ;;
  *)
    exec python -m contractflow "$@"
    ;;
esac
