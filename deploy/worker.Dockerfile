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
# git and tini are for coding battles: orphans of a command come to process 1, and Node does not bury them.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg git tini ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /agon
COPY --from=modules /agon ./
# The only place it writes to, of coding battles alone: mount a volume there, or a new container knows nothing of the runs of the last.
RUN install -d -o node -g node /var/lib/agon
ENV NODE_ENV=production AGON_HEALTH_PORT=9090 AGON_HEALTH_HOST=0.0.0.0 AGON_CODING_DIR=/var/lib/agon/coding
USER node
EXPOSE 9090
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.AGON_HEALTH_PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# tini passes SIGTERM on, and no shell stands between: stop with a timeout longer than AGON_DRAIN_MS.
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--"]
CMD ["node", "apps/worker/src/main.ts"]
