# For the other scripts: what is missing is installed where that can be done, and named where it cannot.
# Debian and Ubuntu; as root, or as a user with sudo.

say() { printf '\n== %s\n' "$*"; }

fail() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "need root or sudo for: $*"
	fi
}

# apt_for COMMAND PACKAGE...: installs the packages if the command is missing.
apt_for() {
	local command=$1
	shift
	command -v "$command" >/dev/null && return
	command -v apt-get >/dev/null || fail "$command is missing: install $*"
	say "installing $*"
	if [ -z "${apt_is_fresh:-}" ]; then
		as_root apt-get update -qq
		apt_is_fresh=1
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# need_disk GIGABYTES: says so now, not in the middle of a build as a compiler's error.
need_disk() {
	local free
	free=$(df --output=avail --block-size=1G . | tail -n 1 | tr -d ' ')
	[ "$free" -ge "$1" ] || [ -d "${CARGO_TARGET_DIR:-target}/debug" ] ||
		fail "a build needs about $1 GB of disk, $free GB are free"
}

need_rust() {
	if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
		PATH="$HOME/.cargo/bin:$PATH"
	fi
	command -v cargo >/dev/null ||
		fail "cargo is missing: install Rust by https://rustup.rs, open a new shell, try again"

	local needed has
	needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
	has=$(rustc --version | cut -d ' ' -f 2)
	[ "$(printf '%s\n%s\n' "$needed" "$has" | sort -V | head -n 1)" = "$needed" ] ||
		fail "Rust $needed or newer is needed, this is $has: rustup update stable"

	apt_for cc build-essential
	apt_for pkg-config pkg-config
}

# npm_packages FOLDER PACKAGE [OPTION...]: installs what the folder's lock file names, unless PACKAGE is there and the
# lock file is no newer: a new file in node_modules would build the server again.
npm_packages() {
	local folder=$1 package=$2
	shift 2
	apt_for node nodejs
	apt_for npm npm
	if [ -d "$folder/node_modules/$package" ] &&
		[ ! "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
		return
	fi
	say "npm packages of $folder"
	npm ci --prefix "$folder" --no-audit --no-fund "$@"
}

need_chromium() { apt_for chromium chromium fonts-inter; }
