#!/bin/sh
# The hub's window: runs the hub and starts it again when it was killed. Gives up, and says why, when it
# refuses to run (exit code 3) or dies five times without having lived for ten seconds.
# Arguments: python, the file for the last words, the log, the file with the settings of the environment.
python=$1 last_words=$2 log=$3 settings=$4
umask 077
deaths=0
trap : INT
while :; do
    began=$(date +%s)
    "$python" -m orchestrator.hub --settings "$settings" 2>> "$log"
    code=$?
    # stopped on purpose: nothing is to be read here any more
    [ "$code" = 0 ] && exec tmux kill-window -t "$TMUX_PANE"
    if [ "$code" = 3 ]; then
        cat "$last_words"
        exit 3
    fi
    if [ $(($(date +%s) - began)) -ge 10 ]; then deaths=0; fi
    deaths=$((deaths + 1))
    if [ "$deaths" -ge 5 ]; then
        {
            echo "The hub died $deaths times in a row, last with exit code $code. The end of its log ($log):"
            tail -n 5 "$log"
        } > "$last_words"
        cat "$last_words"
        exit 1
    fi
    sleep 1
done
