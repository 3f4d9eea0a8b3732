# The service alone; the database is another container (compose.yaml). The same scripts set it up as on any machine.
FROM debian:12-slim
RUN apt-get update -q \
 && apt-get install -q -y --no-install-recommends ca-certificates make python3 python3-venv postgresql-client-15 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/gridsvc gridsvc
WORKDIR /opt/gridsvc
COPY . .
RUN python3 scripts/bootstrap.py serve && rm -rf /root/.cache var
USER gridsvc
ENV GRIDSVC_DATA_DIR=/var/lib/gridsvc
EXPOSE 8000
CMD ["bin/gridsvc", "serve"]
