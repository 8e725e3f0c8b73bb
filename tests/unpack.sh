#!/bin/sh
# Unpack a program, and the libraries that it needs, from the packages of this Debian into a folder;
# nothing is installed: sh tests/unpack.sh FOLDER PACKAGE
set -eu
place=$1
package=$2
test -e "$place/done" && exit
command -v apt-get dpkg-deb > /dev/null || { echo "skipped: no apt-get, no $package"; exit 1; }
rm -rf "$place" && mkdir -p "$place/packages" && cd "$place/packages"
libraries=$(apt-cache depends "$package" | sed -n 's/^ *Depends: \(lib.*\)/\1/p' | grep -v '^libc6$')
# shellcheck disable=SC2086
timeout 300 apt-get download "$package" $libraries || { echo "skipped: $package is not to be had"; exit 1; }
for file in *.deb; do dpkg-deb -x "$file" ..; done
touch ../done
