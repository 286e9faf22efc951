# One image for the API, the worker, the migration and the command line: docs/image.md.

# The digest decides, not the tag. It is the digest of the index for all platforms; `docker buildx imagetools inspect
# node:24-trixie-slim` shows the newest. A test checks that both stages use the same.
ARG NODE_IMAGE=node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# npm runs no script of a package, here or elsewhere.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src/ src/
COPY assets/ assets/
COPY scripts/bundle-workflows.ts scripts/paths.ts scripts/workflow-bundle.ts scripts/
COPY scripts/docs-page/ scripts/docs-page/
RUN node_modules/.bin/tsc -p tsconfig.json --sourceMap true --incremental false \
 && node build/scripts/bundle-workflows.js \
 && node build/scripts/docs-page/main.js
COPY scripts/drop-foreign-binaries.mjs scripts/
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && node scripts/drop-foreign-binaries.mjs

FROM ${NODE_IMAGE}
# ca-certificates: Temporal's SDK uses the system's, and Node's slim images have none. tini: Linux ignores a signal to
# process 1 without a handler, and the second SIGTERM must end the program at once.
# The pinned base fixes Debian's release. The package managers of Node.js are deleted. apt and dpkg stay, because
# scanners read their lists of packages.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx \
      /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn-* \
 && ln -s /app/bin/ltd-keeper.js /usr/local/bin/ltd-keeper
WORKDIR /app
COPY package.json LICENSE ./
COPY bin/ bin/
COPY assets/ assets/
COPY --from=build /build/node_modules/ node_modules/
COPY --from=build /build/build/src/ build/src/
COPY --from=build /build/build/workflow-bundle.js /build/build/workflow-bundle-encrypted.js build/
COPY --from=build /build/build/docs-page.json build/
COPY --from=build /build/build/workflow-bundle-traced.js /build/build/workflow-bundle-encrypted-traced.js build/
# Stack traces name the sources. The user has no entry in /etc/passwd, and the AWS SDK fails without HOME.
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOME=/nonexistent
# Root owns everything above, so the service cannot change its own files.
USER 10001:10001
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["ltd-keeper", "health"]
ENTRYPOINT ["tini", "--", "ltd-keeper"]
CMD ["api"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="LTD Keeper" \
      org.opencontainers.image.description="Publishes versioned static documentation to S3, durably" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
