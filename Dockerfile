# Two stages: what builds stays behind, what runs is Python, the locked packages and the program.
# LOCK=requirements-opensearch.txt makes an image that can also use an OpenSearch cluster.
ARG PYTHON=3.13-slim

FROM python:${PYTHON} AS build
ARG LOCK=requirements.txt
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/hustings
COPY requirements.txt requirements-opensearch.txt ./
RUN /opt/hustings/bin/python -m pip install --require-hashes -r ${LOCK}
COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY search search
COPY api api
RUN /opt/hustings/bin/python -m pip install --no-deps --no-build-isolation . \
 && /opt/hustings/bin/python -m pip uninstall --yes setuptools pip \
 && mkdir /data

FROM python:${PYTHON}
COPY --from=build /opt/hustings /opt/hustings
# A numbered user, so that Kubernetes can see that it is not root; a new volume takes its owner from here.
COPY --from=build --chown=10001:10001 /data /data
ENV PATH=/opt/hustings/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HUSTINGS_DATA=/data \
    HUSTINGS_HOST=0.0.0.0 \
    HUSTINGS_PORT=8000
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["hustings"]
CMD ["up"]
