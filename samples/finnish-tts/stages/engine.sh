#!/bin/sh
# The engine's code. ENGINE names another copy: a mirror, or a folder where there is no network.
set -eu
rm -rf engine engine.new
git clone --quiet --depth 1 "${ENGINE:-https://github.com/fishaudio/fish-speech}" engine.new
mv engine.new engine
