# Two images: `docker build --target gateway .` and, without a target, the hub.
# Folders and the links in node_modules are copied together: Node strips no types inside node_modules.
FROM node:24-bookworm-slim AS gateway
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm cache clean --force && mkdir /data && chown node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "cli/bin/firebreak.js"]
CMD ["gateway", "--config", "/config/gateway.yaml"]

FROM gateway AS hub
USER root
# For `firebreak backup` and `restore` of a database in PostgreSQL; it speaks to servers up to its own release, 15.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/* \
  && npm run build:web
USER node
EXPOSE 8080 1883 8883
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["hub", "--data", "/data", "--host", "0.0.0.0", "--port", "8080"]
