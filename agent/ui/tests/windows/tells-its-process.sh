#!/bin/sh
# A window that names its own process id as the file to open, then ignores a closed pipe.
json=$(printf '{"open":{"file":"/process/%010d"}}' $$)
printf 'J\000\000\000\047%s' "$json"
printf 'P\000\000\000\000'
while :; do sleep 1; done
