#!/usr/bin/env bash
# Fetches the source of xmlsec1, whose tests hold the published interoperability vectors of XML Signature.
#
#   tests/vectors/xmlsec/fetch.sh FOLDER
#
# FOLDER/tests is there afterwards. The archive says through its package lists where the source is; without apt-get the
# address in its pool is asked. What comes is compared with the digest below, so neither is trusted.
set -euo pipefail
folder=$1

readonly file=xmlsec1_1.2.37.orig.tar.gz
readonly sha256=a75ba7aa698ebb6e1a7ed914896de27888c4f5cdf549cc0856e31585b4110c3c
readonly archive=http://deb.debian.org/debian
readonly release=bookworm

if [[ -d $folder/tests ]]; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

good() {
    echo "$sha256  $work/$file" | sha256sum --check --status
}

# Lists and cache of its own: those of the system are not touched.
by_package_lists() {
    command -v apt-get >/dev/null || return 1
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    cat >"$work/debian.sources" <<SOURCES
Types: deb-src
URIs: $archive
Suites: $release
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
    local options=(
        -o "Dir::Etc::SourceList=$work/debian.sources" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
        -o "Dir::State::status=/dev/null" -o APT::Sandbox::User= -o Acquire::Languages=none
    )
    (
        cd "$work"
        apt-get "${options[@]}" -qq update &&
            apt-get "${options[@]}" -qq source --download-only --tar-only xmlsec1
    ) >&2
}

by_pool_address() {
    curl --fail --silent --show-error --location --retry 3 \
        --output "$work/$file" "$archive/pool/main/x/xmlsec1/$file"
}

if ! { by_package_lists && good; } && ! { by_pool_address && good; }; then
    echo "$file could not be fetched, or is another one" >&2
    exit 1
fi
mkdir -p "$work/source" "$(dirname "$folder")"
tar --extract --file "$work/$file" --directory "$work/source" --strip-components 1
# Two test programs may do this at once; whoever comes second finds the work done.
if ! mv --no-target-directory "$work/source" "$folder" 2>/dev/null && [[ ! -d $folder/tests ]]; then
    echo "$folder cannot be written" >&2
    exit 1
fi
