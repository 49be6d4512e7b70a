#!/bin/sh
# A window that names its own process id as the file to open, then ignores a closed pipe.
json=$(printf '{"open":{"store":{"file":"/process/%010d"},"unlock":"password","recent":null,"last_attempt":false}}' $$)
printf 'J\000\000\000\150%s' "$json"
printf 'P\000\000\000\000'
while :; do sleep 1; done
