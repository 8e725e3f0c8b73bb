#!/bin/sh
# Unpack Virtuoso, and the libraries that it needs, from the packages of this Debian into a folder.
set -eu
place=$1
test -x "$place/usr/bin/virtuoso-t" && exit
command -v apt-get dpkg-deb > /dev/null || { echo "skipped: no apt-get here"; exit 1; }
rm -rf "$place" && mkdir -p "$place/packages" && cd "$place/packages"
name=virtuoso-opensource-7-bin
libraries=$(apt-cache depends "$name" | sed -n 's/^ *Depends: \(lib.*\)/\1/p' | grep -v '^libc6$')
# shellcheck disable=SC2086
timeout 300 apt-get download "$name" $libraries || { echo "skipped: $name is not to be had"; exit 1; }
for package in *.deb; do dpkg-deb -x "$package" ..; done
