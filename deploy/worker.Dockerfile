# The worker alone. From the repository's root: docker build -f deploy/worker.Dockerfile -t agon-worker .
FROM node:24.21.0-bookworm-slim AS modules
WORKDIR /agon
COPY package.json package-lock.json ./
COPY packages packages
COPY apps apps
# npm's own ffmpeg is old, and the tools of the tests are of no use here.
# Not `npm ci`: it refuses a lockfile that was written where optional packages of other platforms could not be seen.
RUN npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund -w apps/worker --include-workspace-root=false

FROM node:24.21.0-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /agon
COPY --from=modules /agon ./
ENV NODE_ENV=production AGON_HEALTH_PORT=9090 AGON_HEALTH_HOST=0.0.0.0
USER node
EXPOSE 9090
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.AGON_HEALTH_PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches it: stop with a timeout longer than AGON_DRAIN_MS.
STOPSIGNAL SIGTERM
CMD ["node", "apps/worker/src/main.ts"]
