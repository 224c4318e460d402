# The server and, with another command, a worker of its cluster: compose.yaml runs both. docs/operate.md says more.
FROM python:3.11-slim-bookworm

# Kernels are compiled here, for x86-64 processors with AVX2: as fast as for the very one that they run on, while
# `generic` takes 1.5 times as long for a flow and 2.4 times for an instance. For older processors, and for arm64:
# docker build --build-arg NUMBA_CPU_NAME=generic --build-arg NUMBA_CPU_FEATURES= .
ARG NUMBA_CPU_NAME=x86-64-v3
ARG NUMBA_CPU_FEATURES=+avx,+avx2,+bmi,+bmi2,+f16c,+fma,+lzcnt,+popcnt,+sse4.2
ENV NUMBA_CPU_NAME=${NUMBA_CPU_NAME} NUMBA_CPU_FEATURES=${NUMBA_CPU_FEATURES}

WORKDIR /srv/saddlesurf
COPY constraints-server.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r constraints-server.txt

COPY app/ app/
COPY engine/ engine/
COPY assets/ assets/
COPY docs/ docs/
COPY saddlesurf/ saddlesurf/
COPY LICENSE README.md ./
# They lie beside the sources, are root's, and are only read by whoever runs them.
RUN python -m compileall -q app engine saddlesurf && python -m app --warm-up

# Results that outlast the container: mount something here.
RUN install --directory --owner=10001 --group=10001 /var/cache/saddlesurf
USER 10001:10001
ENV HOME=/nonexistent HOST=0.0.0.0 PORT=8050 SADDLESURF_CACHE_FOLDER=/var/cache/saddlesurf
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=5); c.request('GET', '/health'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["python", "-m", "app"]
