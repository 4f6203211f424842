# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS builder
RUN apt-get update \
 && apt-get install --yes --no-install-recommends nodejs npm \
 && rm -rf /var/lib/apt/lists/* \
 && rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo xtask build \
 && mkdir -p /out/share \
 && cp target/release/rashin /out/rashin \
 && cp -r target/site /out/share/site \
 && mkdir -p /out/share/seeds && cp -r seeds/masters /out/share/seeds/masters \
 && cp migrations/bootstrap.sql /out/share/bootstrap.sql

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/rashin --create-home rashin
COPY --from=builder /out/rashin /usr/local/bin/rashin
COPY --from=builder /out/share /usr/share/rashin
# Nothing but RASHIN_DATA is written, so the root file system may be read-only.
ENV RASHIN_LISTEN=0.0.0.0:3000 \
    RASHIN_SITE=/usr/share/rashin/site \
    RASHIN_SEEDS=/usr/share/rashin/seeds \
    RASHIN_DATA=/var/lib/rashin
USER 10001:10001
WORKDIR /var/lib/rashin
VOLUME /var/lib/rashin
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["rashin", "healthcheck"]
ENTRYPOINT ["rashin"]
CMD ["serve"]
