# A small image of one node: the program, the C library, nothing else. docs/running.md tells how to use it.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --package mesh && \
    cp target/release/mesh /usr/local/bin/mesh && \
    mkdir --parents --mode=0700 /image/state

# The C library and libgcc, no shell, a user without rights; roots of certificates are in the program.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/mesh /usr/local/bin/mesh
# What is in a folder keeps its mode; the folder itself would not.
COPY --from=build --chown=nonroot:nonroot /image/ /
ENV MESH_CONFIG=/etc/mesh/mesh.toml
VOLUME ["/state"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s --retries=3 CMD ["/usr/local/bin/mesh", "status"]
ENTRYPOINT ["/usr/local/bin/mesh"]
CMD ["run"]
