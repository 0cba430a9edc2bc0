# Folders and the links in node_modules are copied together: Node strips no types inside node_modules.
FROM node:24-bookworm-slim
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm run build:web && npm cache clean --force && mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 8080 1883
ENTRYPOINT ["node", "cli/bin/firebreak.js"]
CMD ["hub", "--data", "/data", "--host", "0.0.0.0", "--port", "8080"]
