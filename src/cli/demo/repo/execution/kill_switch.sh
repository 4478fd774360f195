#!/bin/sh
# KillSwitch: while the file named by KILL_FILE is there, nothing is ordered.
set -eu

if [ -e "${KILL_FILE:-/nonexistent}" ]; then echo STOPPED; else echo ARMED; fi
