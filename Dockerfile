# exchange in a container: hub, services, gateways and the command alike; docs/howto/containers.md
#
#     docker build --tag exchange .
#     docker run --rm exchange exchange --help

ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
RUN python -m venv /opt/exchange
ENV PATH=/opt/exchange/bin:$PATH
WORKDIR /sources
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY exchange exchange
COPY twisted twisted
# At its first start twistd notes which commands there are, beside them; whoever runs it later may not write there.
RUN pip install --no-cache-dir '.[metrics,rich,scram,soap,tls,tracing,web]' && twistd --help >/dev/null

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --home-dir /site --create-home exchange
COPY --from=build /opt/exchange /opt/exchange
ENV PATH=/opt/exchange/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /site
EXPOSE 11111
# The hub at EXCHANGE_HUB is asked for a sign of life, by default that of this container, with EXCHANGE_CREDENTIALS.
HEALTHCHECK --interval=15s --timeout=10s --start-period=20s \
    CMD ["exchange", "ping", "--count", "1", "--timeout", "8"]
# twistd hears SIGTERM itself, and ends in good order, so nothing stands between it and docker stop.
STOPSIGNAL SIGTERM
ENTRYPOINT ["twistd", "--nodaemon", "--pidfile="]
CMD ["exchange"]
