# The mock alone: docker build -t bookings-mock . && docker run --rm -p 8080:8080 bookings-mock
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/bookings && /opt/bookings/bin/pip install --no-cache-dir .

FROM python:3.13-slim
COPY --from=build /opt/bookings /opt/bookings
# Neither root, nor anybody who owns what is installed.
USER 10001:10001
ENV PATH=/opt/bookings/bin:$PATH PYTHONDONTWRITEBYTECODE=1
EXPOSE 8080
STOPSIGNAL SIGTERM
# Asks where the mock says that it listens, whatever port and scheme it was given.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s CMD ["python", "-c", "import json, ssl, urllib.request as r; r.build_opener(r.ProxyHandler({}), r.HTTPSHandler(context=ssl._create_unverified_context())).open(json.load(open('/tmp/bookings-mock.json'))['url'] + '/_mock/health', timeout=4)"]
ENTRYPOINT ["bookings-mock", "--host", "0.0.0.0", "--ready-file", "/tmp/bookings-mock.json"]
