# Shell functions that the commands in ops/ share. To be sourced from the top of the repository.
# shellcheck shell=bash

# Queries are checked against the files in server/.sqlx, also where DATABASE_URL is set for the server to use.
export SQLX_OFFLINE=true

# Vite 8 needs this Node; the workspace says which Rust (rust-version in Cargo.toml).
readonly NODE_OLDEST=20.19.0
# Bounds the commands that wait for the network.
readonly NETWORK_LIMIT=20m
# What npm builds and the server carries: the officers' console and the workers' app.
readonly FRONT_ENDS=(server/console mobile-bridge/app)

fail() {
    printf '\n%s: %s\n' "ops/$(basename "$0")" "$*" >&2
    exit 1
}

heading() {
    printf '\n── %s\n' "$*"
}

# took SECONDS: as people say it.
took() {
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# timed TEXT COMMAND…: runs it under a heading and says how long it took.
timed() {
    local since=$SECONDS
    heading "$1"
    shift
    "$@"
    printf '   done in %s\n' "$(took $((SECONDS - since)))"
}

as_root() {
    if (($(id -u) == 0)); then
        "$@"
    elif ! command -v sudo >/dev/null; then
        fail "root is needed for: $*"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

has_any() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null && return 0
    done
    return 1
}

# packages_for WHAT…: the Debian packages of what is missing, one a line.
packages_for() {
    local what
    for what in "$@"; do
        case $what in
            compiler) has_any cc || printf 'gcc\nlibc6-dev\n' ;;
            c++) has_any c++ || echo g++ ;;
            stores)
                has_any postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
                has_any psql || echo postgresql-client
                has_any redis-server || echo redis-server
                has_any setpriv || echo util-linux
                ;;
            network)
                has_any nft || echo nftables
                has_any ip || echo iproute2
                has_any unshare || echo util-linux
                compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || echo libfaketime
                ;;
            python) has_any python3 || echo python3 ;;
            openssl) has_any openssl || echo openssl ;;
            chromium) has_any chromium chromium-browser google-chrome || echo chromium ;;
        esac
    done
}

# need WHAT…: installs with apt what is missing.
need() {
    local packages
    mapfile -t packages < <(packages_for "$@")
    ((${#packages[@]})) || return 0
    has_any apt-get || fail "missing programs, and no apt here to install them. Please install what Debian calls: ${packages[*]}"
    timed "installing with apt: ${packages[*]}" install_packages "${packages[@]}"
    mapfile -t packages < <(packages_for "$@")
    ((${#packages[@]} == 0)) || fail "installed, but still missing: ${packages[*]}"
}

install_packages() {
    local settings=/etc/postgresql-common/createcluster.d status=0
    if [[ " $* " == *" postgresql "* ]]; then
        # The private Postgres makes its own cluster; the package need not make another for all the machine.
        as_root mkdir -p "$settings"
        echo 'create_main_cluster = false' | as_root tee "$settings/zz-no-cluster.conf" >/dev/null
    fi
    apt_get update -q && apt_get install -y -q --no-install-recommends "$@" || status=$?
    as_root rm -f "$settings/zz-no-cluster.conf"
    return "$status"
}

apt_get() {
    as_root timeout "$NETWORK_LIMIT" env DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null
}

# at_least OLDEST VERSION
at_least() {
    [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]
}

need_rust() {
    local oldest found
    oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    has_any cargo || fail "Rust $oldest or newer is needed and cargo is not found; see https://rustup.rs"
    found=$(cargo --version | cut -d' ' -f2)
    at_least "$oldest" "$found" || fail "Rust $oldest or newer is needed, here is $found; with rustup: rustup update"
}

need_node() {
    local found
    has_any node || fail "Node $NODE_OLDEST or newer is needed and node is not found; see https://nodejs.org"
    has_any npm || fail "npm is not found; it comes with Node, or as Debian's package npm"
    found=$(node --version)
    at_least "$NODE_OLDEST" "${found#v}" || fail "Node $NODE_OLDEST or newer is needed, here is $found"
}

# program_folder [PROFILE]: the folder of the built programs (debug), wherever cargo was told to put them.
program_folder() {
    printf '%s/%s' "$(cargo metadata --no-deps --format-version 1 |
        sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')" "${1:-debug}"
}

# npm_install FOLDER: when its packages are missing or older than the lock file.
npm_install() {
    local installed=$1/node_modules/.package-lock.json
    [[ -f $installed && ! $1/package-lock.json -nt $installed ]] && return 0
    (cd "$1" && timeout --foreground "$NETWORK_LIMIT" npm ci --no-audit --no-fund)
    # npm may leave the file as old as it was in its cache.
    touch "$installed"
}

# npm_build FOLDER: when what it built is missing or older than a source.
npm_build() {
    local built=$1/dist/index.html newer
    if [[ -f $built ]]; then
        newer=$(find "$1" protocol/ts server/data \( -name node_modules -o -name dist -o -name generated \) -prune \
            -o -type f -newer "$built" -print -quit)
        [[ -n $newer ]] || return 0
    fi
    (cd "$1" && npm run --silent build)
    touch "$built"
}

front_ends() {
    local folder
    for folder in "${FRONT_ENDS[@]}"; do
        npm_install "$folder"
        npm_build "$folder"
    done
}
