# syntax=docker/dockerfile:1
# Two stages: the first builds an environment from hashed pins, and the second contains only that environment.

ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
# Requirements come first: they change less often than the code, so Docker can cache their layer.
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv /opt/dss-bot \
 && /opt/dss-bot/bin/python -m pip install --require-hashes --requirement requirements/run.txt
# The tools that build the wheel are pinned and hashed too, and stay in this stage.
RUN python -m venv /opt/tools \
 && /opt/tools/bin/python -m pip install --require-hashes --requirement requirements/build.txt
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot bot
RUN /opt/tools/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/dss-bot/bin/python -m pip install --no-deps --no-index /wheel/*.whl \
 && /opt/dss-bot/bin/python -m pip uninstall --yes pip \
 && /opt/dss-bot/bin/python -m compileall -q /opt/dss-bot/lib

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="dss-bot" \
      org.opencontainers.image.description="Run Dataiku DSS jobs from Slack" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 bot \
 && useradd --system --uid 10001 --gid bot --no-create-home --home-dir /nonexistent bot \
 && install --directory --owner=bot --group=bot /data
COPY --from=build /opt/dss-bot /opt/dss-bot
# Without DATABASE_URL, SQLite uses the data directory. Setting DATABASE_URL here would rule out DATABASE_URL_FILE.
ENV PATH=/opt/dss-bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_DATA_HOME=/data \
    DSS_BOT_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
# Health and metrics listen on the container's loopback; DSS_BOT_HTTP_HOST=0.0.0.0 opens them to a cluster's probes.
EXPOSE 3000 8081
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; p = os.environ.get('DSS_BOT_HTTP_PORT') or '8081'; p == '0' or r.urlopen(f'http://127.0.0.1:{p}/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["dss-bot", "run"]
