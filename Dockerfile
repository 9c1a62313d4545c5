# Perron as one image: web, worker, beat, backup and every command are this image with
# another command (docker-compose.yml). Images are pinned by version; whoever builds for
# production may pin the digest that their registry shows for it.
FROM python:3.11.15-slim-bookworm AS build

ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY . .
ENV PATH=/venv/bin:$PATH STATIC_ROOT=/collected
RUN sh deploy/build.sh

FROM python:3.11.15-slim-bookworm

# The folders exist so that fresh volumes take over whose they are.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin perron \
    && install --directory --owner perron --group perron --mode 0700 \
        /var/lib/perron /var/lib/perron/files /var/lib/perron/backups /var/lib/perron/mail
COPY --from=build /venv /venv
COPY --from=build /collected /collected
COPY --from=build /app /app

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    STATIC_ROOT=/collected \
    FILES_ROOT=/var/lib/perron/files \
    BACKUP_ROOT=/var/lib/perron/backups \
    BIND=0.0.0.0:8000
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "config.health", "web"]
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
