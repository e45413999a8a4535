# Usher in a container: `docker compose up --build`. docs/production.md tells what it needs.
FROM python:3.12.12-slim-trixie AS build
# hadolint ignore=DL3008 # make may have any version
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /usher
COPY . .
# The same commands as on any machine: locked packages with their hashes, Usher itself in place, and its console.
RUN make .venv/run console && rm -rf web

FROM python:3.12.12-slim-trixie
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin usher \
    && install --directory --owner usher --group usher /var/lib/usher
COPY --from=build /usher /usher
# Only the folder of unsent mails can be written. Everything else comes from the environment, and no secret is in here.
ENV PATH=/usher/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    USHER_DATA=/var/lib/usher
USER 10001:10001
WORKDIR /usher
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["usher", "run"]
