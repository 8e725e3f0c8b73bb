#!/bin/sh
# Get Chromium and its driver from Debian where they are missing; says why when it cannot.
set -eu
command -v chromium > /dev/null && command -v chromedriver > /dev/null && exit
command -v apt-get > /dev/null || { echo "skipped: no apt-get to get chromium with"; exit; }
as=""
test "$(id -u)" = 0 || as="sudo -n"
$as apt-get update -qq && $as apt-get install -y -qq --no-install-recommends chromium chromium-driver \
  || echo "skipped: chromium is not to be had; install chromium and chromium-driver"
