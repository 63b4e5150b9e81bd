#!/bin/sh
# What the training needs of the machine. On a machine of your own, install here what is missing.
missing=""
for program in git python3; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
[ -z "$missing" ] || { echo "Install these first:$missing" >&2; exit 1; }
echo "git and python3 are there"
